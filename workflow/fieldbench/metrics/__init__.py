"""One file per metric; the file name is its key. A file starting with `_` is a shared part."""
