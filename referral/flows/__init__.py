"""What the national flows share."""
