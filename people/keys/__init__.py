"""Each person's keys, from a password to what it opens. No background task may reach them."""
