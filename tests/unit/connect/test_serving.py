"""A node whose background work has ended does not go on looking well."""

from __future__ import annotations

import signal

import pytest

from connect import serving


@pytest.fixture
def signals(monkeypatch):
    sent = []
    monkeypatch.setattr(serving.os, "kill", lambda _process, which: sent.append(which))
    return sent


def ends():
    return None


def fails():
    raise RuntimeError("words that are nobody's business")


def leaves():
    raise SystemExit(0)


@pytest.mark.parametrize("run", [ends, fails, leaves])
def test_the_process_ends_with_its_background_work(signals, run, caplog, capsys):
    serving.start("worker", run).join(5)
    assert signals == [signal.SIGTERM]
    said = capsys.readouterr()
    assert "nobody's business" not in caplog.text + said.out + said.err
