"""The second wall: a key for each category of a case, sealed to the clearances of whoever works it.

Sealing to a category needs its public half only; opening needs a person whose role holds the clearance. The
plaintext of a wrap is an age identity file with a comment that names case and category, so that the public
`age` tool takes it as it is and a wrap moved to another row is found out.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from people.actor import Actor
from people.actor import NoKey as NoClearance
from people.models import Clearance, Organisation
from referral.models import Case, CategoryKey, CategoryKeyWrap
from referral.rules.refusals import Altered, NoKey
from referral.vocabulary import Category
from secure_exchange.age import AgeError, Identity, Recipient, decrypt_bytes, encrypt_bytes


def make_keys(*, case: Case, organisation: Organisation, at: datetime) -> None:
    """Make the key of every category, sealed to the organisation that opens the case."""
    made = {category: Identity.generate() for category in Category}
    rows = CategoryKey.objects.bulk_create(
        CategoryKey(case=case, category=category.value, recipient=str(identity.recipient), made_at=at)
        for category, identity in made.items()
    )
    _wrap([(row, made[Category(row.category)]) for row in rows], case=case, organisation=organisation, at=at)


def share_keys(
    *, case: Case, categories: Iterable[Category], organisation: Organisation, by: Actor, at: datetime
) -> None:
    """Seal the keys of some categories to another organisation; only who can open them can share them.

    Raises:
        NoKey, Altered: as `open_key`.
    """
    wrapped = CategoryKeyWrap.objects.filter(
        category_key__case=case, clearance__organisation=organisation
    ).values_list("category_key__category", flat=True)
    missing = sorted(set(categories) - {Category(category) for category in wrapped})
    rows = {row.category: row for row in CategoryKey.objects.filter(case=case, category__in=missing)}
    opened = [(rows[category], open_key(case=case, category=category, by=by)) for category in missing]
    _wrap(opened, case=case, organisation=organisation, at=at)


def unshare_keys(*, case: Case, categories: Iterable[Category], organisation: Organisation) -> None:
    """Take the keys of some categories away from an organisation."""
    CategoryKeyWrap.objects.filter(
        category_key__case=case,
        category_key__category__in=list(categories),
        clearance__organisation=organisation,
    ).delete()


def recipient(*, case: Case, category: Category) -> Recipient:
    """Give the public half of a category's key, for sealing."""
    return Recipient.parse(CategoryKey.objects.get(case=case, category=category).recipient)


def open_key(*, case: Case, category: Category, by: Actor) -> Identity:
    """Open the key of a category with this person's clearance.

    Raises:
        NoKey: the organisation or the person does not hold it.
        Altered: what was opened is the key of something else.
    """
    wrap = (
        CategoryKeyWrap.objects.filter(
            category_key__case=case,
            category_key__category=category,
            clearance__organisation=by.organisation,
            clearance__scope=category,
        )
        .select_related("category_key")
        .first()
    )
    if wrap is None:
        raise NoKey
    try:
        clearance = by.keys.clearance(by.organisation, category)
        text = decrypt_bytes(bytes(wrap.sealed), [clearance])
        label, _, line = text.decode("ascii").partition("\n")
        identity = Identity.parse(line.rstrip("\n"))
    except NoClearance as error:
        raise NoKey from error
    except (AgeError, UnicodeDecodeError) as error:
        raise Altered from error
    if label != _label(case, category) or str(identity.recipient) != wrap.category_key.recipient:
        raise Altered
    return identity


def _wrap(
    opened: list[tuple[CategoryKey, Identity]], *, case: Case, organisation: Organisation, at: datetime
) -> None:
    clearances = {
        clearance.scope: clearance for clearance in Clearance.objects.filter(organisation=organisation)
    }
    CategoryKeyWrap.objects.bulk_create(
        CategoryKeyWrap(
            category_key=row,
            clearance=clearances[row.category],
            sealed=encrypt_bytes(
                f"{_label(case, Category(row.category))}\n{identity}\n".encode("ascii"),
                [Recipient.parse(clearances[row.category].recipient)],
            ),
            sealed_at=at,
        )
        for row, identity in opened
    )


def _label(case: Case, category: Category) -> str:
    return f"# connect category {case.uuid} {category.value}"
