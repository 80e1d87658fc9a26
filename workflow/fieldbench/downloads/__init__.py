"""Fetching the files that config/datasets.yaml lists: whole, checked, or not at all."""
