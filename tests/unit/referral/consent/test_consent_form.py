"""What was agreed, as it is typed in."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from referral.forms.consent import ConsentForm


AGREED = {
    "receiver": "ngo@it.connect.test",
    "categories": ["identity"],
    "purpose": "assistance",
    "language": "ro",
    "manner": "spoken",
    "until": "2027-06-01",
}


@pytest.mark.parametrize("zone", ["Europe/Bucharest", "Europe/Rome", "Europe/Lisbon"])
def test_the_last_day_is_the_day_that_was_typed_in_and_holds_whole(zone):
    with timezone.override(ZoneInfo(zone)):
        form = ConsentForm(AGREED, receivers=[("ngo@it.connect.test", "Palermo")], child=False)
        assert form.is_valid(), form.errors
        until = form.cleaned_data["until"]
        assert timezone.localtime(until).date() == date(2027, 6, 1)
        assert timezone.localtime(until + timedelta(seconds=1)).date() == date(2027, 6, 2)
