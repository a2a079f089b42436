"""How dates are written where Django's own way is not Europe's."""

from __future__ import annotations
