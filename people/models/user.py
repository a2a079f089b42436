"""A person who signs in."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _


if TYPE_CHECKING:
    from people.models.membership import Membership


class People(BaseUserManager["User"]):
    """People by the address they sign in with."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the person with this e-mail address, however it is capitalised."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in, known to other nodes and to the ledger by the uuid only.

    The name is shown inside the person's own organisation and never leaves it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("E-mail address"), unique=True)
    name = models.CharField(_("Name"), max_length=150)
    language = models.CharField(_("Language"), max_length=8, default=settings.LANGUAGE_CODE)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[People] = People()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Keep one spelling of every address."""
        super().clean()
        self.email = self.email.strip().lower()

    def save(self, *args: object, **kwargs: object) -> None:
        """Write the person with the address in lower case, so that nobody exists twice."""
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_full_name(self) -> str:
        """Return the name as colleagues see it."""
        return self.name

    def get_short_name(self) -> str:
        """Return the first of the names."""
        return self.name.split(" ", maxsplit=1)[0]

    def membership(self, on: date) -> Membership | None:
        """Return where this person works on that day, with the organisation, or nothing."""
        return self.memberships.active(on).select_related("organisation").order_by("-starts_on").first()
