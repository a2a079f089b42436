"""Documents: listed, sealed while they are uploaded, opened while they are downloaded."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from people.access import SignedIn, signed_in
from people.actor import Actor
from referral.cases.standing import decide, find_case, require
from referral.flows.calendar import now
from referral.forms.documents import DocumentForm
from referral.forms.record import ReasonForm
from referral.models import Case
from referral.queries.names import member_name
from referral.record import documents as acts
from referral.record.uploading import SealedUpload, SealingUploadHandler
from referral.rules.access import Act, needs_reason
from referral.rules.refusals import TooLarge
from referral.vocabulary import Category, ReadingReason


FORM_BYTES = 64 * 1024
"""What a form around the largest document may add to it."""


@csrf_exempt
@require_http_methods(["GET", "POST"])
@signed_in
def documents(request: SignedIn, reference: str) -> HttpResponseBase:
    """List the documents, or seal one more.

    Exempt here and protected below: the token must be read after the handler that seals is in place.
    """
    at = now()
    case = find_case(reference, by=request.actor, at=at)
    if request.method == "POST":
        require(Act.WRITE, case=case, by=request.actor, at=at, category=Category.DOCUMENTS)
        _refuse_early(request)
        handler = SealingUploadHandler(request, case=case)
        request.upload_handlers = [handler]
        return cast(HttpResponseBase, _upload(request, case, handler))
    return _page(request, case, DocumentForm())


@csrf_protect
def _upload(request: HttpRequest, case: Case, handler: SealingUploadHandler) -> HttpResponse:
    signed = cast(SignedIn, request)
    form = DocumentForm(request.POST, request.FILES)
    handler.check()
    if not form.is_valid():
        return _page(signed, case, form)
    upload = cast(SealedUpload, form.cleaned_data["file"])
    acts.add(case=case, file=upload.sealed, by=signed.actor, at=now())
    messages.success(request, _("The file is sealed and kept."))
    return redirect("documents", reference=case.reference)


def _refuse_early(request: HttpRequest) -> None:
    """Refuse by the announced size, before a gigabyte is sent for nothing."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isdigit() and int(announced) > settings.CONNECT.MAX_DOCUMENT_BYTES + FORM_BYTES:
        raise TooLarge


@require_http_methods(["GET", "POST"])
@signed_in
def document(request: SignedIn, reference: str, uuid: UUID) -> HttpResponseBase:
    """Send one document, opened on the way, as an attachment under a neutral name."""
    at = now()
    case = find_case(reference, by=request.actor, at=at)
    download = acts.read(case=case, document=uuid, by=request.actor, at=at, reason=_reason(request))
    response = StreamingHttpResponse(download.chunks, content_type=download.media_type)
    response["Content-Length"] = str(download.size)
    response["Content-Disposition"] = f'attachment; filename="{download.file_name}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store"
    return response


def _page(request: SignedIn, case: Case, form: DocumentForm) -> HttpResponse:
    at, by = now(), request.actor
    require(Act.READ, case=case, by=by, at=at, category=Category.DOCUMENTS)
    reason = ReasonForm(request.GET or None) if needs_reason(by.role, Category.DOCUMENTS) else None
    opens = reason is None or reason.is_valid()
    context = {
        "case": {"reference": case.reference},
        "reason_form": None if opens else reason,
        "documents": _listed(case, by=by, reason=_reason(request)) if opens else [],
        "form": form if decide(Act.WRITE, case=case, by=by, at=at, category=Category.DOCUMENTS) else None,
        "limit": filesizeformat(settings.CONNECT.MAX_DOCUMENT_BYTES),
    }
    return render(request, "referral/documents/documents.html", context, status=422 if form.errors else 200)


def _listed(case: Case, *, by: Actor, reason: ReadingReason | None) -> list[dict[str, Any]]:
    query = f"?reason={reason.value}" if reason else ""
    return [
        {
            "name": each.name,
            "kind": each.media_type,
            "size": filesizeformat(each.size),
            "added_at": each.added_at,
            "by": member_name(each.added_by, me=by.membership),
            "url": reverse("document", args=[case.reference, each.uuid]) + query,
        }
        for each in acts.listed(case=case, by=by, at=now(), reason=reason)
    ]


def _reason(request: HttpRequest) -> ReadingReason | None:
    said = request.GET.get("reason", "")
    return ReadingReason(said) if said in set(ReadingReason) else None
