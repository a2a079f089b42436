"""Obviously made-up organisations, people and cases for the demo."""
