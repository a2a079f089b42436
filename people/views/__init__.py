"""Screens of sign-in, lock and quick exit."""
