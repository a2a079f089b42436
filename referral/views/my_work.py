"""The first page: what waits for this person."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from people.access import SignedIn, signed_in
from referral.flows.calendar import now
from referral.queries import my_work as query
from referral.views.paging import start_of


@require_safe
@signed_in
def my_work(request: SignedIn) -> HttpResponse:
    """Show steps, offers, questions and records to open."""
    context = query.my_work(by=request.actor, at=now(), start=start_of(request))
    return render(request, "referral/my_work.html", context)
