"""What is done again and again, whatever the broker lost."""

from __future__ import annotations

import pytest
from django.conf import settings

from connect.celery import app


@pytest.mark.parametrize("name", settings.CELERY_BEAT_SCHEDULE)
def test_a_periodic_task_exists_and_its_messages_do_not_pile_up(name):
    entry = settings.CELERY_BEAT_SCHEDULE[name]
    app.loader.import_default_modules()
    assert entry["task"] in app.tasks
    assert entry["schedule"] <= entry["options"]["expires"] <= 10 * entry["schedule"]


def test_other_nodes_are_looked_at_in_a_task_of_its_own():
    tasks = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    assert tasks.count("secure_exchange.look_again") == 1
