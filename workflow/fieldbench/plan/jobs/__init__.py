"""What each job of a run is given."""
