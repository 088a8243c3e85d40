"""Uploaded files: written to disk as they arrive and closed when complete, so that one request can have thousands."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, UploadFileException
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from rest_framework.exceptions import UnsupportedMediaType

from kernel.errors import BadRequest

MAX_FILES = 2_000  # of one request


def parse_form(request: HttpRequest) -> None:
    """Read a multipart body. Raises BadRequest for a malformed one, such as a part with an unknown character set."""
    if request.content_type != "multipart/form-data":
        raise UnsupportedMediaType(request.content_type or "")
    try:
        _ = request.FILES
    except BaseException as error:
        for handler in request.upload_handlers:
            handler.upload_interrupted()  # Django does so only where the form itself ends early
        if isinstance(error, (LookupError, ValueError, MultiPartParserError)):
            raise BadRequest(f"The form cannot be read: {error}.") from error
        raise


class DiskUpload(UploadedFile):  # type: ignore[type-arg]
    """A complete upload in `path`. Closing it, as at the end of the request, deletes it unless it was moved away."""

    def __init__(self, path: Path, **about: Any) -> None:
        super().__init__(None, **about)
        self.path = path

    def temporary_file_path(self) -> str:
        return str(self.path)

    def close(self) -> None:
        self.path.unlink(missing_ok=True)


class DiskUploadHandler(FileUploadHandler):
    """Django's keeps each file of a request open until its end, which exceeds the limit of open files at a thousand."""

    _file: IO[bytes] | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._file = tempfile.NamedTemporaryFile(  # noqa: SIM115 - closed once it is whole
            dir=settings.FILE_UPLOAD_TEMP_DIR, suffix=".upload", delete=False
        )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._file is None:
            raise UploadFileException("no file was started")
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> DiskUpload | None:
        if (file := self._file) is None:
            return None
        self._file = None
        file.close()
        return DiskUpload(
            Path(file.name),
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        if (file := self._file) is not None:
            self._file = None
            file.close()
            Path(file.name).unlink(missing_ok=True)
