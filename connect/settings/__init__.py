"""The settings, in parts: what is read from outside first, then what follows from it."""

from __future__ import annotations

from connect.settings.environment import *
from connect.settings.base import *
from connect.settings.data import *
from connect.settings.security import *
from connect.settings.work import *
from connect.settings.languages import *
from connect.settings.logs import *
