"""How the database knows a password: Argon2id with the node's pepper."""

from __future__ import annotations

import base64
from typing import Any

from django.contrib.auth.hashers import BasePasswordHasher, mask_hash
from django.utils.crypto import constant_time_compare

from people.keys import derive
from people.keys.pepper import pepper


class Argon2id(BasePasswordHasher):
    """Argon2id at `people.keys.derive.COST`; useless for guessing without the pepper file.

    Stored as `argon2id$<memory KiB>$<passes>$<lanes>$<salt>$<base64>`.
    """

    algorithm = "argon2id"

    def encode(self, password: str, salt: str) -> str:
        """Return what the database keeps of a password."""
        return self._encode(password, salt, derive.COST)

    def decode(self, encoded: str) -> dict[str, Any]:
        """Take apart what `encode` made."""
        algorithm, memory, passes, lanes, salt, digest = encoded.split("$")
        cost = derive.Cost(memory_kib=int(memory), passes=int(passes), lanes=int(lanes))
        return {"algorithm": algorithm, "cost": cost, "salt": salt, "hash": digest}

    def verify(self, password: str, encoded: str) -> bool:
        """Say whether this is the password, in a time that does not depend on how wrong it is."""
        stored = self.decode(encoded)
        return constant_time_compare(encoded, self._encode(password, stored["salt"], stored["cost"]))

    def must_update(self, encoded: str) -> bool:
        """Say whether the password was stored at another cost than today's."""
        return bool(self.decode(encoded)["cost"] != derive.COST)

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Do nothing: a guess at an older cost differs in time, and the next sign-in ends that."""

    def safe_summary(self, encoded: str) -> Any:
        """Return what an operator may see."""
        stored = self.decode(encoded)
        return {"algorithm": stored["algorithm"], "hash": mask_hash(stored["hash"])} | stored[
            "cost"
        ].to_dict()

    def _encode(self, password: str, salt: str, cost: derive.Cost) -> str:
        digest = derive.derive(
            password,
            salt=salt.encode(),
            pepper=pepper(),
            cost=cost,
            purpose="connect sign-in",
        )
        parts = (self.algorithm, cost.memory_kib, cost.passes, cost.lanes, salt)
        return "$".join([*map(str, parts), base64.b64encode(digest).decode()])
