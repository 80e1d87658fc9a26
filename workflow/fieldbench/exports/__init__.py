"""Files for players and viewers, one file a kind."""
