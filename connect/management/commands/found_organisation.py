"""Found an organisation on this node, with its first people and their keys; the recovery key is shown once.

It stands here and not with `people`, because the needs an organisation can be asked for are words of cases.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from getpass import getpass
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.timezone import now  # noqa: TID251 - a command is an edge: here the clock is read

from people.founding import Founded, found_organisation
from people.joining import join
from people.models import Kind, Organisation, User
from people.roles import HANDOVER, Role, clearances, opened_by
from referral import labels
from referral.vocabulary import NeedCode
from secure_exchange import directory, keysets


@dataclass
class Person:
    """Somebody who joins."""

    email: str
    name: str
    role: Role
    language: str
    password: str = field(repr=False)


class Command(BaseCommand):
    """`manage.py found_organisation`: let every person type the own password."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask for everything first, then do it in one transaction, then show what must be kept."""
        said = self._organisation()
        people = self._people()
        at = now()
        try:
            with transaction.atomic():
                founded = found_organisation(**said, roles=[one.role for one in people], at=at)
                for one in people:
                    join(
                        organisation=founded.organisation,
                        email=one.email,
                        name=one.name,
                        role=one.role,
                        password=one.password,
                        language=one.language,
                        clearances=founded.clearances,
                        at=at,
                    )
        except ValidationError as fault:
            raise CommandError("Nothing was made. " + " ".join(fault.messages)) from fault
        self._show(founded, opened_by(one.role for one in people))

    def _organisation(self) -> dict[str, Any]:
        self.stdout.write(
            f"An organisation of {settings.CONNECT.NODE_HOST}. Nothing is made until the end.\n"
        )
        slug = self._ask("Its short name, as in short-name@" + settings.CONNECT.NODE_HOST, check=_free_name)
        name = self._ask("Its name, as people read it")
        kind = self._ask("What it is: " + ", ".join(Kind), check=Kind)
        self.stdout.write("\nWhat others may ask it for, by code:")
        for code in NeedCode:
            self.stdout.write(f"    {code.value:28}{labels.named(NeedCode, code.value)}")
        services = self._ask(
            "Codes, separated by spaces", check=lambda text: [NeedCode(it).value for it in text.split()]
        )
        languages = self._ask("Languages its people speak, such as: ro en", check=str.split)
        focal = self._ask("Is it the country's focal point? yes or no", default="no", check=_yes_or_no)
        return {
            "slug": slug,
            "name": name,
            "country": settings.CONNECT.NODE_COUNTRY,
            "kind": kind,
            "services": services,
            "languages": languages,
            "focal_point": focal,
        }

    def _people(self) -> list[Person]:
        people: list[Person] = []
        self.stdout.write(
            "\nIts first people. Name all who begin now: this version cannot take in colleagues later."
        )
        while True:
            people.append(self._person({one.email for one in people}))
            if not any(HANDOVER in clearances(one.role) for one in people):
                self.stdout.write("This role holds no key. Somebody who works cases is needed too.")
            elif not self._ask("Another person? yes or no", default="no", check=_yes_or_no):
                return people

    def _person(self, taken: set[str]) -> Person:
        def free(text: str) -> str:
            email = text.lower()
            if email in taken:
                raise ValidationError("This person is on the list already.")
            User(email=email, name="-").clean_fields(exclude=["password"])
            User(email=email).validate_unique()
            return email

        email = self._ask("\nE-mail address", check=free)
        name = self._ask("Name, seen inside the organisation only")
        role = self._ask("Role: " + ", ".join(Role), check=Role)
        known = dict(settings.LANGUAGES)
        language = self._ask(
            "Language: " + ", ".join(known), default="en", check=lambda text: {it: it for it in known}[text]
        )
        return Person(email, name, role, language, self._password(User(email=email, name=name)))

    def _password(self, user: User) -> str:
        while True:
            password = getpass("Password (four or five words that do not belong together): ")
            try:
                validate_password(password, user)
            except ValidationError as fault:
                self.stdout.write(" ".join(fault.messages))
                continue
            if getpass("The same again: ") == password:
                return password
            self.stdout.write("These were not the same.")

    def _ask(self, question: str, *, default: str = "", check: Callable[[str], Any] = str) -> Any:
        """The answer as `check` gives it; asked again while it is empty or refused."""
        while True:
            answer = input(f"{question}{f' [{default}]' if default else ''}: ").strip() or default
            if answer:
                try:
                    return check(answer)
                except ValidationError as fault:
                    self.stdout.write(" ".join(fault.messages))
                    continue
                except (ValueError, KeyError):
                    pass
            self.stdout.write("Please choose from what is named.")

    def _show(self, founded: Founded, taken: Sequence[str]) -> None:
        keys = keysets.read_chain(directory.chain(founded.organisation.address))[-1]
        self.stdout.write(
            f"\n{founded.organisation.address} is founded.\n"
            f"Its fingerprint, for those who will trust it:\n    {keys.digits}\n"
            f"Its published keys hold until {keys.valid_to:%Y-%m-%d}.\n"
            f"It takes these parts of a record: {', '.join(taken)}, whose keys its people hold.\n\n"
            "Its recovery identity opens everything of this organisation with the public age tool. It is\n"
            "shown once and stored nowhere. Print it, lock it away in two places, and clear this window:\n\n"
            f"    {founded.recovery}\n"
        )


def _free_name(text: str) -> str:
    Organisation(slug=text).full_clean(exclude=["name", "country", "kind", "founded_at"])
    return text


def _yes_or_no(text: str) -> bool:
    return {"yes": True, "no": False}[text.lower()]
