"""How large a signal may be: what the plan refuses before any job, and readers before they read."""

MOST_SAMPLES = 2**28  # a float64 volume of 2 GiB; a length meant for 2D is beyond it in 3D
