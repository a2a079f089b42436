"""State of a case."""
