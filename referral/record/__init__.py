"""The sealed record: its fields, and sealing, reading and documents."""
