"""What pages ask for, checked before an act is called."""
