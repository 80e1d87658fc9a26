"""What a run shows: one block on a terminal, plain lines in a pipe, and messages in both."""
