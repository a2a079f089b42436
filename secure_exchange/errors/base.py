"""What every refusal is."""

from __future__ import annotations


def gettext_noop(text: str) -> str:
    """Mark a sentence for translation without needing Django."""
    return text


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """Something was not sent, taken or opened. Nothing was changed and nothing is lost."""

    code = "refused"
    status = 422
    sentence = gettext_noop(
        "This was refused. Nothing was changed and nothing is lost. Please tell your administrator."
    )

    def __init__(self, detail: str = "") -> None:
        """`detail` says for the log, without personal data, which check failed."""
        super().__init__(detail or self.code)
        self.detail = detail
