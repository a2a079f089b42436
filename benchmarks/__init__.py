"""What is measured: one module a question, each printing a table beside its peers."""
