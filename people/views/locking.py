"""Lock, unlock and quick exit: plain forms and links that need no script."""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.access import SignedIn, own_path, signed_in
from people.forms import UnlockForm
from people.keys.errors import NoIdentity, WrongPassword
from people.keys.unlock import lock as lock_keys
from people.keys.unlock import unlock as unlock_keys


SEE_OTHER = 303


@require_POST
@login_required
def lock(request: HttpRequest) -> HttpResponse:
    """Close the keys and show the unlock page, which leads back to where the person was."""
    lock_keys(request)
    back = own_path(request, request.POST.get(REDIRECT_FIELD_NAME) or request.headers.get("Referer", ""))
    address = f"{resolve_url('unlock')}?{urlencode({REDIRECT_FIELD_NAME: back})}"
    return HttpResponseRedirect(address, status=SEE_OTHER)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def unlock(request: HttpRequest) -> HttpResponse:
    """Ask for the password again, open the keys, go back."""
    back = own_path(
        request,
        request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, ""),
    )
    form = UnlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="reauthenticate", user=request.user):
            form.add_error(None, _("There were too many attempts. Nothing is lost: try again in a minute."))
            return _unlock_page(request, form, back)
        try:
            unlock_keys(request, form.cleaned_data["password"])
        except (WrongPassword, NoIdentity):
            form.add_error("password", _("This is not your password. Nothing is lost: try again."))
        else:
            ratelimit.clear(request, action="reauthenticate", user=request.user)
            return HttpResponseRedirect(back, status=SEE_OTHER)
    return _unlock_page(request, form, back)


def _unlock_page(request: HttpRequest, form: UnlockForm, back: str) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "people/unlock.html", {"form": form, "next": back}, status=status)


# A stale token must never stand between a person and the way out, and this can only end a session.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def quick_exit(request: HttpRequest) -> HttpResponse:
    """Sign out, wipe what the browser kept, and show something harmless.

    303 makes the next page a plain GET that does not offer to send anything again. A page elsewhere is
    reached by Refresh, since browsers apply form-action to the redirect of a form.
    """
    lock_keys(request)
    logout(request)
    there = settings.CONNECT.EXIT_TO
    if there.startswith("/"):
        response: HttpResponse = HttpResponseRedirect(there, status=SEE_OTHER)
    else:
        response = units(request)
        response["Refresh"] = f"0; url={there}"
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.KEY_COOKIE_NAME):
        response.delete_cookie(name, samesite="Lax")
    response["Clear-Site-Data"] = '"cache", "storage"'
    response["Cache-Control"] = "no-store"
    return response


def units(request: HttpRequest) -> HttpResponse:
    """Show a table of units: a page anybody could be reading, without our name on it."""
    return render(request, "people/units.html")


@require_safe
@signed_in
def password_changed(request: SignedIn) -> HttpResponse:
    """Say that the new password holds."""
    return render(request, "people/password_changed.html")
