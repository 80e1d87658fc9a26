"""A preset, resolved: which cells it has, and what each of them needs."""
