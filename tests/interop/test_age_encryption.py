"""Files sealed here open with npm's `age-encryption` given the printed identity, and the other way round.

Runs where node is and `npm install` was called in this folder; where CONNECT_INTEROP is set (in CI) it may
not be skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from secure_exchange import age
from secure_exchange.age import Identity, Recipient
from secure_exchange.age.stream import BLOCK_BYTES, CHUNK_BYTES
from tests.factories.parties import RECEIVER, sealed


HERE = Path(__file__).parent
NODE = shutil.which("node") or "node"
MISSING = not shutil.which("node") or not (HERE / "node_modules" / "age-encryption").is_dir()
SIZES = [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, BLOCK_BYTES + 12345]

pytestmark = pytest.mark.skipif(
    MISSING and "CONNECT_INTEROP" not in os.environ,
    reason="node, or age-encryption in tests/interop (npm install), is not here",
)


def age_encryption(*arguments: str | Path) -> str:
    run = subprocess.run(
        [NODE, HERE / "age.mjs", *arguments], capture_output=True, text=True, check=False, timeout=50
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def content(size: int) -> bytes:
    return (bytes(range(251)) * (size // 251 + 1))[:size]


@pytest.mark.parametrize("size", SIZES)
def test_a_file_sealed_here_opens_there_with_the_printed_identity(tmp_path: Path, size: int) -> None:
    identity = Identity.generate()
    source, target = tmp_path / "sealed.age", tmp_path / "plain"
    source.write_bytes(age.encrypt_bytes(content(size), [Identity.generate().recipient, identity.recipient]))
    age_encryption("open", str(identity), source, target)
    assert target.read_bytes() == content(size)


@pytest.mark.parametrize("size", SIZES)
def test_a_file_sealed_there_opens_here(tmp_path: Path, size: int) -> None:
    identity = Identity.generate()
    source, target = tmp_path / "plain", tmp_path / "sealed.age"
    source.write_bytes(content(size))
    age_encryption("seal", str(identity.recipient), source, target)
    assert age.decrypt_bytes(target.read_bytes(), [identity]) == content(size)


def test_an_identity_made_there_is_the_same_here() -> None:
    identity, recipient = age_encryption("new").split()
    assert Identity.parse(identity).recipient == Recipient.parse(recipient)
    assert str(Identity.parse(identity)) == identity
    assert str(Recipient.parse(recipient)) == recipient


def test_the_body_of_an_envelope_opens_there_without_this_software(tmp_path: Path) -> None:
    _, body = sealed(b'{"note": "a way out"}')
    source, target = tmp_path / "body.age", tmp_path / "plain"
    source.write_bytes(body)
    age_encryption("open", str(RECEIVER.identities["health"]), source, target)
    line, _, rest = target.read_bytes().partition(b"\n")
    assert b'"kind":"record"' in line
    assert rest.rstrip(b"\0") == b'{"note": "a way out"}'
