"""One case crosses the border, sealed, from a screen in Romania to one in Italy; nobody between reads it."""

from __future__ import annotations

import base64
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from connect.demo.processes import environment
from referral.htcds import exporting
from tests.journeys import moves


NAME = "Zaharina-Teodora"
SURNAME = "Exemplu-Optzeci"
PHONE = "+40700000888"
DOCUMENT = "Numai cine primește citește rândul acesta."
SECRETS = (NAME, SURNAME, PHONE, DOCUMENT)
SHARED = ("identity", "contact", "needs", "exploitation", "documents")
ROW: dict[str, Any] = {
    "con_Consent": "yes",
    "cas_Status": "Active",
    "prs_FirstName": NAME,
    "prs_SecondName": SURNAME,
    "prs_Birthdate": "1998-03-14",
    "prs_Gender": "Feminine",
    "prs_Citizenship": ["RO"],
    "prs_MobilePhone": PHONE,
    "vic_TraffickingStatus": "PossibleVictimOfTrafficking",
    "vic_TypeOfExploitation": ["ForcedLabour"],
    "cas_IncomingReferralDate": "2026-11-02",
    "cas_ReasonForIncomingReferral": "AdditionalServicesRequired",
}
ARRIVES_WITHIN = 20


def disguises(secret: str) -> list[bytes]:
    """How a text may lie on a disk: as it is, in other encodings, in hexadecimal, in base64."""
    raw = secret.encode()
    forms = [raw, secret.encode("utf-16-le"), raw.hex().encode(), raw.hex().upper().encode()]
    forms.append(secret.encode("unicode_escape"))
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw)
        forms.append(encoded[4 if shift else 0 : -4 if encoded.endswith(b"=") else None])
    return forms


def leaks(folder: Path) -> list[str]:
    """Every file of every node that holds a secret in any disguise: databases, sealed files, logs."""
    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        content = path.read_bytes()
        found += [
            f"{path.relative_to(folder)}: {secret}"
            for secret in SECRETS
            for each in disguises(secret)
            if each in content
        ]
    return found


def arrives(page: Page, address: str, selector: str, *, until_gone: str = "#none") -> None:
    """Ask for a page until something is on it and something else no longer, as a person presses reload."""
    deadline = time.monotonic() + ARRIVES_WITHIN
    page.goto(address)
    while not page.locator(selector).count() or page.locator(until_gone).count():
        assert time.monotonic() < deadline, f"{selector} did not arrive at {address}"
        page.wait_for_timeout(200)
        page.goto(address)


@pytest.fixture
def verify(nodes):
    """Run verify_handover on a node, from the stored bytes alone; answers exit code and what was printed."""

    def run(key: str, thread: str) -> tuple[int, str]:
        mine = list(nodes.by_key.values())
        seen = environment(nodes.by_key[key], mine, nodes.folder)
        answer = subprocess.run(
            [sys.executable, "manage.py", "verify_handover", thread],
            env=seen,
            capture_output=True,
            text=True,
            check=False,
        )
        return answer.returncode, answer.stdout + answer.stderr

    return run


@pytest.fixture
def spreadsheet(tmp_path):
    path = tmp_path / "one-case.xlsx"
    path.write_bytes(exporting.spreadsheet([ROW]))
    return path


@pytest.fixture
def paper(tmp_path):
    path = tmp_path / "paper.txt"
    path.write_text(DOCUMENT)
    return path


def test_one_case_crosses_the_border(nodes, sign_in, picture, verify, spreadsheet, paper):
    romania = sign_in("ro", "caseworker", language="ro")
    italy = sign_in("it", "caseworker", language="it")
    ro, it = nodes.url("ro", ""), nodes.url("it", "")
    receiver = "ngo@it.connect.test"
    picture(romania, "my-work")

    # Romania: the case comes in, and a document with it.
    case = moves.bring_in(romania, ro, spreadsheet)
    romania.goto(case + "documents/")
    romania.set_input_files("main input[type=file]", paper)
    romania.locator("main form:has(input[type=file]) button[type=submit]").click()
    expect(romania.locator("main .rows")).to_contain_text(paper.name)
    assert leaks(nodes.folder) == []

    # Romania: identification, then protection.
    assert moves.walk_to(romania, case, stage=1)
    picture(romania, "case")
    romania.locator("main ol.rows a.btn[href^='/steps/']").first.click()
    picture(romania, "step")
    moves.do_step(romania)
    moves.open_part(romania, case, "identity")
    expect(romania.locator("main")).to_contain_text(SURNAME)
    picture(romania, "record")
    assert leaks(nodes.folder) == []

    # Romania: what the person agreed to share, and the offer.
    moves.agree(romania, case, receiver, SHARED)
    picture(romania, "consent")
    moves.hand_over(romania, case, receiver)
    picture(romania, "check")
    thread = moves.seal_and_send(romania)
    picture(romania, "sent")
    assert leaks(nodes.folder) == []

    # Italy: the offer says what is needed and not who needs it.
    arrives(italy, it + "/incoming/", f"main a[href='/incoming/{thread}/']")
    picture(italy, "incoming")
    italy.goto(f"{it}/incoming/{thread}/")
    expect(italy.locator("main button[value=accept]")).to_be_visible()
    assert not any(secret in italy.content() for secret in SECRETS)
    picture(italy, "offer")
    italy.locator("main button[value=accept]").click()
    arrives(
        italy, f"{it}/incoming/{thread}/", "main button[name=act][value=open]", until_gone="#on-their-way"
    )
    picture(italy, "released")
    assert leaks(nodes.folder) == []

    # Italy: a person opens the record, and the case goes on in Italy's own flow.
    italy.locator("main button[name=act][value=open]").first.click()
    arrives(italy, f"{it}/incoming/{thread}/", "main a[href^='/cases/IT-']")
    received = it + str(italy.locator("main a[href^='/cases/IT-']").first.get_attribute("href"))
    italy.goto(received)
    assert italy.locator(".track li").nth(1).get_attribute("class") == "now"
    picture(italy, "case-received")
    moves.open_part(italy, received, "identity")
    expect(italy.locator("main")).to_contain_text(SURNAME)
    italy.goto(received + "documents/")
    with italy.expect_download() as download:
        italy.locator("main a[href*='/documents/']").first.click()
    assert Path(download.value.path()).read_text() == DOCUMENT
    italy.goto(received)
    italy.locator("main ol.rows a.btn[href^='/steps/']").first.click()
    assert moves.do_step(italy)
    assert leaks(nodes.folder) == []

    # Both sides hold the receipts, and can prove them.
    arrives(romania, case, "main a[href^='/handovers/']")
    for page, base in ((romania, ro), (italy, it)):
        page.goto(f"{base}/handovers/{thread}/")
        expect(page.locator("main")).to_contain_text("ngo@")
    picture(romania, "transcript")
    for key in ("ro", "it"):
        code, printed = verify(key, thread)
        assert code == 0, printed
    assert leaks(nodes.folder) == []
