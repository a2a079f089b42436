"""The words of a case, as closed lists: nothing here has behaviour, a translation or a database.

A stored string that is in none of these lists is unknown and is quarantined, never mapped to a word that is.
"""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """Where a case stands on its way through a national mechanism."""

    IDENTIFICATION = "identification"
    PROTECTION = "protection"
    ASSISTANCE = "assistance"
    RETURN = "return"
    CLOSED = "closed"


class Track(StrEnum):
    """What runs beside the stages and closes on its own."""

    PROCEEDINGS = "proceedings"
    COMPENSATION = "compensation"
    RESIDENCE = "residence"
    ASYLUM = "asylum"
    CHILD = "child"


class Category(StrEnum):
    """The parts of a record; each is sealed, consented to and granted on its own."""

    IDENTITY = "identity"
    CONTACT = "contact"
    FAMILY = "family"
    EXPLOITATION = "exploitation"
    HEALTH = "health"
    LEGAL = "legal"
    IMMIGRATION = "immigration"
    NEEDS = "needs"
    RISK = "risk"
    DOCUMENTS = "documents"


class AgeStatus(StrEnum):
    """Whether the rules for children hold; a doubt counts as a child (Directive 2011/36/EU art. 13(2))."""

    ADULT = "adult"
    CHILD = "child"
    PRESUMED_CHILD = "presumed_child"


class AgeGround(StrEnum):
    """On what ground a person is held to be an adult after all; a closed list, for the ledger."""

    DOCUMENT_SEEN = "document_seen"
    AGE_ASSESSED = "age_assessed"
    AUTHORITY_DECIDED = "authority_decided"
    ENTERED_BY_MISTAKE = "entered_by_mistake"


class Citizenship(StrEnum):
    """What decides about permit steps, and no more than that: never which country it is."""

    NATIONAL = "national"
    EU_CITIZEN = "eu_citizen"
    THIRD_COUNTRY = "third_country"
    UNKNOWN = "unknown"


class HandoverKind(StrEnum):
    """A referral leaves the sender responsible; a transfer makes the receiver responsible on opening."""

    REFERRAL = "referral"
    TRANSFER = "transfer"


class Direction(StrEnum):
    """Whether a handover or a message left this organisation or came to it."""

    OUTGOING = "outgoing"
    INCOMING = "incoming"


class Side(StrEnum):
    """Who does something in a handover."""

    SENDER = "sender"
    RECEIVER = "receiver"


class HandoverState(StrEnum):
    """Where a handover stands; the rules between them are in rules.handover_states."""

    DRAFT = "draft"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    RELEASED = "released"
    FAILED = "failed"
    OPENED = "opened"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class HandoverAct(StrEnum):
    """What may be done to a handover; asking, answering and noting leave its state alone."""

    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    ASK = "ask"
    ANSWER = "answer"
    NOTE = "note"
    RELEASE = "release"
    OPEN = "open"
    FAIL = "fail"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    REQUEST_ERASURE = "request_erasure"


class MessageKind(StrEnum):
    """What one envelope of a thread was, in the transcript both sides keep."""

    OFFER = "offer"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    QUESTION = "question"
    ANSWER = "answer"
    NOTE = "note"
    RECORD = "record"
    WITHDRAWAL = "withdrawal"


class Urgency(StrEnum):
    """How soon an answer to an offer is needed."""

    IMMEDIATE = "immediate"
    SOON = "soon"
    PLANNED = "planned"


class Purpose(StrEnum):
    """What a person agreed that their data is used for."""

    ASSISTANCE = "assistance"
    PROTECTION = "protection"
    LEGAL_SUPPORT = "legal_support"
    HEALTH_CARE = "health_care"
    RETURN = "return"
    COMPENSATION = "compensation"
    IDENTIFICATION = "identification"


class ConsentManner(StrEnum):
    """How the person said yes."""

    WRITTEN = "written"
    SPOKEN = "spoken"
    SPOKEN_WITH_INTERPRETER = "spoken_with_interpreter"
    SIGNED_LANGUAGE = "signed_language"


class ReadingReason(StrEnum):
    """Why somebody opens what was disclosed to them; a closed list, because the ledger holds no free text."""

    PERSON_ASKED = "person_asked"
    GIVE_SERVICE = "give_service"
    DANGER = "danger"
    TIME_LIMIT = "time_limit"
    PREPARE_HANDOVER = "prepare_handover"
    QUALITY = "quality"


