"""What every page knows without its view's help: the node, the languages, the navigation, who is here.

Everything is worked out when a template asks, so that a page which shows no count costs no query.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext_lazy as _

from people.access import own_path
from people.actor import Actor
from people.labels import ROLES
from people.models import Membership
from people.roles import Role
from referral.flows import calendar, country
from referral.flows.waiting import steps_waiting
from referral.models import Handover
from referral.rules.access import Act, On, Who, may
from referral.vocabulary import Direction, HandoverState


PLACES: tuple[tuple[str, Promise, str, Act | None], ...] = (
    ("my-work", _("My work"), "/", None),
    ("cases", _("Cases"), "/cases/", None),
    ("incoming", _("Incoming"), "/incoming/", Act.SEE_OFFERS),
    ("handovers", _("Handovers"), "/handovers/", Act.SEE_OFFERS),
    ("imports", _("Import"), "/imports/", Act.IMPORT_CASES),
)
"""The main navigation: route, name, where the addresses below it begin, what one must be allowed to do."""


@dataclass(frozen=True)
class Place:
    """One entry of the main navigation."""

    name: str
    url: str
    here: bool
    count: int


@dataclass(frozen=True)
class Language:
    """One language to switch to."""

    code: str
    name: str
    here: bool


class Page:
    """What base.html shows around a page's content."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def now(self) -> datetime:
        """The time all near dates of this page are counted from."""
        return calendar.now()

    @property
    def actor(self) -> Actor | None:
        """Who is here with unlocked keys; None on sign-in pages and while locked."""
        return getattr(self._request, "actor", None)

    @property
    def membership(self) -> Membership | None:
        """Whose organisation and role the bar names."""
        return self.actor.membership if self.actor else None

    @property
    def signed_in(self) -> bool:
        """Whether the page belongs to somebody who can work."""
        return self.actor is not None

    @property
    def demo(self) -> bool:
        """Whether everything here is made up."""
        return bool(settings.CONNECT.DEMO)

    @property
    def node_host(self) -> str:
        """This installation's name in addresses."""
        return str(settings.CONNECT.NODE_HOST)

    @property
    def node_name(self) -> str:
        """The country this node serves, in its own words; the code where none is installed."""
        try:
            return str(_(country.get(settings.CONNECT.NODE_COUNTRY).name))
        except country.UnknownCountry:
            return str(settings.CONNECT.NODE_COUNTRY)

    @property
    def language(self) -> str:
        """The language of this page, for `lang`."""
        return get_language() or settings.LANGUAGE_CODE

    @property
    def direction(self) -> str:
        """The direction of writing, for `dir`."""
        return "rtl" if get_language_bidi() else "ltr"

    @property
    def languages(self) -> list[Language]:
        """Every language of this node, each named in itself."""
        return [Language(code, str(name), code == self.language) for code, name in settings.LANGUAGES]

    @property
    def path(self) -> str:
        """Where the language switch comes back to; a page that answered a form goes back to its address."""
        return self._request.get_full_path()

    @property
    def back(self) -> str:
        """The page before this one, if it was ours."""
        referer = self._request.headers.get("Referer", "")
        ours = urlsplit(referer).netloc == self._request.get_host()
        return urlsplit(own_path(self._request, referer)).path if ours else ""

    @property
    def organisation(self) -> str:
        """The name of the organisation this person works for."""
        return self.membership.organisation.name if self.membership else ""

    @property
    def role(self) -> str:
        """This person's role, in words."""
        return str(ROLES[Role(self.membership.role)]) if self.membership else ""

    @property
    def lock_after_minutes(self) -> int:
        """How long a page may lie unused before it locks."""
        return int(settings.CONNECT.LOCK_AFTER_MINUTES)

    @property
    def leave_to(self) -> str:
        """The harmless page a quick exit leads to."""
        return str(settings.CONNECT.EXIT_TO)

    @cached_property
    def navigation(self) -> list[Place]:
        """The main places, with how much waits in them."""
        path = self._request.path
        counts = self._waiting()
        return [
            Place(str(name), reverse(route), _below(path, root), counts.get(route, 0))
            for route, name, root, act in PLACES
            if self._may(act)
        ]

    def _waiting(self) -> dict[str, int]:
        """Count this person's steps and, for a role that sees them, the offers nobody has answered."""
        if self.actor is None:
            return {}
        counts = {"my-work": steps_waiting(self.actor, at=calendar.now()).count()}
        if self._may(Act.SEE_OFFERS):
            offers = Handover.objects.filter(
                organisation=self.actor.organisation,
                direction=Direction.INCOMING.value,
                state=HandoverState.OFFERED.value,
            )
            counts["incoming"] = offers.count()
        return counts

    def _may(self, act: Act | None) -> bool:
        """Say whether this role does something at all; what it may do to one case is asked there."""
        if act is None:
            return True
        return self.actor is not None and bool(may(Who(role=self.actor.role, active=True), act, On()))

    @property
    def home(self) -> str:
        """My work."""
        return reverse("my-work")

    @property
    def stay(self) -> str:
        """A page that keeps the session open when nothing else is asked for."""
        return reverse("my-work")

    @property
    def quick_exit(self) -> str:
        """Where the quick exit form goes."""
        return reverse("quick-exit")

    @property
    def language_switch(self) -> str:
        """Where the language form goes."""
        return reverse("language")

    @property
    def lock(self) -> str:
        """Where the lock form goes."""
        return reverse("lock")

    @property
    def unlock(self) -> str:
        """Where one unlocks again."""
        return reverse("unlock")

    @property
    def change_password(self) -> str:
        """Where the password is changed."""
        return reverse("account_change_password")

    @property
    def sign_out(self) -> str:
        """Where one is asked before signing out."""
        return reverse("account_logout")


def page(request: HttpRequest) -> dict[str, Any]:
    """Give every template `page`."""
    return {"page": Page(request)}


def _below(path: str, root: str) -> bool:
    """Say whether an address belongs to a place of the navigation; steps belong to My work."""
    if root == "/":
        return path == "/" or path.startswith("/steps/")
    return path.startswith(root)
