"""The story that makes every page exist: a handover of each kind, an import of each kind, two steps."""

from __future__ import annotations

import dataclasses
import re
import time
from urllib.parse import quote_plus

from playwright.sync_api import APIResponse, Page

from connect.demo import cases
from referral.vocabulary import Category
from tests.spreadsheets import form as filled_form
from tests.unit.referral.handover.test_handover_pages import as_shown


ITALIAN = "ngo@it.connect.test"
SOCIAL, POLICE = "social@ro.connect.test", "police@ro.connect.test"
SHARED = [Category.IDENTITY.value, Category.CONTACT.value, Category.EXPLOITATION.value]
WRITTEN = ("contact", "family", "immigration", "needs", "risk")
OFFER = {
    "needs": ["SAFE_ACCOMMODATION", "LEGAL_INFORMATION"],
    "urgency": "soon",
    "sex": "female",
    "age": "25_34",
    "languages": ["en"],
    "other_language": "ro",
    "mobility": "no_limits",
    "children": "1",
    "kind": "transfer",
    "stage": "protection",
}


class Person:
    """Somebody in a browser; the forms of the story are sent without drawing their pages."""

    def __init__(self, page: Page, root: str, home: str = "/") -> None:
        """`root` is the node's address, without a path; `home` a page that can be asked for at any time."""
        self.page, self.root, self.home = page, root, home
        self.language = ""

    def get(self, path: str) -> str:
        """The text of a page."""
        return self._read(self.page.request.get(self.root + path), path)

    def send(self, path: str, fields: dict[str, object], *, at: str = "") -> str:
        """Send a form; `at` is the page that holds it if its address is another. Returns where it led to."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(at or path))
        assert token, f"no form on {at or path}"
        pairs = [("csrfmiddlewaretoken", token[1])]
        for name, value in fields.items():
            pairs += [(name, each) for each in (value if isinstance(value, list) else [value])]
        multipart = any(isinstance(value, dict) for _, value in pairs)
        if multipart:
            answer = self.page.request.post(self.root + path, multipart=dict(pairs))
        else:
            encoded = "&".join(f"{name}={quote_plus(str(value))}" for name, value in pairs)
            answer = self.page.request.post(
                self.root + path,
                data=encoded,
                headers={"Content-Type": "application/x-www-form-urlencoded"},
            )
        self._read(answer, path)
        return answer.url.removeprefix(self.root)

    def wait_for(self, path: str, words: str) -> str:
        """Ask for a page until it says these words; what travels between nodes takes a moment."""
        deadline = time.monotonic() + 40
        while words not in (text := self.get(path)):
            assert time.monotonic() < deadline, f"{path} never said “{words}”"
            time.sleep(0.2)
        return text

    def speak(self, language: str) -> None:
        """Switch the language with the page's own button."""
        if self.language != language:
            self.page.goto(self.root + self.home)
            with self.page.expect_navigation():
                self.page.locator(f"button[name=language][value={language}]").click()
            self.language = language

    @staticmethod
    def _read(answer: APIResponse, path: str) -> str:
        text = answer.text()
        assert answer.status == 200, f"{path}: {answer.status}\n{text[-1500:]}"
        return text


