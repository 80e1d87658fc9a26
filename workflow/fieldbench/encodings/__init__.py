"""Encodings of coordinates, one file each: parts of composed models."""
