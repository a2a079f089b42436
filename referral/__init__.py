"""A case: consent, sealed record, handover, and the flows that walk it."""
