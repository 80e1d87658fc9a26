"""Activation functions and the weights they begin with, one file each: parts of composed models."""
