"""Pictures and tables for readers, drawn from tables and stored arrays. Never imports torch."""
