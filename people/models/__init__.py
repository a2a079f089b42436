"""State of people: who works where, in which role, and their wrapped keys."""
