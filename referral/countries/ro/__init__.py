"""Romania."""
