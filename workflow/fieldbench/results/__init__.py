"""Files of results: how they are written, read and checked."""
