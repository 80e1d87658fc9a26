"""One file per signal; the file name is its key. A file starting with `_` is a shared part."""
