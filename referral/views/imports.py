"""Import: upload, look, decide, bring in, and a report of the rest; and cases out again, sealed."""

from __future__ import annotations

from datetime import date
from typing import cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from people.access import SignedIn, signed_in
from people.actor import Actor
from referral.cases.standing import find_case, who
from referral.flows import calendar, country, stages
from referral.forms.imports import ExportForm, UploadForm
from referral.htcds import exporting, importing
from referral.htcds.refusals import BadRecipient, ImportRefused, TooLargeToImport
from referral.htcds.taking_out import export_cases
from referral.models import Case, ImportBatch
from referral.queries.import_page import import_list, import_page, report
from referral.rules.access import Act, On, may
from referral.rules.refusals import denial


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@csrf_exempt
@require_http_methods(["GET", "POST"])
@signed_in
def imports(request: SignedIn) -> HttpResponseBase:
    """Say what can be brought in, and take a spreadsheet.

    Exempt here and protected below: a file that is too large is refused before any of it is read.
    """
    _require_importing(request.actor)
    if request.method == "POST":
        if _announced(request) > settings.CONNECT.MAX_IMPORT_BYTES:
            return _upload_page(request, UploadForm(), TooLargeToImport())
        return cast(HttpResponseBase, _upload(request))
    return _upload_page(request, UploadForm())


@csrf_protect
def _upload(request: HttpRequest) -> HttpResponse:
    signed = cast(SignedIn, request)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload_page(signed, form)
    at = calendar.now()
    try:
        batch = importing.preview(
            data=form.cleaned_data["file"].read(), by=signed.actor, at=at, today=_today(signed.actor)
        )
    except ImportRefused as refusal:
        return _upload_page(signed, form, refusal)
    return redirect("import", uuid=batch.uuid)


@require_http_methods(["GET", "POST"])
@signed_in
def import_(request: SignedIn, uuid: UUID) -> HttpResponse:
    """Show an import as far as it is; a POST decides about its rows and brings in the first of them."""
    batch = importing.find(uuid, by=request.actor)
    if request.method == "POST":
        importing.decide(
            batch=batch,
            chosen=_numbers(request, "row"),
            adults=_numbers(request, "adult"),
            by=request.actor,
            at=calendar.now(),
        )
        return _bring_in_next(request, batch)
    return render(request, "referral/imports/import.html", import_page(batch, by=request.actor))


@require_POST
@signed_in
def go_on(request: SignedIn, uuid: UUID) -> HttpResponse:
    """Bring in the next rows; the page says how far it is."""
    return _bring_in_next(request, importing.find(uuid, by=request.actor))


def _bring_in_next(request: SignedIn, batch: ImportBatch) -> HttpResponse:
    left = importing.bring_in(
        batch=batch,
        by=request.actor,
        at=calendar.now(),
        today=_today(request.actor),
        begin=stages.begin,
        on_child=stages.age_changed,
    )
    if not left:
        done = batch.imported.count()
        text = ngettext("%(count)d case was brought in.", "%(count)d cases were brought in.", done)
        messages.success(request, text % {"count": done})
    return redirect("import", uuid=batch.uuid)


@require_POST
@signed_in
def discard(request: SignedIn, uuid: UUID) -> HttpResponse:
    """Throw away what is kept of a spreadsheet that shall not be brought in."""
    batch = importing.find(uuid, by=request.actor)
    importing.discard(batch=batch, by=request.actor, at=calendar.now())
    messages.success(
        request, _("Discarded. Nothing of this spreadsheet is kept here; your own file is untouched.")
    )
    return redirect("imports")


@require_safe
@signed_in
def import_report(request: SignedIn, uuid: UUID) -> HttpResponse:
    """Send the list of what was not brought in: places and reasons, no value of any cell."""
    batch = importing.find(uuid, by=request.actor)
    headings = [_("Row"), _("Column"), _("Heading"), _("What to correct")]
    return _file(exporting.table(headings, report(batch, by=request.actor)), XLSX, "report.xlsx")


@require_safe
@signed_in
def import_form(request: SignedIn) -> HttpResponse:
    """Send the empty form to fill in."""
    _require_importing(request.actor)
    return _file(exporting.spreadsheet([]), XLSX, "form.xlsx")


@require_http_methods(["GET", "POST"])
@signed_in
def export(request: SignedIn, reference: str = "") -> HttpResponse:
    """Send one case, or all that this person works, as a spreadsheet sealed to a key."""
    at = calendar.now()
    _require_importing(request.actor)
    if reference:
        cases = [find_case(reference, by=request.actor, at=at)]
    else:
        cases = list(Case.objects.assigned_to(request.actor.membership).order_by("pk"))
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sealed = export_cases(
                cases=cases, recipient=form.cleaned_data["recipient"], by=request.actor, at=at
            )
        except BadRecipient as refusal:
            form.add_error("recipient", _(refusal.sentence))
        else:
            return _file(sealed, "application/octet-stream", "cases.xlsx.age")
    context = {"form": form, "reference": reference and cases[0].reference, "count": len(cases)}
    return render(request, "referral/imports/export.html", context, status=422 if form.errors else 200)


def _upload_page(request: SignedIn, form: UploadForm, refusal: ImportRefused | None = None) -> HttpResponse:
    status = 422 if form.errors else 200
    if refusal is not None:
        if not refusal.recorded:
            importing.record_refusal(refusal, by=request.actor, at=calendar.now())
        status = refusal.status
    context = {
        "form": form,
        "refusal": _(refusal.sentence) if refusal else "",
        "imports": import_list(request.actor),
        "limit": filesizeformat(settings.CONNECT.MAX_IMPORT_BYTES),
        "most_rows": settings.CONNECT.MAX_IMPORT_ROWS,
    }
    return render(request, "referral/imports/imports.html", context, status=status)


def _require_importing(by: Actor) -> None:
    decision = may(who(by, at=calendar.now()), Act.IMPORT_CASES, On())
    if not decision:
        raise denial(decision)


def _announced(request: HttpRequest) -> int:
    size = request.META.get("CONTENT_LENGTH") or "0"
    return int(size) if size.isdigit() else 0


def _numbers(request: HttpRequest, name: str) -> list[int]:
    return [
        int(text)
        for text in request.POST.getlist(name)
        if text.isascii() and text.isdigit() and len(text) < 8
    ]


def _today(by: Actor) -> date:
    zone = country.get(by.organisation.country).zone
    return calendar.local_date(calendar.now(), zone=zone)


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
