"""Telling where a file comes from, and whether it is what the plan would make."""
