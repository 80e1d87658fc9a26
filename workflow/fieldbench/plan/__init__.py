"""Planning: config in, cells out. Standard library, YAML and Pydantic only."""
