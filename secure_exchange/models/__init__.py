"""State of the exchange."""
