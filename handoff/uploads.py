"""Files that people send: never more of them on disk than an import may be large."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class BoundedUpload(TemporaryFileUploadHandler):
    """Keeps what is within IMPORT_MAX_BYTES and only counts what comes beyond it.

    The file then says its true size, so that whoever takes it can say that it is too large.
    """

    seen = 0

    def new_file(self, *args: Any, **options: Any) -> None:
        self.seen = 0
        super().new_file(*args, **options)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.seen += len(raw_data)
        if self.seen <= settings.IMPORT_MAX_BYTES:
            super().receive_data_chunk(raw_data, start)
        return None

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":
        return super().file_complete(self.seen)
