"""Lines of the library that tests edit, each in one place."""

SIREN = "fieldbench/models/siren.py"  # below workflow/
OMEGA = "omega: float = 90.0"  # what SIREN's frequency is in its source
EDITED = "omega: float = 91.0"  # and what a test makes of it
SIREN_EDIT = (OMEGA, EDITED)
