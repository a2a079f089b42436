"""One human step with a time limit: its queries and its time, beside the same step in plain viewflow.

A step here is what a person does: take it, finish it, and have the next one, with its own time limit, ready.
The last row is the whole act, with the access rules and the ledger around it, which plain viewflow has not.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

import django


ROUNDS = 60
GOAL = 8
NOT_QUERIES = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")

Prepare = Callable[[], Callable[[], None]]


def main() -> None:
    """Measure on an empty database that is thrown away, and print a table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "connect.settings")
    django.setup()
    from django.db import connection  # noqa: PLC0415 - Django is set up above
    from django.test.utils import override_settings  # noqa: PLC0415

    kept = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        print(f"{connection.vendor}, median of {ROUNDS} rounds; goal: at most {GOAL} queries")
        print(f"{'':34}{'queries':>8}{'ms':>8}")
        rows = {"plain viewflow": plain, "our step": ours, "our act, with access and ledger": acted}
        # People are made for each round, and a good password hash takes half a second.
        with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
            for name, prepare in rows.items():
                print(f"{name:34}{queries(prepare):8d}{1000 * seconds(prepare):8.2f}")
    finally:
        connection.creation.destroy_test_db(kept, verbosity=0)


def queries(prepare: Prepare) -> int:
    """How many statements a step sends, without those that begin and end transactions."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    step = prepare()
    with CaptureQueriesContext(connection) as captured:
        step()
    return sum(not query["sql"].startswith(NOT_QUERIES) for query in captured.captured_queries)


def seconds(prepare: Prepare, rounds: int = ROUNDS) -> float:
    """The median time of a step."""
    times = []
    for _round in range(rounds):
        step = prepare()
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def plain() -> Callable[[], None]:
    """The step as viewflow's own views do it."""
    from benchmarks.flows import PlainFlow, request_of  # noqa: PLC0415
    from tests.factories.people import UserFactory  # noqa: PLC0415

    user = UserFactory.create()
    task = PlainFlow.start.run().task_set.get(flow_task=PlainFlow.ask)

    def step() -> None:
        with task.activation() as activation:
            activation.assign(user)
        with task.activation() as activation:
            activation.start(request_of(user))
            activation.execute()

    return step


def ours() -> Callable[[], None]:
    """The step as our node does it."""
    from django.db import transaction  # noqa: PLC0415

    from referral.flows.lock import step_under_lock  # noqa: PLC0415
    from tests.factories.people import AT  # noqa: PLC0415

    made, waiting = _begun()

    def step() -> None:
        for finish in (False, True):
            with transaction.atomic():
                task = step_under_lock(waiting.pk)
                task.process.moment = AT
                activation = task.flow_task.activation_class(task)
                if finish:
                    task.answers = {"outcome": "done"}
                    activation.start()
                    activation.execute()
                else:
                    activation.assign(made.mine.user)

    return step


def acted() -> Callable[[], None]:
    """The step as a page does it."""
    from referral.flows import performing  # noqa: PLC0415
    from tests.factories.people import AT  # noqa: PLC0415

    made, waiting = _begun()

    def step() -> None:
        performing.take(step=waiting.pk, by=made.mine, at=AT)
        performing.perform(step=waiting.pk, answers={"outcome": "done"}, by=made.mine, at=AT)

    return step


def _begun():  # noqa: ANN202 - a case and its first step
    from django.db import transaction  # noqa: PLC0415

    from benchmarks.flows import OurFlow  # noqa: PLC0415
    from tests.factories.flow_cases import flow_case  # noqa: PLC0415
    from tests.factories.people import AT  # noqa: PLC0415

    made = flow_case("IT")
    with transaction.atomic():
        OurFlow.begin(case=made.case, at=AT)
    (waiting,) = made.open_steps()
    return made, waiting


if __name__ == "__main__":
    main()
