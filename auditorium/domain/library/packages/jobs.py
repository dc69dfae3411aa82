"""Packages made and taken in by a worker, so that nobody's browser waits for a film to be copied.

A job whose worker died is taken up again: an import goes on where it was, an export begins anew.
"""

from __future__ import annotations

import logging
import tempfile
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import IO, TYPE_CHECKING

from django.core.files import File
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.domain import wake
from auditorium.domain.library import files
from auditorium.domain.library.packages.exporting import export
from auditorium.domain.library.packages.importing import import_package
from auditorium.domain.library.packages.manifest import PackageError
from auditorium.domain.transitions import transition
from auditorium.library_enums import PACKAGE_JOB_TRANSITIONS, PackageJobKind, PackageJobState
from auditorium.models import PackageJob

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditorium.models import Channel, Hall, User

logger = logging.getLogger(__name__)

TASK = "auditorium.run_packages"
KEPT = timedelta(days=7)
"""How long a package can be fetched."""

DEAD_AFTER = timedelta(minutes=2)
"""A worker says how far it is every few seconds; one that has not for this long is dead."""

SAY_EVERY = timedelta(seconds=2)
MOST_NAMED = 200
"""So many titles and refusals are kept in a report; of the others, how many."""

_DROPPED_AT_ONCE = 20


def ask_export(*, channel: Channel, by: User) -> PackageJob:
    """Have the channel's package made."""
    job = PackageJob.objects.create(kind=PackageJobKind.EXPORT, channel=channel, asked_by=by)
    wake.after_commit(TASK)
    return job


def ask_import(*, file: IO[bytes], hall: Hall | None, by: User) -> PackageJob:
    """Have a package taken in; see `import_package` for `hall`. PackageError without one, but for administrators."""
    if hall is None and not by.is_administrator:
        raise PackageError(_("请选新频道归哪个礼堂。"))
    job = PackageJob(kind=PackageJobKind.IMPORT, hall=hall, asked_by=by, has_file=True)
    files.storage().save(job.path, File(file))
    job.save()
    wake.after_commit(TASK)
    return job


def run_waiting() -> int:
    """Do what waits, one after the other; return how many. Of several workers each job has one."""
    count = 0
    while (job := _claim()) is not None:
        with translation.override(job.asked_by.language):
            _run(job)
        count += 1
    return count


def drop_old(at: datetime) -> int:
    """Drop the files of jobs that are over; what came of them stays. Return how many."""
    old = PackageJob.objects.filter(has_file=True, asked_at__lt=at - KEPT).order_by("asked_at")[:_DROPPED_AT_ONCE]
    for job in old:
        files.storage().delete(job.path)
        PackageJob.objects.filter(pk=job.pk).update(has_file=False)
    return len(old)


def _claim() -> PackageJob | None:
    at = clock.now()
    free = Q(state=PackageJobState.WAITING) | Q(state=PackageJobState.RUNNING, alive_at__lte=at - DEAD_AFTER)
    open_ = PackageJob.objects.filter(state__in=[PackageJobState.WAITING, PackageJobState.RUNNING])
    with transaction.atomic():
        for pk in open_.filter(free).order_by("asked_at").values_list("pk", flat=True)[:10]:
            if _move(PackageJob.objects.filter(free, pk=pk), PackageJobState.RUNNING, alive_at=at):
                return PackageJob.objects.select_related("asked_by", "channel", "hall").get(pk=pk)
    return None


def _run(job: PackageJob) -> None:
    """Whatever goes wrong ends as a sentence on the job's page; only what nobody foresaw is logged too."""
    do = {PackageJobKind.EXPORT: _export, PackageJobKind.IMPORT: _import}[PackageJobKind(job.kind)]
    this = PackageJob.objects.filter(pk=job.pk)
    try:
        report = do(job, _teller(job))
    except PackageError as error:
        state, report = PackageJobState.REFUSED, {"why": error.sentence}
    except FileNotFoundError:
        state, report = PackageJobState.REFUSED, {"why": _("有文件找不到了，请联系系统管理员。")}
    except Exception:
        logger.exception("package job %s", job.pk)
        state, report = (
            PackageJobState.REFUSED,
            {"why": _("系统出错，没有办完。请再试一次；还不行，请联系系统管理员。")},
        )
    else:
        state = PackageJobState.DONE
    _move(this, state, report=report, ended_at=clock.now())


def _export(job: PackageJob, tell: Callable[[int, int], None]) -> dict[str, object]:
    if job.channel is None:
        raise PackageError(_("这个频道已经没有了。"))
    with tempfile.TemporaryFile() as made:
        done = export(job.channel, made, by=job.asked_by, progress=tell)
        made.seek(0)
        files.storage().delete(job.path)
        files.storage().save(job.path, File(made))
    PackageJob.objects.filter(pk=job.pk).update(has_file=True)
    return asdict(done)


def _import(job: PackageJob, tell: Callable[[int, int], None]) -> dict[str, object]:
    with files.storage().open(job.path, "rb") as file:
        done = import_package(file, by=job.asked_by, hall=job.hall, progress=tell)
    PackageJob.objects.filter(pk=job.pk).update(channel=done.channel)
    return {
        "added": done.added[:MOST_NAMED],
        "added_count": len(done.added),
        "changed": done.changed[:MOST_NAMED],
        "changed_count": len(done.changed),
        "unchanged": done.unchanged,
        "withdrawn": done.withdrawn,
        "files": done.files,
        "refused": [asdict(one) for one in done.refused[:MOST_NAMED]],
        "refused_count": len(done.refused),
    }


def _teller(job: PackageJob) -> Callable[[int, int], None]:
    """Says how far the job is, and that its worker lives; not oftener than anybody looks."""
    told = clock.now()

    def tell(done: int, total: int) -> None:
        nonlocal told
        at = clock.now()
        if at - told >= SAY_EVERY or done == total:
            told = at
            PackageJob.objects.filter(pk=job.pk).update(done=done, total=total, alive_at=at)

    return tell


def _move(jobs: object, to: PackageJobState, **changes: object) -> int:
    return transition(jobs, to=to, table=PACKAGE_JOB_TRANSITIONS, by=None, audited=False, **changes)  # type: ignore[arg-type]
