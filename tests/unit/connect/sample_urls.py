"""Addresses for pages rendered without their views: the names templates reverse, and a few that refuse."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from referral.rules.refusals import IllegalStep, NotInYourRole, NotThere
from secure_exchange.errors import NoConsent


def nothing(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """An empty page."""
    return HttpResponse("")


def refuses(refusal: type[Exception]):
    """A view whose act says no."""

    def view(request: HttpRequest, **kwargs: object) -> HttpResponse:
        raise refusal

    return view


ROUTES = {
    "my-work": "", "cases": "cases/", "case-open": "cases/new/", "case": "cases/<str:reference>/",
    "record": "cases/<str:reference>/record/<str:category>/", "consent": "cases/<str:reference>/consent/",
    "documents": "cases/<str:reference>/documents/", "hand-over": "cases/<str:reference>/hand-over/",
    "incoming": "incoming/", "offer": "incoming/<uuid:thread>/", "handovers": "handovers/",
    "transcript": "handovers/<uuid:thread>/", "imports": "imports/", "lock": "lock/", "unlock": "unlock/",
    "quick-exit": "exit/", "language": "language/", "account_login": "account/sign-in/",
    "account_logout": "account/sign-out/", "account_change_password": "account/password/",
}  # fmt: skip

urlpatterns: list[URLPattern] = [
    *(path(address, nothing, name=name) for name, address in ROUTES.items()),
    path("refused/no-consent/<str:reference>/", refuses(NoConsent), name="refused-consent"),
    path("refused/moved-on/<str:reference>/", refuses(IllegalStep), name="refused-step"),
    path("refused/role/<str:reference>/", refuses(NotInYourRole), name="refused-role"),
    path("refused/unseen/<str:reference>/", refuses(NotThere), name="refused-unseen"),
    path("fault/", refuses(ValueError), name="fault"),
]
