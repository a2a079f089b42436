"""Every page of the product: who asks for it, where it is, and what is done there."""

from __future__ import annotations

import dataclasses

from playwright.sync_api import Page

from referral.vocabulary import Category
from tests.journeys.story import WRITTEN


READ_ONLY = {Category.HEALTH, Category.LEGAL}
PARTS = [category.value for category in Category if category is not Category.DOCUMENTS]


@dataclasses.dataclass(frozen=True)
class Visit:
    """One page: its name, who asks for it, its address and status, what is pressed or sent there.

    `ours` is false for the page after a quick exit. What is `alike` looks like a page beside it, so once
    is enough.
    """

    name: str
    path: str
    who: str = "here"
    status: int = 200
    press: str = ""
    send_to: str = ""
    ours: bool = True
    alike: bool = False

    def go(self, page: Page, root: str, known: dict[str, str]) -> int:
        """Open the page and do what is to be done there; give the status of the last answer."""
        answer = page.goto(root + self.path.format(**known), wait_until="domcontentloaded")
        if self.press or self.send_to:
            with page.expect_navigation(wait_until="domcontentloaded") as moved:
                if self.press:
                    page.locator(self.press).first.click()
                else:
                    page.evaluate(SEND, self.send_to.format(**known))
            answer = moved.value
        assert answer
        return answer.status


SEND = """address => {
    const form = document.querySelector("form.quick-exit");
    form.action = address;
    HTMLFormElement.prototype.submit.call(form);
}"""
CASE, OPENED, OFFERED = "/cases/{adult}/", "/handovers/{opened-thread}/", "/incoming/{offered-thread}/"

SIGNED_OUT = (
    Visit("sign-in", "/account/login/", "nobody"),
    Visit("sign-in-refused", "/account/login/", "nobody", press="form[novalidate] button[type=submit]"),
    Visit("nothing-there-signed-out", "/nothing/", "nobody", 404, alike=True),
    Visit("quick-exit", "/units/", "nobody", ours=False),
    Visit("unlock", "/unlock/", "locked"),
    Visit("unlock-refused", "/unlock/", "locked", 422, press="main form button[type=submit]"),
)
CASES = (
    Visit("my-work", "/"),
    Visit("cases", "/cases/"),
    Visit("cases-not-found", "/cases/", status=422, press="form[role=search] button[type=submit]"),
    Visit("case-open", "/cases/new/"),
    Visit("case-open-refused", "/cases/new/", status=422, press="main form button[type=submit]"),
    Visit("case", CASE),
    Visit("case-handed-over", "/cases/{opened}/"),
    Visit("case-of-a-child", "/cases/{child}/", alike=True),
    Visit("case-received", "{received}", "there"),
    Visit("age", CASE + "age/"),
    Visit("citizenship", CASE + "citizenship/"),
    Visit("team", CASE + "team/"),
    Visit("take-off", "{take-off}"),
    Visit("take-part", CASE + "take-part/"),
    Visit("take-part-nobody", "/cases/{child}/take-part/"),
    Visit("take-part-what", CASE + "take-part/what/"),
    Visit("take-part-check", CASE + "take-part/check/"),
    Visit("end-part", "{end-part}"),
    Visit("consent", CASE + "consent/"),
    Visit("consent-of-a-child", "/cases/{child}/consent/", alike=True),
    Visit("consent-refused", CASE + "consent/", status=422, press="main form button[type=submit]"),
    Visit("consent-withdraw", "{withdraw}"),
    Visit("documents", CASE + "documents/"),
    Visit("documents-none", "/cases/{child}/documents/", alike=True),
    Visit("export", CASE + "export/"),
    Visit("step", "{step}"),
    Visit("step-mine", "{step-mine}"),
    Visit("step-refused", "{step-mine}", status=422, press="main button[value=done]"),
)
RECORD = (
    *(
        Visit(f"record-{part}", f"{CASE}record/{part}/", alike=part not in {"identity", "health"})
        for part in PARTS
    ),
    *(
        Visit(
            f"record-{part}-open",
            f"{CASE}record/{part}/",
            press="main button[name=open]",
            alike=part not in {"identity", "exploitation"},
        )
        for part in (*WRITTEN, "identity", "exploitation")
    ),
    *(
        Visit(f"revise-{part}", f"{CASE}record/{part}/revise/")
        for part in PARTS
        if Category(part) not in READ_ONLY
    ),
)
HANDOVERS = (
    Visit("hand-over-who", CASE + "hand-over/"),
    Visit("hand-over-who-nobody", CASE + "hand-over/?need=GUARDIANSHIP&need=LANGUAGE_COURSE"),
    Visit("hand-over-what", CASE + "hand-over/what/"),
    Visit("hand-over-check", CASE + "hand-over/check/"),
    Visit("handover-sent", "/handovers/{offered-thread}/progress/"),
    Visit("handover-done", OPENED + "progress/", alike=True),
    Visit("handovers", "/handovers/"),
    Visit("transcript", OPENED),
    Visit("transcript-received", OPENED, "there", alike=True),
    Visit("incoming-none", "/incoming/"),
    Visit("incoming", "/incoming/", "there"),
    Visit("offer", OFFERED, "there"),
    Visit("offer-decline-refused", OFFERED, "there", 422, press="button[value=decline]"),
    Visit("offer-opened", "/incoming/{opened-thread}/", "there"),
)
IMPORTS = (
    Visit("imports", "/imports/"),
    Visit("imports-refused", "/imports/", status=422, press="main form button[type=submit]"),
    Visit("import", "{import}"),
    Visit("import-done", "{import-done}"),
    Visit("export-all", "/cases/export/", alike=True),
)
ACCOUNT = (
    Visit("password", "/account/password/"),
    Visit("password-changed", "/account/password/changed/"),
    Visit("sign-out", "/account/logout/"),
)
REFUSALS = (
    Visit("not-in-your-role", CASE + "record/health/revise/", status=403),
    Visit("nothing-there", "/cases/ZZZZ/", status=404),
    Visit("changed-meanwhile", "/", status=409, send_to=OPENED + "withdraw/"),
)
EVERY_PAGE = (*SIGNED_OUT, *CASES, *RECORD, *HANDOVERS, *IMPORTS, *ACCOUNT, *REFUSALS)
