"""Commands of the node itself."""
