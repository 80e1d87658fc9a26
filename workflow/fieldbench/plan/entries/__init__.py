"""What exists: entries, what they declare, and digests of their code."""
