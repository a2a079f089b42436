"""What allauth asks us: nobody signs up here, and it says little."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):
    """People come in by joining an organisation; the sign-in page tells nobody who exists."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "The e-mail address or the password is not right. Check both and try again.",
        ),
        "too_many_login_attempts": _(
            "There were too many attempts. Nothing is lost: wait five minutes and try again.",
        ),
        "enter_current_password": _("This is not your current password. Nothing was changed."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account for herself."""
        return False

    def add_message(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Say nothing on the next page: allauth's messages name the person, and screens are looked at."""
