"""Who may do what: the one place that decides it, from facts and without a database.

Access is role and assignment and consent and purpose and time (the access matrix is data in people.roles).
The levels: F reads and writes, R reads, S sees status only, C reads what was disclosed on purpose and for a
time, L needs a lawful order (which this version has no way to record, so it is refused), - never.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from people.roles import HANDOVER, LEVELS, OWN_ROLE, Role, clearances
from referral.rules.decision import ALLOWED, Decision, Reason, refused
from referral.vocabulary import Category


class Act(StrEnum):
    """What a person can ask to do."""

    SEE_CASE = "see_case"
    OPEN_CASE = "open_case"
    IMPORT_CASES = "import_cases"
    READ = "read"
    WRITE = "write"
    WORK_STEP = "work_step"
    PUT_STEP_BACK = "put_step_back"
    CHANGE_AGE = "change_age"
    SAY_ADULT = "say_adult"
    CHANGE_CITIZENSHIP = "change_citizenship"
    GIVE_CONSENT = "give_consent"
    WITHDRAW_CONSENT = "withdraw_consent"
    ADD_ORGANISATION = "add_organisation"
    REMOVE_ORGANISATION = "remove_organisation"
    ASSIGN = "assign"
    DISCLOSE = "disclose"
    HAND_OVER = "hand_over"
    SEE_OFFERS = "see_offers"
    ANSWER_OFFER = "answer_offer"


@dataclass(frozen=True)
class Who:
    """A member who asks, as facts."""

    role: Role
    active: bool


@dataclass(frozen=True)
class On:
    """What is asked about, as facts. `passed` is a case that a transfer took elsewhere.

    `keeps` is true of the organisation that opened the case here, also after responsibility has passed on.
    `granted` and `disclosed` are the categories whose grant is in force now; disclosed ones were granted on
    purpose, by a consent or until a moment. `permitted` are this person's object permissions on the case.
    """

    participates: bool = False
    responsible: bool = False
    keeps: bool = False
    closed: bool = False
    passed: bool = False
    permitted: frozenset[str] = frozenset()
    granted: frozenset[Category] = frozenset()
    disclosed: frozenset[Category] = frozenset()
    category: Category | None = None
    categories: frozenset[Category] = frozenset()
    step_role: Role | None = None
    step_is_ours: bool = False
    addressed: bool = False


HANDS_OVER = frozenset(role for role in Role if HANDOVER in clearances(role))
OPENS_CASES = frozenset(role for role in Role if "F" in LEVELS[role].values())
"""A case opened by who writes no category would stay empty, and could be handed over to nobody."""
IMPORTS_CASES = frozenset(role for role in Role if LEVELS[role][Category.IDENTITY] == "F")
ASSIGNS = frozenset({Role.SUPERVISOR, Role.CASEWORKER})
_READING = frozenset({"F", "R", "C"})
SEES_CASES = frozenset(
    role for role in Role if any(LEVELS[role][category] in _READING for category in Category)
)
"""A role that reads no category works no case, whatever it is given."""

ROLES_OF_ACT = {
    Act.OPEN_CASE: OPENS_CASES,
    Act.IMPORT_CASES: IMPORTS_CASES,
    Act.SEE_OFFERS: HANDS_OVER,
    Act.ANSWER_OFFER: HANDS_OVER,
    Act.SEE_CASE: SEES_CASES,
    Act.READ: SEES_CASES,
    Act.WRITE: SEES_CASES,
    Act.WORK_STEP: SEES_CASES,
    Act.PUT_STEP_BACK: frozenset({Role.SUPERVISOR}),
    Act.CHANGE_AGE: HANDS_OVER,
    Act.SAY_ADULT: frozenset({Role.CASEWORKER, Role.SUPERVISOR}),
    Act.CHANGE_CITIZENSHIP: HANDS_OVER,
    Act.GIVE_CONSENT: HANDS_OVER,
    Act.WITHDRAW_CONSENT: HANDS_OVER,
    Act.ADD_ORGANISATION: ASSIGNS,
    Act.REMOVE_ORGANISATION: ASSIGNS,
    Act.ASSIGN: ASSIGNS,
    Act.DISCLOSE: ASSIGNS,
    Act.HAND_OVER: HANDS_OVER,
}
_WITHOUT_A_CASE = frozenset({Act.OPEN_CASE, Act.IMPORT_CASES, Act.SEE_OFFERS, Act.ANSWER_OFFER})
# Withdrawing consent and saying that somebody is or may be a child are in none of these lists: nothing may
# stand in the way of what protects the person. What takes a protection away is for the responsible. Whoever
# takes part by a consent discloses nothing: the consent did, and nothing may outlive it.
_BY_THE_RESPONSIBLE = frozenset(
    {
        Act.GIVE_CONSENT,
        Act.ADD_ORGANISATION,
        Act.DISCLOSE,
        Act.HAND_OVER,
        Act.SAY_ADULT,
        Act.CHANGE_CITIZENSHIP,
    }
)
# Taking away protects, so it may be done in a case that is closed or was passed on.
_BY_WHO_KEEPS_IT = frozenset({Act.REMOVE_ORGANISATION})
_ON_STEPS = frozenset({Act.WORK_STEP, Act.PUT_STEP_BACK})
_ON_OPEN_CASES = _BY_THE_RESPONSIBLE | _ON_STEPS | {Act.WRITE, Act.ASSIGN}


def may(who: Who, act: Act, on: On) -> Decision:
    """Decide whether somebody may do something; the first wall of two, the key being the other."""
    if not who.active:
        return refused(Reason.MEMBERSHIP_ENDED)
    if act in _WITHOUT_A_CASE:
        return _without_a_case(who, act, on)
    seen = _sees(who, on)
    return _on_a_case(who, act, on) if seen else seen


def _without_a_case(who: Who, act: Act, on: On) -> Decision:
    if who.role not in ROLES_OF_ACT[act]:
        return refused(Reason.NOT_IN_YOUR_ROLE)
    return refused(Reason.NOT_ADDRESSED) if act is Act.ANSWER_OFFER and not on.addressed else ALLOWED


def _on_a_case(who: Who, act: Act, on: On) -> Decision:
    if who.role not in ROLES_OF_ACT[act]:
        return refused(Reason.NOT_IN_YOUR_ROLE)
    responsible = on.keeps if act in _BY_WHO_KEEPS_IT else on.responsible
    if act in _BY_THE_RESPONSIBLE | _BY_WHO_KEEPS_IT and not responsible:
        return refused(Reason.NOT_RESPONSIBLE)
    if act in _ON_OPEN_CASES and on.closed:
        return refused(Reason.CASE_CLOSED)
    if act in _ON_STEPS and on.passed:
        return refused(Reason.CASE_PASSED)
    return _in_particular(who, act, on)


def needs_reason(role: Role, category: Category) -> bool:
    """Whether the matrix asks why each time: what is only disclosed is opened with a recorded reason."""
    return LEVELS[role][category] == "C"


def work_opens(kind: str) -> frozenset[Category]:
    """List the categories that an organisation of this kind may be given at all: what its own role reads.

    Its supervisors see no further than its work goes, so that no place of safety ever comes to the police.
    """
    levels = LEVELS[OWN_ROLE[kind]]
    return frozenset(category for category in Category if levels[category] in _READING)


def may_be_given(kind: str, categories: frozenset[Category]) -> Decision:
    """Decide whether an organisation of this kind may be given these categories, whoever agreed to it."""
    return ALLOWED if categories <= work_opens(kind) else refused(Reason.NOT_FOR_THEIR_WORK)


def sees_who_helps(kind: str, *, keeps: bool) -> bool:
    """Whether an organisation is told which others help: the name of a shelter tells where a person may be.

    Who keeps the case knows; the others know if their work opens where the person is.
    """
    return keeps or Category.CONTACT in work_opens(kind)


def permissions(role: Role, granted: frozenset[Category]) -> frozenset[str]:
    """List the object permissions an assigned member of that role gets on a case, from the same matrix."""
    if role not in SEES_CASES:
        return frozenset()
    named = {"work_case"}
    for category in granted:
        level = LEVELS[role][category]
        if level in _READING:
            named.add(f"read_{category}")
        if level == "F":
            named.add(f"write_{category}")
    if role in HANDS_OVER:
        named.add("hand_over_case")
    return frozenset(named)


def _sees(who: Who, on: On) -> Decision:
    if not on.participates:
        return refused(Reason.NOT_PARTICIPATING)
    if "work_case" not in on.permitted:
        return refused(Reason.NOT_ASSIGNED)
    return ALLOWED if who.role in SEES_CASES else refused(Reason.NOT_ASSIGNED)


def _in_particular(who: Who, act: Act, on: On) -> Decision:
    if act is Act.READ and on.category is not None:
        return _reads(who, on, on.category)
    if act is Act.WRITE and on.category is not None:
        return _writes(who, on, on.category)
    if act in _ON_STEPS and not on.step_is_ours:
        return refused(Reason.STEP_OF_ANOTHER_ORGANISATION)
    if act is Act.WORK_STEP and on.step_role != who.role:
        return refused(Reason.STEP_OF_ANOTHER_ROLE)
    if act is Act.HAND_OVER and "hand_over_case" not in on.permitted:
        return refused(Reason.NOT_IN_YOUR_ROLE)
    # Nobody passes on what they may not read themselves.
    answers = (_reads(who, on, category) for category in sorted(on.categories))
    return next((answer for answer in answers if not answer), ALLOWED)


def _reads(who: Who, on: On, category: Category) -> Decision:
    level = LEVELS[who.role][category]
    closed_levels = {"S": Reason.STATUS_ONLY, "L": Reason.LAWFUL_ORDER_ONLY, "-": Reason.NOT_IN_YOUR_ROLE}
    if level in closed_levels:
        return refused(closed_levels[level])
    if category not in on.granted:
        return refused(Reason.CATEGORY_NOT_GRANTED)
    if level == "C" and category not in on.disclosed:
        return refused(Reason.NEEDS_DISCLOSURE)
    return ALLOWED if f"read_{category}" in on.permitted else refused(Reason.NOT_IN_YOUR_ROLE)


def _writes(who: Who, on: On, category: Category) -> Decision:
    reading = _reads(who, on, category)
    if not reading:
        return reading
    if LEVELS[who.role][category] != "F" or f"write_{category}" not in on.permitted:
        return refused(Reason.READ_ONLY)
    return ALLOWED
