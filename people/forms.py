"""The forms around a password: sign in, unlock, change it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, cast

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm
from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now  # noqa: TID251 - the edge: here the clock is read
from django.utils.translation import gettext_lazy as _

from people.keys.errors import NoIdentity
from people.keys.identities import change_password
from people.keys.unlock import unlock
from people.models import User


class SignInForm(LoginForm):
    """E-mail and password; signing in unlocks the keys, because here the password is at hand."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail address")
        self.fields["login"].widget.attrs = {"autocomplete": "username", "autofocus": not self.is_bound}
        self.fields["password"] = _current_password(_("Password"))

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Sign the person in and unlock what the password opens."""
        response = cast(HttpResponse, super().login(request, redirect_url))
        if request.user.is_authenticated:
            with suppress(NoIdentity):  # who never joined an organisation has nothing to unlock
                unlock(request, self.cleaned_data["password"])
        return response


class UnlockForm(forms.Form):
    """The password once more."""

    password = forms.CharField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = _current_password(_("Password"))
        self.fields["password"].widget.attrs["autofocus"] = not self.is_bound


class ChangePasswordForm(AllauthChangePasswordForm):
    """The old password and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"] = _current_password(_("Your password now"))
        labels = {"password1": _("New password"), "password2": _("New password again")}
        for name, label in labels.items():
            self.fields[name].label = label
            self.fields[name].widget.attrs = {"autocomplete": "new-password"}
        self.fields["password1"].help_text = _(
            "At least 14 characters. Four or five words that do not belong together are easy to remember.",
        )

    def save(self) -> None:
        """Wrap the person's identity under the new password; every other session ends."""
        change_password(
            user=cast(User, self.user),
            old=self.cleaned_data["oldpassword"],
            new=self.cleaned_data["password1"],
            at=now(),
        )


def _current_password(label: Any) -> forms.CharField:
    """Return a field for a password that exists: shown to no one, kept as typed, spaces included."""
    return forms.CharField(
        label=label,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
