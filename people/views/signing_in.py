"""The sign-in page and the page that changes a password: allauth's, with our words around them."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView, PasswordChangeView
from django.conf import settings
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.timezone import now  # noqa: TID251 - the edge: here the clock is read

from people.access import signed_in
from people.labels import ROLES
from people.models import Membership
from people.roles import Role


class SignInView(LoginView):
    """Sign in; a demo lists whom one can be."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demo's sign-ins, which only a demo has."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["demo_sign_ins"] = demo_sign_ins() if settings.CONNECT.DEMO else []
        context["demo_password"] = settings.CONNECT.DEMO_PASSWORD
        return context


@method_decorator(signed_in, name="dispatch")
class ChangePasswordView(PasswordChangeView):
    """Change the password; the identity is wrapped anew and other sessions end."""

    success_url = reverse_lazy("password-changed")


def demo_sign_ins() -> list[dict[str, Any]]:
    """Return everybody of the demo by organisation: e-mail and role in words."""
    rows = (
        Membership.objects.active(now().date())
        .select_related("user", "organisation")
        .order_by("organisation_id", "pk")
    )
    return [
        {"email": row.user.email, "role": ROLES[Role(row.role)], "organisation": row.organisation.name}
        for row in rows
    ]


sign_in = SignInView.as_view()
change_password = ChangePasswordView.as_view()
