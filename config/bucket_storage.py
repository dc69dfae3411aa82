"""The library's files in a bucket of an S3-compatible store, of which no more is fetched than a browser asks for."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, BinaryIO

from botocore.exceptions import ClientError
from storages.backends.s3 import S3Storage

if TYPE_CHECKING:
    _S3Storage = Any
else:
    _S3Storage = S3Storage

_MISSING = {"404", "NoSuchKey"}


class BucketStorage(_S3Storage):
    """The client's own storage, which fetches a file whole before its first byte is read; parts come by themselves."""

    def open_part(self, name: str, start: int, end: int) -> BinaryIO:
        """The bytes from `start` up to but not including `end`, as they come; FileNotFoundError where there is none."""
        if start >= end:
            return io.BytesIO()
        key = self._normalize_name(name)
        try:
            answer = self.bucket.Object(key).get(Range=f"bytes={start}-{end - 1}")
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                raise FileNotFoundError(name) from None
            raise
        body: BinaryIO = answer["Body"]
        return body