@dataclasses.dataclass
class Story:
    """What the pages are about: addresses of things that were made on the way."""

    here: Person
    there: Person
    at: dict[str, str] = dataclasses.field(default_factory=dict)

    def tell(self) -> None:
        """One handover of each kind, one import of each kind, a document, an agreement, two steps."""
        self._choose_cases()
        for part in WRITTEN:
            self._write(part)
        self._hand_over()
        self._let_take_part()
        self._bring_in()
        self.here.send(
            f"/cases/{self.at['adult']}/documents/",
            {"file": {"name": "letter.txt", "mimeType": "text/plain", "buffer": b"made up"}},
        )
        steps = re.findall(r'href="(/steps/\d+/)"', self.here.get("/"))
        free = (step for step in steps if 'value="start"' in self.here.get(step))
        self.at["step"], self.at["step-mine"] = next(free), next(free)
        self.here.send(self.at["step-mine"], {"action": "start"})

    def _choose_cases(self) -> None:
        found: dict[str, list[str]] = {"Adult": [], "Child": []}
        for row in self.here.get("/cases/").split('<li class="edge')[1:]:
            reference = re.search(r'href="/cases/([^/"]+)/"', row)
            for age, those in found.items():
                if reference and re.search(rf'class="chip quiet">\s*{age}\s*<', row):
                    those.append(reference[1])
        adults = [reference for reference in found["Adult"] if self._untouched(reference)]
        self.at |= dict(zip(["adult", "offered", "opened"], adults, strict=False))
        self.at["child"] = found["Child"][0]

    def _untouched(self, reference: str) -> bool:
        """Whether no journey before this one has handed the case over."""
        text = self.here.get(f"/cases/{reference}/")
        return "/hand-over/" in text and not re.search(r'href="/(handovers|incoming)/[0-9a-f]', text)

    def _hand_over(self) -> None:
        for name in ("adult", "offered", "opened"):
            self._consent(self.at[name])
            self._draft(self.at[name])
        self.at["offered-thread"] = self._seal(self.at["offered"])
        self.at["opened-thread"] = self._seal(self.at["opened"])
        offer = f"/incoming/{self.at['opened-thread']}/"
        self.there.wait_for("/incoming/", self.at["opened-thread"])
        self.there.wait_for("/incoming/", self.at["offered-thread"])
        asking = {"act": "ask", "message-kind": "question", "message-text": "From which day?"}
        self.there.send(f"/incoming/{self.at['offered-thread']}/", asking)
        self.there.send(offer, {"act": "accept"})
        self.there.wait_for(offer, 'value="open"')
        self.at["received"] = self.there.send(offer, {"act": "open"})
        withdraw = re.search(
            r'href="(/cases/[^"]+/withdraw/)"', self.here.get(f"/cases/{self.at['adult']}/consent/")
        )
        assert withdraw
        self.at["withdraw"] = withdraw[1]
        self.here.wait_for(f"/handovers/{self.at['offered-thread']}/progress/", "From which day?")

    def _write(self, part: str) -> None:
        """Answer the first question of a part that the spreadsheet left empty: not known."""
        path = f"/cases/{self.at['adult']}/record/{part}/revise/"
        text = self.here.get(path)
        number = re.search(r'name="based_on" value="(\d+)"', text)
        question = re.search(r'name="(instead-\w+)"', text)
        assert number
        assert question
        self.here.send(path, {"based_on": number[1], question[1]: "said:do_not_know"})

    def _consent(self, reference: str, receiver: str = ITALIAN) -> None:
        agreed = {
            "receiver": receiver,
            "categories": SHARED,
            "purpose": "assistance",
            "language": "ro",
            "manner": "spoken",
            "until": time.strftime("%Y-%m-%d", time.gmtime(time.time() + 30 * 86_400)),
        }
        self.here.send(f"/cases/{reference}/consent/", agreed)

    def _draft(self, reference: str) -> None:
        path = f"/cases/{reference}/hand-over/"
        self.here.send(path, {"receiver": ITALIAN})
        parts = re.findall(r'name="categories" value="(\w+)"', self.here.get(path + "what/"))
        led_to = self.here.send(path + "what/", {"categories": parts, **OFFER})
        assert led_to == path + "check/"

    def _seal(self, reference: str) -> str:
        path = f"/cases/{reference}/hand-over/check/"
        led_to = self.here.send(path, as_shown(self.here.get(path)))
        return led_to.split("/")[2]

    def _let_take_part(self) -> None:
        """The social service takes part, and everything is chosen for letting the police in as well."""
        path = f"/cases/{self.at['adult']}/take-part/"
        for receiver in (SOCIAL, POLICE):
            self._consent(self.at["adult"], receiver)
            agreed = re.search(r'name="agreement" value="([0-9a-f-]+)"', self.here.get(path))
            assert agreed
            self.here.send(path, {"agreement": agreed[1]})
            self.here.send(path + "what/", {"categories": ["identity"]})
            if receiver == SOCIAL:
                self.here.send(path + "check/", {"share": "1"})
        team = self.here.get(f"/cases/{self.at['adult']}/team/")
        for name, end in (("take-off", "take-off"), ("end-part", "end")):
            found = re.search(rf'href="(/cases/[^"]+/{end}/)"', team)
            assert found
            self.at[name] = found[1]

    def _bring_in(self) -> None:
        rows = [
            {name: value[0] if isinstance(value, list) else value for name, value in row.items()}
            for row in cases.ITALY
        ]
        rows[0]["prs_Birthdate"] = "the day before"
        rows[1]["prs_Birthdate"] = ""
        sheet = filled_form(rows)
        for name in ("import", "import-done"):
            file = {"name": "cases.xlsx", "mimeType": "application/octet-stream", "buffer": sheet}
            self.at[name] = self.here.send("/imports/", {"file": file})
        rows_chosen = re.findall(r'name="row" value="(\d+)"', self.here.get(self.at["import-done"]))
        self.here.send(self.at["import-done"], {"row": rows_chosen})
