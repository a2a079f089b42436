"""Pages: each parses, calls one act or query, and renders."""
