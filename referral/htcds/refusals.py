"""Why a whole spreadsheet is refused: one class a cause, each with a sentence for a caseworker."""

from __future__ import annotations

from secure_exchange.errors import Refused


def gettext_noop(text: str) -> str:
    """Mark a sentence for translation without needing Django."""
    return text


class ImportRefused(Refused):
    """A spreadsheet that is not brought in; the parent of every cause."""

    recorded = False
    """Whether the ledger has it already."""


class Unreadable(ImportRefused):
    """The bytes are no spreadsheet, or a damaged one."""

    code = "import-unreadable"
    status = 422
    sentence = gettext_noop(
        "This file could not be read as a spreadsheet. Nothing was brought in and nothing is lost. Open "
        "it in your spreadsheet program, save it as “Excel workbook (.xlsx)”, and choose that file."
    )


class Locked(Unreadable):
    """An encrypted workbook, or one of the old binary format: both have the same outer shape."""

    code = "import-locked"
    sentence = gettext_noop(
        "This file is protected by a password, or in the old format (.xls). Nothing was brought in and "
        "nothing is lost. Save it without a password as “Excel workbook (.xlsx)”, and choose that file."
    )


class WithMacros(Unreadable):
    """The workbook carries programs."""

    code = "import-macros"
    sentence = gettext_noop(
        "This spreadsheet contains macros, which are small programs, so it was not opened. Nothing was "
        "brought in and nothing is lost. Save it as “Excel workbook (.xlsx)” without macros, and choose "
        "that file."
    )


class Unsafe(Unreadable):
    """A zip bomb, an entity bomb, a reference to something outside, or parts that lie about themselves."""

    code = "import-unsafe"
    sentence = gettext_noop(
        "This file is not put together as a spreadsheet program would do it, and could do harm, so it was "
        "not opened. Nothing was brought in and nothing is lost. If you did not make it yourself, ask "
        "where it comes from; copying its rows into the empty form makes a clean file."
    )


class TooLargeToImport(ImportRefused):
    """More bytes than are taken, packed or unpacked."""

    code = "import-too-large"
    status = 413
    sentence = gettext_noop(
        "This spreadsheet is larger than what can be brought in at once. Nothing was brought in and "
        "nothing is lost. Divide it into smaller files, without pictures, and bring them in one after the "
        "other."
    )


class TooManyRows(ImportRefused):
    """More rows than are taken at once."""

    code = "import-too-many-rows"
    status = 413
    sentence = gettext_noop(
        "This spreadsheet has more rows than can be brought in at once. Nothing was brought in and "
        "nothing is lost. Divide it into smaller files and bring them in one after the other."
    )


class WrongForm(ImportRefused):
    """No row holds the headings of the form."""

    code = "import-wrong-form"
    sentence = gettext_noop(
        "This spreadsheet does not have the headings of the HTCDS form. Nothing was brought in and "
        "nothing is lost. Copy your rows below the headings of the empty form, and choose that file."
    )


class AmbiguousForm(ImportRefused):
    """Two columns claim to be the same field; a person has to say which one counts."""

    code = "import-two-columns"
    sentence = gettext_noop(
        "Two columns of this spreadsheet have the same heading, so we cannot know which one counts. "
        "Nothing was brought in and nothing is lost. Keep one of them, and choose the file again."
    )


class NoRows(ImportRefused):
    """The form is empty."""

    code = "import-no-rows"
    sentence = gettext_noop(
        "There are no cases in this spreadsheet: no row below the headings is filled in. Nothing was "
        "brought in and nothing is lost."
    )


class BadRecipient(Refused):
    """What was given is not the public half of a key."""

    code = "export-recipient"
    sentence = gettext_noop(
        "This is not a public key that a file can be sealed to. Nothing was exported and nothing is lost. "
        "A public key begins with age1pq1; one that begins with AGE-SECRET-KEY is secret and must never be "
        "typed here."
    )