class DeclineReason(StrEnum):
    """Why a receiver cannot take a person; sealed on its way back."""

    NO_PLACE = "no_place"
    SERVICE_NOT_OFFERED = "service_not_offered"
    NOT_SAFE_HERE = "not_safe_here"
    LANGUAGE_NOT_OFFERED = "language_not_offered"
    CHILDREN_NOT_TAKEN = "children_not_taken"
    OTHER_ORGANISATION_FITS_BETTER = "other_organisation_fits_better"
    OTHER = "other"


class NeedCode(StrEnum):
    """The common catalogue of services (Directive 2011/36/EU art. 11(5), CETS 197 art. 12)."""

    SAFE_ACCOMMODATION = "SAFE_ACCOMMODATION"
    MATERIAL_AID = "MATERIAL_AID"
    HEALTH_URGENT = "HEALTH_URGENT"
    HEALTH_GENERAL = "HEALTH_GENERAL"
    SEXUAL_REPRODUCTIVE_HEALTH = "SEXUAL_REPRODUCTIVE_HEALTH"
    PSYCHOLOGICAL = "PSYCHOLOGICAL"
    PSYCHIATRIC = "PSYCHIATRIC"
    ADDICTION = "ADDICTION"
    INTERPRETATION = "INTERPRETATION"
    CULTURAL_MEDIATION = "CULTURAL_MEDIATION"
    LEGAL_INFORMATION = "LEGAL_INFORMATION"
    LEGAL_REPRESENTATION = "LEGAL_REPRESENTATION"
    RESIDENCE_PROCEDURE = "RESIDENCE_PROCEDURE"
    ID_DOCUMENTS = "ID_DOCUMENTS"
    ASYLUM_SUPPORT = "ASYLUM_SUPPORT"
    COURT_ACCOMPANIMENT = "COURT_ACCOMPANIMENT"
    PROTECTION_MEASURE = "PROTECTION_MEASURE"
    EDUCATION = "EDUCATION"
    LANGUAGE_COURSE = "LANGUAGE_COURSE"
    VOCATIONAL_TRAINING = "VOCATIONAL_TRAINING"
    JOB_PLACEMENT = "JOB_PLACEMENT"
    SOCIAL_BENEFITS = "SOCIAL_BENEFITS"
    CHILDCARE_PARENTING = "CHILDCARE_PARENTING"
    GUARDIANSHIP = "GUARDIANSHIP"
    FAMILY_TRACING = "FAMILY_TRACING"
    FAMILY_MEDIATION = "FAMILY_MEDIATION"
    COMPENSATION_CLAIM = "COMPENSATION_CLAIM"
    WAGE_CLAIM = "WAGE_CLAIM"
    VOLUNTARY_RETURN = "VOLUNTARY_RETURN"
    REINTEGRATION_GRANT = "REINTEGRATION_GRANT"
    FOLLOW_UP = "FOLLOW_UP"


class SexBand(StrEnum):
    """What an offer may say about sex: enough to find a room, no more."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    NOT_SAID = "not_said"


class AgeBand(StrEnum):
    """What an offer may say about age: a band, never a date or a year."""

    UNDER_12 = "under_12"
    FROM_12_TO_17 = "12_17"
    FROM_18_TO_24 = "18_24"
    FROM_25_TO_34 = "25_34"
    FROM_35_TO_49 = "35_49"
    FROM_50 = "50_or_more"
    IN_DOUBT = "in_doubt"
    NOT_SAID = "not_said"


class Mobility(StrEnum):
    """What an offer may say about getting around, so that a place fits."""

    NO_LIMITS = "no_limits"
    SOME_HELP = "some_help"
    WHEELCHAIR = "wheelchair"
    CANNOT_TRAVEL_ALONE = "cannot_travel_alone"
    NOT_SAID = "not_said"


_LANGUAGES = """
aa ab af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv
dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id
ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt
lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps
pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl
tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu rom sgn
"""
LANGUAGE_CODES = frozenset(_LANGUAGES.split())
"""Languages an offer or a consent may name: ISO 639-1, with Romani and sign languages, which it lacks."""
