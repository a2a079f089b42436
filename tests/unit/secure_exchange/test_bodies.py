"""Sealed bodies as files."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest
from django.conf import settings

from secure_exchange import bodies


def test_a_new_body_is_a_file_only_the_node_reads_under_a_name_that_says_nothing():
    name, file = bodies.new()
    with file:
        file.write(b"sealed")
    (path,) = [path for path in settings.CONNECT.FILES.rglob("*") if path.is_file()]
    assert path.name == name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with bodies.open_body(name) as body:
        assert body.read() == b"sealed"
    assert bodies.size(name) == 6
    assert bodies.sha256(name) == hashlib.sha256(b"sealed").hexdigest()


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a" * 31, "A" * 32, "a" * 32 + "\n", "a/" * 16])
def test_a_name_that_is_not_ours_is_never_a_path(name):
    with pytest.raises(ValueError, match="not the name"):
        bodies.open_body(name)


def test_a_body_that_is_gone_is_missing_and_deleting_it_again_is_fine():
    name, file = bodies.new()
    file.close()
    bodies.delete_body(name)
    bodies.delete_body(name)
    for look in (bodies.open_body, bodies.size, bodies.sha256):
        with pytest.raises(bodies.BodyMissing):
            look(name)
    with pytest.raises(bodies.BodyMissing), bodies.writing(name):
        pass


def test_two_cannot_write_one_body_at_once():
    name, file = bodies.new()
    file.close()
    with bodies.writing(name), pytest.raises(bodies.BodyBusy), bodies.writing(name):
        pass
    with bodies.writing(name) as again:
        again.write(b"x")
    bodies.settle(name)
    assert bodies.size(name) == 1


def test_every_folder_on_the_way_is_this_nodes_alone_and_listed_on_the_disk(monkeypatch):
    forced = []
    fsync = os.fsync

    def noting(descriptor):
        forced.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    mask = os.umask(0o022)
    try:
        name, file = bodies.new()
    finally:
        os.umask(mask)
    file.close()
    folders = [settings.CONNECT.FILES, settings.CONNECT.FILES / "sealed"]
    made = [*folders, folders[1] / name[:2]]
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in made] == [0o700] * 3
    assert set(folders) <= set(forced)
    forced.clear()
    bodies.settle(name)
    assert forced == [made[2] / name, made[2]]
