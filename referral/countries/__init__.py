"""One package a country; each is found by its entry point and imported by nobody."""
