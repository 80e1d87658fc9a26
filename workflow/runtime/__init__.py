"""What starts jobs, guards them and tells of them; nothing here can change a number."""
