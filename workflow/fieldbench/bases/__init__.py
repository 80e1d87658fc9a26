"""Bases of Kolmogorov-Arnold layers, one file each: parts of composed models."""
