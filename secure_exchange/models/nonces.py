"""Nonces of signed requests that were taken, so that none is taken twice."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class SeenNonce(models.Model):
    """One request of another node; forgotten when its age alone refuses it."""

    node = models.CharField(max_length=250)
    nonce = models.CharField(max_length=24)
    """As it stands in the request: base64 of 16 bytes."""
    expires = models.DateTimeField()

    class Meta:
        """Of two that come at the same moment the database takes one."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["node", "nonce"], name="nonce_once")]
        indexes: ClassVar = [models.Index(fields=["expires"], name="nonce_old")]

    def __str__(self) -> str:
        """Whose."""
        return f"nonce of {self.node}"
