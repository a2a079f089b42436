"""Sealing a document while it is being uploaded, so that no clear byte of it touches a disk."""

from __future__ import annotations

import uuid as uuids
from contextlib import ExitStack
from typing import BinaryIO, Self

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest

from referral.cases import keys
from referral.models import Case
from referral.record.pictures import Cleaner
from referral.record.sealing import document_line
from referral.rules.refusals import TooLarge
from referral.vocabulary import Category
from secure_exchange import bodies
from secure_exchange.age import SealingStream, sealing


LONGEST_NAME = 200


class SealedFile:
    """A sealed body that waits for its row; whoever leaves without `keep` leaves no file."""

    def __init__(
        self, *, case: uuids.UUID, document: uuids.UUID, body: str, name: str, media_type: str
    ) -> None:
        """`name` and `media_type` are what the sender said, for the sealed part of the row only."""
        self.case = case
        self.document = document
        self.body = body
        self.name = name
        self.media_type = media_type
        self.size = 0
        self._kept = False

    def __enter__(self) -> Self:
        """Keep or delete it inside."""
        return self

    def __exit__(self, *_: object) -> None:
        """Delete the body unless it was kept and nothing went wrong after that."""
        if not self._kept or _[0] is not None:
            bodies.delete_body(self.body)

    def keep(self) -> None:
        """Say that a row holds the body now."""
        self._kept = True


class SealingUpload:
    """Seals one document for one case, piece by piece; deletes what it wrote when it is not completed."""

    def __init__(self, *, case: Case) -> None:
        """Sealing needs the public half of the case's key only."""
        self._case = case
        self._closing = ExitStack()
        self._file: SealedFile | None = None
        self._stream: SealingStream | None = None
        self._cleaner = Cleaner()
        self._target: BinaryIO | None = None
        self._taken = 0

    def begin(self, name: str, media_type: str) -> None:
        """Begin a file."""
        document = uuids.uuid4()
        body, self._target = bodies.new()
        self._file = SealedFile(
            case=self._case.uuid,
            document=document,
            body=body,
            name=name[:LONGEST_NAME],
            media_type=media_type,
        )
        recipient = keys.recipient(case=self._case, category=Category.DOCUMENTS)
        self._stream = self._closing.enter_context(sealing(self._target, [recipient]))
        self._stream.write(document_line(case=self._case, document=str(document), part="body"))

    def write(self, piece: bytes) -> None:
        """Seal a piece.

        Raises:
            TooLarge: there is more than a document may hold; what was written is deleted.
        """
        self._taken += len(piece)
        if self._taken > settings.CONNECT.MAX_DOCUMENT_BYTES:
            self.discard()
            raise TooLarge
        self._seal(self._cleaner.feed(piece))

    def complete(self) -> SealedFile:
        """End the file and hand it over."""
        if self._file is None or self._target is None:
            raise ValueError("nothing was begun")
        self._seal(self._cleaner.finish())
        self._closing.close()
        self._target.close()
        file, self._file = self._file, None
        return file

    def discard(self) -> None:
        """Delete what was written; without its last chunk nobody could open it anyway."""
        if self._file is not None and self._target is not None:
            self._target.close()
            bodies.delete_body(self._file.body)
            self._file = None

    def _seal(self, piece: bytes) -> None:
        if piece and self._stream is not None and self._file is not None:
            self._stream.write(piece)
            self._file.size += len(piece)


class SealedUpload(UploadedFile):  # type: ignore[type-arg] # generic in the stubs only
    """What a form finds in `request.FILES`; the content is sealed already and cannot be read from here.

    The request closes it at its end, which deletes a body that no act kept.
    """

    def __init__(self, sealed: SealedFile, field_name: str) -> None:
        """Size and name are for the form's checks."""
        super().__init__(
            file=None, name=sealed.name, content_type=sealed.media_type, size=sealed.size, charset=None
        )
        self.field_name = field_name
        self.sealed = sealed

    def close(self) -> None:
        """Delete the body unless a document holds it."""
        self.sealed.__exit__(None)


class SealingUploadHandler(FileUploadHandler):
    """Django's upload handler for the one document of a request.

    A view is `@csrf_exempt` outside and `@csrf_protect` inside, as Django says for handlers chosen by a view,
    asks the rules, then sets `request.upload_handlers = [SealingUploadHandler(request, case=case)]` before it
    touches `request.POST`, puts the token before the file in its form, and calls `check()` afterwards.
    """

    def __init__(self, request: HttpRequest, *, case: Case) -> None:
        """One handler a request."""
        super().__init__(request)
        self._upload = SealingUpload(case=case)
        self._used = False
        self.refusal: TooLarge | None = None

    def check(self) -> None:
        """Raise TooLarge if the upload was refused; the rest of it was read to its end and thrown away."""
        if self.refusal is not None:
            raise self.refusal

    def new_file(self, *args: object, **kwargs: object) -> None:
        """Begin sealing; a second file of the same request is skipped."""
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]
        if self._used:
            raise SkipFile
        self._used = True
        self._upload.begin(self.file_name or "", self.content_type or "")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Seal a chunk; past the limit, stop and read the rest into nothing, so that the answer arrives."""
        try:
            self._upload.write(raw_data)
        except TooLarge as refusal:
            self.refusal = refusal
            raise StopUpload(connection_reset=False) from refusal

    def file_complete(self, file_size: int) -> SealedUpload:
        """Hand the sealed file to the form."""
        return SealedUpload(self._upload.complete(), self.field_name or "")

    def upload_interrupted(self) -> None:
        """Leave nothing of a cut upload."""
        self._upload.discard()
