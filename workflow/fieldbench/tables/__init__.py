"""Tables for readers, one file a kind."""
