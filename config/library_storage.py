"""Where the library's files lie: in a folder of this machine, each as a whole or not at all, or in a bucket."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.files.storage import FileSystemStorage

if TYPE_CHECKING:
    from django.core.files import File
    from environ import Env


def chosen(env: Env, folder: Path) -> dict[str, Any]:
    """The storage the environment asks for, as Django's STORAGES has it: a bucket where one is named, else a folder.

    A bucket needs `pip install django-storages[s3]`; its keys are read by that client, from AWS_ACCESS_KEY_ID and
    AWS_SECRET_ACCESS_KEY. Addresses it gives out are signed and last six hours, as long as an opera.
    """
    bucket = env("LIBRARY_BUCKET", default="")
    if not bucket:
        return {"BACKEND": "config.library_storage.WholeFileStorage", "OPTIONS": {"location": folder}}
    options = {
        "bucket_name": bucket,
        "endpoint_url": env("LIBRARY_BUCKET_ENDPOINT", default=None),
        "region_name": env("LIBRARY_BUCKET_REGION", default=None),
        "addressing_style": env("LIBRARY_BUCKET_ADDRESSING", default="auto"),
        "signature_version": "s3v4",
        "file_overwrite": True,
        "querystring_expire": 6 * 3600,
        "max_memory_size": 1 << 20,
    }
    return {"BACKEND": "config.bucket_storage.BucketStorage", "OPTIONS": options}


class WholeFileStorage(FileSystemStorage):
    """Names say what is inside, so the same name written twice is the same file, and either may win.

    A file is written beside its place and moved there when it is complete: a power cut leaves no half file under a
    name that promises all of it.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name itself."""
        return name

    def _save(self, name: str, content: File[bytes]) -> str:
        place = Path(self.path(name))
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=".incoming-", dir=place.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                for chunk in content.chunks():
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            Path(beside).replace(place)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
        return name
