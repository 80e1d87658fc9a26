"""What answers a study."""
