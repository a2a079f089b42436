"""The fields that say who a person is, how to reach them safely, and whom they belong with."""

from __future__ import annotations

from referral.record import value_lists as lists
from referral.record.field import Field, Kind
from referral.vocabulary import Category


def gettext_noop(text: str) -> str:
    """Mark a text for translation without needing Django."""
    return text


IDENTITY = (
    Field(
        "known_as",
        Category.IDENTITY,
        Kind.TEXT,
        gettext_noop("Name the person wants to be called"),
        gettext_noop(
            "So that everybody who helps uses the name the person chose. It need not be an official name."
        ),
    ),
    Field("prs_Salutation", Category.IDENTITY, Kind.TEXT, gettext_noop("Salutation"), core=True),
    Field(
        "prs_FirstName",
        Category.IDENTITY,
        Kind.TEXT,
        gettext_noop("First name"),
        gettext_noop(
            "For papers and appointments. Help does not depend on it: leave it out if it is not known."
        ),
        core=True,
    ),
    Field("prs_MiddleName", Category.IDENTITY, Kind.TEXT, gettext_noop("Middle name")),
    Field("prs_SecondName", Category.IDENTITY, Kind.TEXT, gettext_noop("Second name"), core=True),
    Field(
        "prs_Birthdate",
        Category.IDENTITY,
        Kind.DATE,
        gettext_noop("Date of birth"),
        gettext_noop("Whether the person is a child decides which rules protect them."),
        core=True,
    ),
    Field(
        "age_in_doubt",
        Category.IDENTITY,
        Kind.YES_NO_UNKNOWN,
        gettext_noop("Is there doubt about the age?"),
        gettext_noop("While there is doubt, the person is treated as a child."),
    ),
    Field(
        "prs_Gender",
        Category.IDENTITY,
        Kind.CHOICE,
        gettext_noop("Gender"),
        gettext_noop("As the person says it. It decides which accommodation fits."),
        lists.GENDER,
        core=True,
    ),
    Field(
        "prs_Citizenship",
        Category.IDENTITY,
        Kind.COUNTRIES,
        gettext_noop("Citizenship"),
        gettext_noop(
            "It decides only whether a residence permit is needed, never whether somebody is helped."
        ),
        core=True,
    ),
    Field(
        "prs_IdentityNumber",
        Category.IDENTITY,
        Kind.TEXT,
        gettext_noop("Identity number"),
        gettext_noop("Only if an authority needs it for something the person wants done."),
    ),
    Field("prs_Title", Category.IDENTITY, Kind.TEXT, gettext_noop("Title"), core=True, asked=False),
)

CONTACT = (
    Field(
        "safe_channel",
        Category.CONTACT,
        Kind.CHOICE,
        gettext_noop("Safe way to make contact"),
        gettext_noop("Somebody else may hold the person's phone or read their messages."),
        lists.SAFE_CHANNEL,
    ),
    Field(
        "safe_hours",
        Category.CONTACT,
        Kind.TEXT,
        gettext_noop("Safe hours"),
        gettext_noop("When a call or message cannot be noticed by others."),
    ),
    Field(
        "cover_text",
        Category.CONTACT,
        Kind.TEXT,
        gettext_noop("What to say if somebody else answers"),
        gettext_noop("An agreed sentence that gives nothing away."),
    ),
    Field("prs_MobilePhone", Category.CONTACT, Kind.PHONE, gettext_noop("Mobile phone"), core=True),
    Field("prs_HomePhone", Category.CONTACT, Kind.PHONE, gettext_noop("Home phone"), core=True),
    Field("prs_Email", Category.CONTACT, Kind.EMAIL, gettext_noop("E-mail"), core=True),
    Field(
        "prs_PrimaryLanguage",
        Category.CONTACT,
        Kind.LANGUAGE,
        gettext_noop("Language the person speaks best"),
        gettext_noop("So that consent and help are given in words the person understands."),
    ),
    Field("prs_SecondaryLanguage", Category.CONTACT, Kind.LANGUAGE, gettext_noop("Another language")),
    Field(
        "interpreter",
        Category.CONTACT,
        Kind.YES_NO_UNKNOWN,
        gettext_noop("Is an interpreter needed?"),
    ),
    # Kept when a spreadsheet brings them, because they are Core, but never asked: where somebody lives is
    # what puts them in danger.
    Field(
        "prs_MailingStreet",
        Category.CONTACT,
        Kind.TEXT,
        gettext_noop("Mailing street"),
        core=True,
        asked=False,
    ),
    Field(
        "prs_MailingCity", Category.CONTACT, Kind.TEXT, gettext_noop("Mailing city"), core=True, asked=False
    ),
    Field(
        "prs_MailingState",
        Category.CONTACT,
        Kind.TEXT,
        gettext_noop("Mailing state/province"),
        core=True,
        asked=False,
    ),
    Field(
        "prs_MailingPostalCode",
        Category.CONTACT,
        Kind.TEXT,
        gettext_noop("Mailing zip/postal code"),
        core=True,
        asked=False,
    ),
    Field(
        "prs_MailingCountry",
        Category.CONTACT,
        Kind.COUNTRY,
        gettext_noop("Mailing country"),
        core=True,
        asked=False,
    ),
)

FAMILY = (
    Field(
        "prs_MaritalStatus",
        Category.FAMILY,
        Kind.CHOICE,
        gettext_noop("Marital status"),
        gettext_noop("Only if it matters for a right or for safety."),
        lists.MARITAL_STATUS,
    ),
    Field(
        "prs_NumberOfChildren",
        Category.FAMILY,
        Kind.NUMBER,
        gettext_noop("Number of children"),
        gettext_noop("Children may need a place, school or protection of their own."),
    ),
    Field(
        "children_with_person", Category.FAMILY, Kind.NUMBER, gettext_noop("Children who are with the person")
    ),
    Field(
        "guardian",
        Category.FAMILY,
        Kind.YES_NO_UNKNOWN,
        gettext_noop("Has a guardian been appointed?"),
        gettext_noop("For a child, decisions need a guardian who does not depend on anyone involved."),
    ),
    Field(
        "family_may_contact",
        Category.FAMILY,
        Kind.LONG_TEXT,
        gettext_noop("Whom we may contact"),
        gettext_noop("Only people the person named, and only after thinking about the risk together."),
    ),
    Field(
        "family_never_contact",
        Category.FAMILY,
        Kind.LONG_TEXT,
        gettext_noop("Whom we must never contact"),
        gettext_noop(
            "Family can be involved in what happened. Write the relation, not a name, where you can."
        ),
    ),
)
