"""Files that people have, read as what they hold: one reader for every format."""
