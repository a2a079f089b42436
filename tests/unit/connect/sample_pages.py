"""A made-up context for every template, as the comment on top of each asks for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace as Row

from django import forms


NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
REFERENCE = "RO-26-7KQ4M9"
THREAD = "0190f5c2-7b1e-7c3a-9d55-0c1d2e3f4a5b"
DIGITS = "24019 77310 50288 61947 00351 88420 13579 64208 99120 30417 55863 70021"
PALERMO = "Associazione Esempio, Palermo"


class SampleForm(forms.Form):
    """One field of each kind that pages use."""

    reason = forms.ChoiceField(
        label="Reason",
        help_text="It goes back sealed.",
        choices=[("", "Choose one"), ("no_place", "No place is free"), ("not_safe_here", "Not safe here")],
    )
    note = forms.CharField(
        label="Note", required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="No names, please."
    )


class NoteForm(forms.Form):
    """A message."""

    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 2}))


class LongForm(SampleForm):
    """More kinds of fields."""

    age = forms.ChoiceField(
        label="Age",
        widget=forms.RadioSelect,
        choices=[("adult", "Adult"), ("child", "Child"), ("doubt", "In doubt")],
    )
    parts = forms.MultipleChoiceField(
        label="Parts of the record",
        widget=forms.CheckboxSelectMultiple,
        choices=[("identity", "Identity"), ("needs", "Needs"), ("health", "Health")],
        help_text="Talk about each part on its own.",
    )
    until = forms.DateField(label="Until", widget=forms.DateInput(attrs={"type": "date"}))
    read_aloud = forms.BooleanField(label="It was read aloud", required=False)


class UploadForm(forms.Form):
    """A file."""

    file = forms.FileField(label="File")


def days(number: float) -> datetime:
    """A moment so many days from the fixed now."""
    return NOW + timedelta(days=number)


LIMIT = Row(basis="Law 678/2001 art. 11(5)", says="At least 30 days to rest and think", sure=False)
SURE = Row(basis="House rule", says="Every 90 days", sure=True)
CASE = Row(
    reference=REFERENCE,
    stage="Assistance",
    age="Adult",
    citizenship="EU citizen",
    child=False,
    closed_at=None,
    received_from="",
    received_url="",
)
CHILD = Row(
    reference="RO-26-9QW3ZT",
    stage="Protection",
    age="Presumed child",
    citizenship="Citizen of another country",
    child=True,
    closed_at=None,
    received_from=PALERMO,
    received_url="/handovers/x/",
)
STAGES = [
    Row(name="Identification", state="done", note="identified 14 September 2026"),
    Row(name="Protection", state="done", note="recovery ended 3 October 2026"),
    Row(name="Assistance", state="now", note="month 2 of 24, plan agreed"),
    Row(name="Return or inclusion", state="next", note="not started"),
]
STEPS = [
    Row(
        title="Decide the identification",
        reference="RO-26-1F8D2K",
        case_url="/c/",
        url="/steps/1/",
        due=days(-2),
        limit=LIMIT,
        act="Start",
        late_note="the time limit has passed; decide what happens",
        who="You",
        note="",
    ),
    Row(
        title="Offer time to recover and reflect",
        reference="RO-26-7HH2PX",
        case_url="/c/",
        url="/steps/2/",
        due=days(1),
        limit=LIMIT,
        act="Start",
        late_note="",
        who="You",
        note="",
    ),
    Row(
        title="Review the plan with the person",
        reference=REFERENCE,
        case_url="/c/",
        url="/steps/3/",
        due=days(6),
        limit=SURE,
        act="Go on",
        late_note="",
        who="You",
        note="every 90 days",
    ),
    Row(
        title="Compensation: file the claim",
        reference=REFERENCE,
        case_url="/c/",
        url="",
        due=days(295),
        limit=None,
        act="See",
        late_note="",
        who="Supervisor",
        note="1 year from the decision",
    ),
]
CATEGORIES = [
    Row(name="Identity", icon="person-vcard", url="/r/", act="Open", note="", state="", filled=True),
    Row(name="Safe contact", icon="telephone", url="/r/", act="Open", note="", state="", filled=True),
    Row(
        name="Needs",
        icon="house-heart",
        url="/r/",
        act="Open",
        note="3 needs, 1 urgent",
        state="",
        filled=True,
    ),
    Row(name="Risk", icon="shield-lock", url="/r/", act="Open with a reason", note="", state="", filled=True),
    Row(
        name="Family",
        icon="people",
        url="/r/",
        act="Write",
        note="nothing written yet",
        state="",
        filled=False,
    ),
    Row(name="Exploitation", icon="journal-text", url="/r/", act="Open", note="", state="", filled=True),
    Row(name="Legal", icon="bank", url="/r/", act="Open", note="", state="", filled=True),
    Row(
        name="Immigration",
        icon="globe2",
        url="",
        act="",
        note="not needed for EU citizens",
        state="shut",
        filled=False,
    ),
    Row(
        name="Health", icon="heart-pulse", url="", act="", note="not in your role", state="shut", filled=True
    ),
    Row(
        name="Documents",
        icon="file-earmark-lock",
        url="/d/",
        act="Open",
        note="2 files",
        state="",
        filled=True,
    ),
]
CONSENT = Row(
    receiver=PALERMO,
    categories="identity, needs, safe contact",
    not_shared="health, legal, family, risk",
    purpose="Assistance",
    until=days(98),
    given_at=days(-3),
    language="Romanian",
    manner="spoken, read aloud",
    by_guardian=False,
    state="in_force",
    ended_at=None,
    withdraw_url="/w/",
)
OLD_CONSENT = Row(
    receiver="Casa Exemplu, Iași",
    categories="needs",
    not_shared="",
    purpose="Protection",
    until=days(-10),
    given_at=days(-60),
    language="Romanian",
    manner="written",
    by_guardian=True,
    state="withdrawn",
    ended_at=days(-20),
    withdraw_url="",
)
EVENTS = [
    Row(title="Record opened", kind="", at=days(-0.05), note="signed receipt"),
    Row(title="Accepted", kind="", at=days(-0.8), note="“Place ready from Monday.”"),
    Row(title="Offer delivered", kind="", at=days(-3), note="no identity"),
]
HANDOVER = Row(
    counterpart=PALERMO,
    country="Italy",
    direction="outgoing",
    events=EVENTS,
    url="/handovers/x/",
    stage="Assistance",
    urgency="Within three days",
    state="offered",
    state_label="waiting for an answer",
    respond_by=days(1),
    expires_at=days(14),
    sent_at=days(-1),
    transcript_url="/handovers/x/",
    case_url="",
    case_reference="",
    reference=REFERENCE,
    kind_note="They become responsible when they open the record.",
    withdraw_url="/x/",
    back_url="/handovers/",
)
OFFER = Row(
    url="/incoming/x/",
    summary="Adult woman, 25 to 34: safe accommodation, language course",
    counterpart="Fundația Exemplu",
    country="Romania",
    respond_by=days(1),
    urgent=True,
    urgency="At once",
    asked=True,
    at=days(-0.2),
    ready=True,
    state_label="declined",
)
SUMMARY = [
    Row(label="Age", value="25 to 34"),
    Row(label="Sex", value="Female"),
    Row(label="Needs", value="Safe accommodation, psychological support, language course"),
    Row(label="Languages", value="Romanian, some Italian"),
    Row(label="Children with the person", value="None"),
    Row(label="Getting around", value="Did not want to say"),
]
ENVELOPES = [
    Row(
        title="Offer",
        at=days(-3),
        sender="pro-exemplu@ro.connect.test",
        size="4 KB",
        id=THREAD,
        digest="3f" * 32,
        holds=True,
        fault="",
        receipts=[
            Row(
                title="delivered",
                at=days(-3),
                by="node@it.connect.test",
                holds=True,
                fault="",
                digest="9c" * 32,
            )
        ],
    ),
    Row(
        title="Record: identity",
        at=days(-3),
        sender="pro-exemplu@ro.connect.test",
        size="16 KB",
        id=THREAD,
        digest="a7" * 32,
        holds=False,
        fault="the body does not have the signed hash",
        receipts=[],
    ),
]
CHOICES = [Row(value="", label="All", chosen=True), Row(value="a", label="Protection", chosen=False)]
GROUPS = [
    Row(
        title="Name and papers",
        fields=[
            Row(label="Name used", value="Made-up Person", said="", masked=True, heavy=False),
            Row(label="Year of birth", value="1997", said="", masked=False, heavy=False),
            Row(label="Other names", value="", said="did not want to say", masked=False, heavy=False),
            Row(label="Papers held", value="", said="", masked=False, heavy=False),
        ],
    ),
    Row(
        title="What happened",
        fields=[
            Row(label="In the person's own words", value="A made-up text.", said="", masked=False, heavy=True)
        ],
    ),
]
RECORD = {
    "case": CASE,
    "category": Row(name="Identity", icon="person-vcard", code="identity", record_url="/r/"),
    "opened": False,
    "reason_form": None,
    "empty": False,
    "revision": Row(number=2, at=days(-1), by="you"),
    "groups": [],
    "revise_url": "/r/revise/",
    "revisions": [
        Row(number=2, at=days(-1), by="you", url=""),
        Row(number=1, at=days(-40), by="Caseworker", url="/r/1/"),
    ],
    "looks": [
        Row(at=days(-0.01), who="You, caseworker", reason=""),
        Row(at=days(-1.2), who="Social worker", reason="to book the medical visit"),
    ],
}
RECEIVERS = [
    Row(
        address="esempio@it.connect.test",
        name="Associazione Esempio",
        country="Italy",
        chosen=True,
        services="Safe accommodation, psychological support, language course",
        languages="Italian, Romanian, English",
        answers="usually answers within 24 hours",
        categories="identity, safe contact, needs, risk, health",
    ),
    Row(
        address="ejemplo@pt.connect.test",
        name="Associação Exemplo",
        country="Portugal",
        chosen=False,
        services="Safe accommodation",
        languages="Portuguese",
        answers="",
        categories="identity, needs",
    ),
]


def filled(form: type[forms.Form]) -> forms.Form:
    """A form with errors, as after a first try."""
    bound = form({})
    bound.is_valid()
    return bound


PAGES: dict[str, tuple[str, dict[str, object]]] = {
    "my-work": (
        "my_work.html",
        {
            "steps": STEPS,
            "offers": [OFFER],
            "next": "?after=3",
            "may_open": True,
            "questions": [Row(url="/x/", counterpart=PALERMO, about=REFERENCE, at=days(-0.1))],
            "openings": [Row(url="/x/", counterpart="Fundația Exemplu", at=days(-0.1))],
            "withdrawals": [
                {"reference": "RO-26-7KQ4M9", "counterpart": "Associação Exemplo", "at": NOW, "url": "/"}
            ],
            "unattended": [{"title": "Safety", "reference": "RO-26-7KQ4M9", "url": "/"}],
            "news": [
                Row(url="/x/", counterpart=PALERMO, about=REFERENCE, at=days(-0.1), what="Declined, Note")
            ],
        },
    ),
    "my-work-empty": (
        "my_work.html",
        {
            "steps": [],
            "offers": [],
            "next": "",
            "may_open": True,
            "questions": [],
            "openings": [],
            "withdrawals": [],
            "unattended": [],
            "news": [],
        },
    ),
    "cases": (
        "cases/list.html",
        {
            "cases": [
                Row(
                    reference=REFERENCE,
                    url="/c/",
                    stage="Assistance",
                    age="Adult",
                    citizenship="EU citizen",
                    next_step="Review the plan with the person",
                    due=days(6),
                    responsible="",
                    received_from="",
                ),
                Row(
                    reference="RO-26-9QW3ZT",
                    url="/c/",
                    stage="Protection",
                    age="Presumed child",
                    citizenship="Citizen of another country",
                    next_step="",
                    due=None,
                    responsible=PALERMO,
                    received_from=PALERMO,
                ),
                Row(
                    reference="RO-26-1F8D2K",
                    url="/c/",
                    stage="Identification",
                    age="Adult",
                    citizenship="Not known yet",
                    next_step="Decide the identification",
                    due=days(-2),
                    responsible="",
                    received_from="",
                ),
            ],
            "stages": CHOICES,
            "q": "",
            "form": None,
            "previous": "",
            "next": "?after=x",
            "of": "25 of 40",
            "may_open": True,
            "may_import": True,
        },
    ),
    "cases-empty": (
        "cases/list.html",
        {
            "cases": [],
            "stages": CHOICES,
            "q": "",
            "form": None,
            "previous": "",
            "next": "",
            "of": "",
            "may_open": True,
            "may_import": True,
        },
    ),
    "case-open": ("cases/open.html", {"form": LongForm()}),
    "case": (
        "cases/case.html",
        {
            "case": CASE,
            "stages": STAGES,
            "steps": STEPS,
            "categories": CATEGORIES,
            "consents": [CONSENT],
            "handovers": [HANDOVER],
            "done": [Row(title="First interview", at=days(-50), who="you")],
            "people": Row(
                responsible="Fundația Exemplu", organisations=["Casa Exemplu"], team=["you", "one supervisor"]
            ),
            "may_hand_over": True,
            "may_consent": True,
            "may_documents": True,
        },
    ),
    "case-child": (
        "cases/case.html",
        {
            "case": CHILD,
            "stages": STAGES,
            "steps": [],
            "categories": CATEGORIES,
            "consents": [],
            "handovers": [],
            "done": [],
            "people": Row(responsible=PALERMO, organisations=[], team=["you"]),
            "may_hand_over": False,
            "may_consent": True,
            "may_documents": True,
        },
    ),
    "record-sealed": ("record/category.html", RECORD),
    "record-reason": ("record/category.html", {**RECORD, "reason_form": filled(SampleForm)}),
    "record-open": ("record/category.html", {**RECORD, "opened": True, "groups": GROUPS}),
    "record-empty": (
        "record/category.html",
        {**RECORD, "empty": True, "revision": None, "revisions": [], "looks": []},
    ),
    "consent": (
        "consent/consent.html",
        {"case": CHILD, "consents": [CONSENT, OLD_CONSENT], "form": LongForm(), "may_record": True},
    ),
    "consent-empty": (
        "consent/consent.html",
        {"case": CASE, "consents": [], "form": None, "may_record": False},
    ),
    "withdraw": (
        "consent/withdraw.html",
        {
            "case": CASE,
            "consent": CONSENT,
            "stops": ["The record held for them is destroyed."],
            "already": ["They opened the record on 22 November 2026. We ask them to delete it."],
        },
    ),
    "documents": (
        "documents/documents.html",
        {
            "case": CASE,
            "form": UploadForm(),
            "limit": "1 GB",
            "documents": [
                Row(
                    name="made-up-letter.pdf",
                    kind="PDF",
                    size="2.4 MB",
                    added_at=days(-1),
                    by="you",
                    url="/d/x/",
                ),
            ],
        },
    ),
    "documents-empty": (
        "documents/documents.html",
        {"case": CASE, "form": None, "limit": "1 GB", "documents": []},
    ),
    "who": (
        "handover/who.html",
        {
            "case": CASE,
            "receivers": RECEIVERS,
            "form": None,
            "consent_missing": "The person has not agreed yet.",
            "needs": [
                Row(value="SAFE_ACCOMMODATION", label="Safe accommodation", chosen=True),
                Row(value="LANGUAGE_COURSE", label="Language course", chosen=True),
                Row(value="PSYCHOLOGICAL", label="Psychological support", chosen=False),
            ],
            "others": [
                Row(name="Centrul Exemplu", country="Romania", why_not="does not offer: language course")
            ],
        },
    ),
    "what": (
        "handover/what.html",
        {
            "case": CASE,
            "receiver": Row(name=PALERMO, country="Italy"),
            "back_url": "/x/",
            "form": filled(LongForm),
            "choices": [
                Row(
                    value="identity",
                    name="Identity",
                    icon="person-vcard",
                    chosen=True,
                    possible=True,
                    why="agreed 20 November 2026",
                ),
                Row(
                    value="needs",
                    name="Needs",
                    icon="house-heart",
                    chosen=True,
                    possible=True,
                    why="agreed 20 November 2026",
                ),
                Row(
                    value="health",
                    name="Health",
                    icon="heart-pulse",
                    chosen=False,
                    possible=False,
                    why="not agreed",
                ),
            ],
            "groups": [Row(title="What the offer says", note="No names.", fields=list(filled(LongForm)))],
        },
    ),
    "check": (
        "handover/check.html",
        {
            "case": CASE,
            "summary": SUMMARY,
            "categories": ["Identity", "Safe contact", "Needs"],
            "consent": CONSENT,
            "receiver": Row(
                name=PALERMO,
                address="esempio@it.connect.test",
                country="Italy",
                digits=DIGITS,
                confirmed="compared by telephone by an administrator on 2 November 2026",
            ),
            "kind_note": HANDOVER.kind_note,
            "respond_by": days(3),
            "expires_at": days(14),
            "change_who_url": "/x/",
            "change_what_url": "/x/",
            "form": None,
            "shown": "",
        },
    ),
    "sent": (
        "handover/sent.html",
        {
            "case": CASE,
            "handover": HANDOVER,
            "moving": True,
            "withdraw_note": "The record held for them is destroyed.",
            "progress": [
                Row(title="Sealed and signed", state="done", at=days(-0.001), note=""),
                Row(title="Offer delivered", state="now", at=None, note="trying again in 2 minutes"),
                Row(title="Answered", state="next", at=None, note=""),
                Row(title="Record released", state="next", at=None, note=""),
            ],
        },
    ),
    "incoming": (
        "incoming/list.html",
        {"waiting": [OFFER, OFFER], "accepted": [OFFER], "answered": [OFFER], "may_answer": True},
    ),
    "incoming-empty": (
        "incoming/list.html",
        {"waiting": [], "accepted": [], "answered": [], "may_answer": True},
    ),
    "offer": (
        "incoming/offer.html",
        {
            "handover": HANDOVER,
            "title": "Adult woman: safe accommodation, language course",
            "summary": SUMMARY,
            "parts": ["Identity", "Safe contact", "Needs"],
            "accept_form": NoteForm(auto_id="accept-%s"),
            "decline_form": SampleForm(auto_id="decline-%s"),
            "ask_form": NoteForm(auto_id="ask-%s"),
            "open_form": None,
            "take_over": False,
            "on_their_way": [],
            "ready": False,
            "waiting": False,
            "messages_list": [
                Row(
                    ours=True,
                    title="Question",
                    text="Is a ground-floor room needed?",
                    at=days(-0.4),
                    by="you",
                ),
                Row(
                    ours=False,
                    title="Answer",
                    text="No, any floor is fine.",
                    at=days(-0.2),
                    by="Fundația Exemplu",
                ),
            ],
        },
    ),
    "offer-ready": (
        "incoming/offer.html",
        {
            "handover": HANDOVER,
            "title": "Adult woman: safe accommodation",
            "summary": SUMMARY,
            "parts": ["Identity"],
            "accept_form": None,
            "decline_form": None,
            "ask_form": None,
            "open_form": forms.Form(),
            "take_over": False,
            "on_their_way": ["Needs"],
            "ready": True,
            "waiting": False,
            "messages_list": [],
        },
    ),
    "handovers": (
        "handover/list.html",
        {
            "handovers": [
                Row(
                    url="/h/",
                    counterpart=PALERMO,
                    direction="outgoing",
                    state_label="waiting for an answer",
                    kind="info",
                    reference=REFERENCE,
                    case_url="/c/",
                    at=days(-1),
                    due=days(1),
                    categories="identity, needs",
                ),
                Row(
                    url="/h/",
                    counterpart="Associação Exemplo",
                    direction="incoming",
                    state_label="opened",
                    kind="ok",
                    reference="",
                    case_url="",
                    at=days(-9),
                    due=None,
                    categories="identity, needs",
                ),
            ],
            "directions": CHOICES,
            "previous": "",
            "next": "",
            "of": "",
        },
    ),
    "transcript": (
        "handover/transcript.html",
        {
            "thread": THREAD,
            "handover": HANDOVER,
            "envelopes": ENVELOPES[:1],
            "ledger": "c4" * 32,
            "verdict": Row(
                holds=True, sentence="Nothing was changed on the way.", checked_at=NOW, counted="7 signatures"
            ),
            "parties": [
                Row(
                    name="Fundația Exemplu",
                    address="pro-exemplu@ro.connect.test",
                    digits=DIGITS,
                    role="sender",
                ),
                Row(name=PALERMO, address="esempio@it.connect.test", digits=DIGITS, role="receiver"),
            ],
        },
    ),
    "transcript-broken": (
        "handover/transcript.html",
        {
            "thread": THREAD,
            "handover": HANDOVER,
            "envelopes": ENVELOPES,
            "ledger": "c4" * 32,
            "parties": [],
            "verdict": Row(
                holds=False,
                sentence="The second envelope was changed.",
                checked_at=NOW,
                counted="7 signatures",
            ),
        },
    ),
}
"""Name of a sample, then the template below referral/ and its context."""

PAGES["revise"] = (
    "record/revise.html",
    {
        "case": CASE,
        "category": RECORD["category"],
        "number": 3,
        "form": filled(SampleForm),
        "groups": [
            Row(title="Name and papers", fields=list(filled(SampleForm)), heavy=False),
            Row(title="What happened", fields=list(UploadForm()), heavy=True),
        ],
    },
)
