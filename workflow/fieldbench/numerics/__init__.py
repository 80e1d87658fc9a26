"""Numerical methods that entries share."""
