"""The translated name of every word in the vocabulary and of every reason a rule gives; days as written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from referral.rules.decision import Reason
from referral.vocabulary import (
    AgeBand,
    AgeGround,
    AgeStatus,
    Category,
    Citizenship,
    ConsentManner,
    DeclineReason,
    Direction,
    HandoverAct,
    HandoverKind,
    HandoverState,
    MessageKind,
    Mobility,
    NeedCode,
    Purpose,
    ReadingReason,
    SexBand,
    Side,
    Stage,
    Track,
    Urgency,
)


NAMES: Mapping[type[StrEnum], Mapping[str, Promise]] = {
    Stage: {
        Stage.IDENTIFICATION: _("Identification"),
        Stage.PROTECTION: _("Protection"),
        Stage.ASSISTANCE: _("Assistance"),
        Stage.RETURN: _("Return"),
        Stage.CLOSED: _("Closed"),
    },
    Track: {
        Track.PROCEEDINGS: _("Proceedings"),
        Track.COMPENSATION: _("Compensation"),
        Track.RESIDENCE: _("Residence"),
        Track.ASYLUM: _("Asylum"),
        Track.CHILD: _("Child protection"),
    },
    Category: {
        Category.IDENTITY: _("Identity"),
        Category.CONTACT: _("Contact"),
        Category.FAMILY: _("Family"),
        Category.EXPLOITATION: _("Exploitation"),
        Category.HEALTH: _("Health"),
        Category.LEGAL: _("Legal"),
        Category.IMMIGRATION: _("Immigration"),
        Category.NEEDS: _("Needs"),
        Category.RISK: _("Risk"),
        Category.DOCUMENTS: _("Documents"),
    },
    AgeStatus: {
        AgeStatus.ADULT: _("Adult"),
        AgeStatus.CHILD: _("Child"),
        AgeStatus.PRESUMED_CHILD: _("Treated as a child, age in doubt"),
    },
    AgeGround: {
        AgeGround.DOCUMENT_SEEN: _("A document with the date of birth was seen"),
        AgeGround.AGE_ASSESSED: _("An age assessment was concluded"),
        AgeGround.AUTHORITY_DECIDED: _("The guardian or the authority decided"),
        AgeGround.ENTERED_BY_MISTAKE: _("The age was entered by mistake"),
    },
    Citizenship: {
        Citizenship.NATIONAL: _("Citizen of this country"),
        Citizenship.EU_CITIZEN: _("EU citizen"),
        Citizenship.THIRD_COUNTRY: _("Citizen of a country outside the EU"),
        Citizenship.UNKNOWN: _("Citizenship not known"),
    },
    HandoverKind: {
        HandoverKind.REFERRAL: _("Referral"),
        HandoverKind.TRANSFER: _("Transfer"),
    },
    Direction: {
        Direction.OUTGOING: _("Sent"),
        Direction.INCOMING: _("Received"),
    },
    Side: {
        Side.SENDER: _("Sender"),
        Side.RECEIVER: _("Receiver"),
    },
    HandoverState: {
        HandoverState.DRAFT: _("Draft"),
        HandoverState.OFFERED: _("Offered"),
        HandoverState.ACCEPTED: _("Accepted"),
        HandoverState.DECLINED: _("Declined"),
        HandoverState.RELEASED: _("Record released"),
        HandoverState.FAILED: _("Could not be opened"),
        HandoverState.OPENED: _("Record opened"),
        HandoverState.EXPIRED: _("Time ran out"),
        HandoverState.WITHDRAWN: _("Withdrawn"),
    },
    HandoverAct: {
        HandoverAct.OFFER: _("Send the offer"),
        HandoverAct.ACCEPT: _("Accept"),
        HandoverAct.DECLINE: _("Decline"),
        HandoverAct.ASK: _("Ask a question"),
        HandoverAct.ANSWER: pgettext_lazy("button", "Answer"),
        HandoverAct.NOTE: _("Write a note"),
        HandoverAct.RELEASE: _("Release the record"),
        HandoverAct.OPEN: _("Open the record"),
        HandoverAct.FAIL: _("Say that it cannot be opened"),
        HandoverAct.WITHDRAW: _("Withdraw"),
        HandoverAct.EXPIRE: _("Let the time run out"),
        HandoverAct.REQUEST_ERASURE: _("Ask for erasure"),
    },
    MessageKind: {
        MessageKind.OFFER: _("Offer"),
        MessageKind.ACCEPTED: _("Acceptance"),
        MessageKind.DECLINED: _("Declined"),
        MessageKind.QUESTION: _("Question"),
        MessageKind.ANSWER: _("Answer"),
        MessageKind.NOTE: _("Note"),
        MessageKind.RECORD: _("Part of the record"),
        MessageKind.WITHDRAWAL: _("Withdrawal"),
    },
    Urgency: {
        Urgency.IMMEDIATE: _("Immediate"),
        Urgency.SOON: _("Soon"),
        Urgency.PLANNED: _("Planned"),
    },
    Purpose: {
        Purpose.ASSISTANCE: _("Assistance"),
        Purpose.PROTECTION: _("Protection and a safe place"),
        Purpose.LEGAL_SUPPORT: _("Legal support"),
        Purpose.HEALTH_CARE: _("Health care"),
        Purpose.RETURN: _("Moving to another country"),
        Purpose.COMPENSATION: _("Compensation"),
        Purpose.IDENTIFICATION: _("Identification"),
    },
    ConsentManner: {
        ConsentManner.WRITTEN: _("In writing"),
        ConsentManner.SPOKEN: _("Spoken"),
        ConsentManner.SPOKEN_WITH_INTERPRETER: _("Spoken, with an interpreter"),
        ConsentManner.SIGNED_LANGUAGE: _("In sign language"),
    },
    ReadingReason: {
        ReadingReason.PERSON_ASKED: _("The person asked me to"),
        ReadingReason.GIVE_SERVICE: _("To give a service that was agreed"),
        ReadingReason.DANGER: _("Somebody is in danger"),
        ReadingReason.TIME_LIMIT: _("To keep a time limit"),
        ReadingReason.PREPARE_HANDOVER: _("To prepare a handover"),
        ReadingReason.QUALITY: _("To check quality"),
    },
    DeclineReason: {
        DeclineReason.NO_PLACE: _("We have no place at present"),
        DeclineReason.SERVICE_NOT_OFFERED: _("We do not offer what is needed"),
        DeclineReason.NOT_SAFE_HERE: _("It would not be safe here"),
        DeclineReason.LANGUAGE_NOT_OFFERED: _("We do not have the language"),
        DeclineReason.CHILDREN_NOT_TAKEN: _("We cannot take children"),
        DeclineReason.OTHER_ORGANISATION_FITS_BETTER: _("Another organisation fits better"),
        DeclineReason.OTHER: _("Another reason"),
    },
    NeedCode: {
        NeedCode.SAFE_ACCOMMODATION: _("Safe accommodation"),
        NeedCode.MATERIAL_AID: _("Material aid"),
        NeedCode.HEALTH_URGENT: _("Urgent health care"),
        NeedCode.HEALTH_GENERAL: _("General health care"),
        NeedCode.SEXUAL_REPRODUCTIVE_HEALTH: _("Sexual and reproductive health"),
        NeedCode.PSYCHOLOGICAL: _("Psychological support"),
        NeedCode.PSYCHIATRIC: _("Psychiatric care"),
        NeedCode.ADDICTION: _("Support with addiction"),
        NeedCode.INTERPRETATION: _("Interpretation"),
        NeedCode.CULTURAL_MEDIATION: _("Cultural mediation"),
        NeedCode.LEGAL_INFORMATION: _("Legal information"),
        NeedCode.LEGAL_REPRESENTATION: _("Legal representation"),
        NeedCode.RESIDENCE_PROCEDURE: _("Residence procedure"),
        NeedCode.ID_DOCUMENTS: _("Identity documents"),
        NeedCode.ASYLUM_SUPPORT: _("Support with asylum"),
        NeedCode.COURT_ACCOMPANIMENT: _("Company at court"),
        NeedCode.PROTECTION_MEASURE: _("Protection measure"),
        NeedCode.EDUCATION: _("Education"),
        NeedCode.LANGUAGE_COURSE: _("Language course"),
        NeedCode.VOCATIONAL_TRAINING: _("Vocational training"),
        NeedCode.JOB_PLACEMENT: _("Finding work"),
        NeedCode.SOCIAL_BENEFITS: _("Social benefits"),
        NeedCode.CHILDCARE_PARENTING: _("Childcare and parenting"),
        NeedCode.GUARDIANSHIP: _("Guardianship"),
        NeedCode.FAMILY_TRACING: _("Family tracing"),
        NeedCode.FAMILY_MEDIATION: _("Family mediation"),
        NeedCode.COMPENSATION_CLAIM: _("Compensation claim"),
        NeedCode.WAGE_CLAIM: _("Wage claim"),
        NeedCode.VOLUNTARY_RETURN: _("Voluntary return"),
        NeedCode.REINTEGRATION_GRANT: _("Grant for a new start"),
        NeedCode.FOLLOW_UP: _("Follow-up"),
    },
    SexBand: {
        SexBand.FEMALE: _("Female"),
        SexBand.MALE: _("Male"),
        SexBand.OTHER: _("Other"),
        SexBand.NOT_SAID: _("Not said"),
    },
    AgeBand: {
        AgeBand.UNDER_12: _("Under 12"),
        AgeBand.FROM_12_TO_17: _("12 to 17"),
        AgeBand.FROM_18_TO_24: _("18 to 24"),
        AgeBand.FROM_25_TO_34: _("25 to 34"),
        AgeBand.FROM_35_TO_49: _("35 to 49"),
        AgeBand.FROM_50: _("50 or more"),
        AgeBand.IN_DOUBT: _("In doubt, treated as a child"),
        AgeBand.NOT_SAID: _("Not said"),
    },
    Mobility: {
        Mobility.NO_LIMITS: _("No limits"),
        Mobility.SOME_HELP: _("Needs some help"),
        Mobility.WHEELCHAIR: _("Uses a wheelchair"),
        Mobility.CANNOT_TRAVEL_ALONE: _("Cannot travel alone"),
        Mobility.NOT_SAID: _("Not said"),
    },
    Reason: {
        Reason.ALLOWED: _("Allowed"),
        Reason.MEMBERSHIP_ENDED: _("Your role has ended."),
        Reason.NOT_PARTICIPATING: _("Your organisation does not work this case."),
        Reason.NOT_ASSIGNED: _("You are not assigned to this case."),
        Reason.NOT_IN_YOUR_ROLE: _("This is not in your role."),
        Reason.STATUS_ONLY: _("Your role sees that there is something here, not what it is."),
        Reason.READ_ONLY: _("Your role reads this and does not change it."),
        Reason.LAWFUL_ORDER_ONLY: _("This is opened on a lawful order only."),
        Reason.NOT_FOR_THEIR_WORK: _("Their work never opens this part."),
        Reason.CATEGORY_NOT_GRANTED: _("This part was not shared with your organisation."),
        Reason.NEEDS_DISCLOSURE: _("Your role opens this only when it was disclosed for a time."),
        Reason.NOT_RESPONSIBLE: _("Another organisation is responsible for this case."),
        Reason.STEP_OF_ANOTHER_ROLE: _("Another role does this step."),
        Reason.STEP_OF_ANOTHER_ORGANISATION: _("Another organisation does this step."),
        Reason.CASE_CLOSED: _("This case is closed."),
        Reason.CASE_PASSED: _("This case was passed on. Its steps go on where it is now."),
        Reason.NOT_ADDRESSED: _("This was sent to another organisation."),
        Reason.NO_CONSENT: _("There is no agreement yet."),
        Reason.CONSENT_OTHER_RECEIVER: _("The person agreed to share with another organisation."),
        Reason.CONSENT_OTHER_CATEGORY: _("The person did not agree to share this part."),
        Reason.CONSENT_NOT_YET: _("The agreement does not hold yet."),
        Reason.CONSENT_OVER: _("The agreement has ended."),
        Reason.CONSENT_WITHDRAWN: _("The person withdrew the agreement."),
        Reason.CONSENT_NEEDS_GUARDIAN: _("For a child, the guardian must agree as well."),
        Reason.CONSENT_TOO_LONG: _("An agreement holds for two years at most."),
        Reason.CONSENT_NOTHING: _("Choose a receiver and at least one part."),
        Reason.HANDOVER_STATE: _("The handover has moved on."),
        Reason.HANDOVER_SIDE: _("The other side does this."),
    },
}
"""By list and word: words of two lists may be spelled the same and mean different things."""


def name(word: StrEnum) -> Promise:
    """Give the name of a word as a person reads it."""
    return NAMES[type(word)][word.value]


def named(words: type[StrEnum], stored: str) -> Promise:
    """Give the name of a word stored in a column; raises KeyError if it is none of the list."""
    return NAMES[words][stored]


def choices(words: type[StrEnum]) -> list[tuple[str, Promise]]:
    """Give a list as a form's choices, in its own order."""
    return [(word.value, NAMES[words][word.value]) for word in words]


SMALL_MONTHS: Final = {"it", "pt", "ro"}
"""Languages that write the names of months without a capital; Django's own catalogues give them one."""


def written(moment: date, form: str) -> str:
    """A day or a local moment in full, in the language of the page; `form` names one of Django's formats."""
    words = date_format(moment, form)
    return words.lower() if get_language() in SMALL_MONTHS else words
