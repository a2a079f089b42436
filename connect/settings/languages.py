"""The four first languages."""

from __future__ import annotations

from connect.settings.environment import ROOT


LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("it", "Italiano"), ("pt", "Português"), ("ro", "Română")]
LOCALE_PATHS = [ROOT / "connect" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["connect.formats"]
