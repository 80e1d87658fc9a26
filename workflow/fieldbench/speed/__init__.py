"""How fast training steps are."""
