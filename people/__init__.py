"""Organisations, memberships, roles, sign-in, and each person's keys."""
