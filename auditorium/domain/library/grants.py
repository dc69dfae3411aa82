"""带回家: a phone reads, hears or watches one resource without a login, for a while, until the desk takes it back.

The token in the QR code is all a phone needs and all it has. It is shown once and kept as a keyed hash; whoever opens
the resource by it is told of no person, not even of the one it was given to.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.crypto import all_hashes, keyed_hash
from auditorium.domain import audit, hall_network
from auditorium.domain.library import lessons
from auditorium.domain.library import use as uses
from auditorium.errors import DeskError
from auditorium.library_enums import FileRole, Licence, ResourceKind, UsePlace
from auditorium.models import Phrase, Resource, ResourceFile, ResourceGrant, ResourceUse

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from auditorium.models import Hall, User, Villager
    from auditorium.models.library.grants import ResourceGrantQuerySet

TAKEN = (
    *(ResourceKind.BOOK, ResourceKind.ARTICLE, ResourceKind.AUDIO),
    *(ResourceKind.VIDEO, ResourceKind.OPERA, ResourceKind.LESSON),
)
"""What a phone can open; a course is taken step by step, a licensed site needs no code of ours."""

HOURS = (2, 24, 72, 168)
USUAL_HOURS = 24
MOST_LIVE = 500
"""Live grants of a hall; more is nobody's wish."""
MOST_OPENINGS = 200
"""Openings of one grant: a family opens a book some dozen times, a machine has no end."""
KEPT = timedelta(days=30)

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_GROUPS, _GROUP = 4, 5
"""20 of 31 characters are 99 bits, and can still be typed from paper where a camera does not read the code."""


class UnknownGrantError(DeskError):
    """No grant has this token."""


class GrantOverError(DeskError):
    """The grant was a good one, and opens nothing any more."""


@transaction.atomic
def give(
    *, resource: Resource, hall: Hall, by: User, hours: int = USUAL_HOURS, villager: Villager | None = None
) -> tuple[ResourceGrant, str]:
    """A grant for so many hours and its token, which cannot be found again. DeskError where none can be given."""
    if not hall_network.origin():
        raise DeskError(closed_because())
    if resource.kind not in TAKEN:
        raise DeskError(_("这一种不能带回家。"))
    if not Resource.objects.for_hall(hall).filter(pk=resource.pk).exists():
        raise DeskError(_("礼堂现在没有这份内容。"))
    if ResourceGrant.objects.live().filter(hall=hall).count() >= MOST_LIVE:
        raise DeskError(_("没有收回的二维码太多了，请先收回一些。"))
    token = "-".join("".join(secrets.choice(_ALPHABET) for _each in range(_GROUP)) for _group in range(_GROUPS))
    hashed, version = keyed_hash(_plain(token))
    now = clock.now()
    grant = ResourceGrant.objects.create(
        resource=resource,
        hall=hall,
        villager=villager,
        token_hash=hashed,
        hash_version=version,
        made_at=now,
        made_by=by,
        ends_at=now + timedelta(hours=hours),
    )
    audit.record(action="grant_given", what=grant, by=by, hall=hall, villager_id=villager.pk if villager else None)
    return grant, token


@transaction.atomic
def revoke(*, grant: ResourceGrant, by: User) -> bool:
    """It opens nothing from now on; False where it did not any more."""
    if not ResourceGrant.objects.live().filter(pk=grant.pk).update(revoked_at=clock.now()):
        return False
    audit.record(action="grant_revoked", what=grant, by=by, hall=grant.hall, villager_id=grant.villager_id)
    return True


def closed_because() -> str:
    """Why no grant can be given, in a sentence."""
    if not hall_network.is_open():
        return _("还没有打开给手机用的网络，二维码扫不开。请管理员按操作手册打开“HALL_NETWORK”。")
    return _("这台电脑现在没有连上礼堂的网络，二维码扫不开。请先连上网络。")


def live_at(hall: Hall) -> ResourceGrantQuerySet:
    """A hall's grants that still open something, the latest first."""
    shown = Resource.objects.for_hall(hall)
    return (
        ResourceGrant.objects.live()
        .filter(hall=hall, resource__in=shown)
        .select_related("resource", "villager")
        .defer("villager__id_number", "villager__other_document_number")
    )


def of_token(token: str) -> ResourceGrant:
    """The grant a phone holds. UnknownGrantError, or GrantOverError where it has ended, was taken back, or stands for
    something the hall does not show any more.
    """
    known = ResourceGrant.objects.filter(token_hash__in=all_hashes(_plain(token)))
    grant = known.select_related("resource", "hall__region").first()
    if grant is None:
        raise UnknownGrantError(_("这个地址打不开。请再扫一次二维码，或者到礼堂要一个新的。"))
    if grant.revoked_at:
        raise GrantOverError(_("礼堂已经收回了这个二维码。还想看，请到礼堂再要一个。"))
    if grant.ends_at <= clock.now():
        raise GrantOverError(_("这个二维码过期了。还想看，请到礼堂再要一个。"))
    if not grant.hall.is_active or not Resource.objects.for_hall(grant.hall).filter(pk=grant.resource_id).exists():
        raise GrantOverError(_("这份内容已经下架，不能再看了。礼堂里还有别的，欢迎来看。"))
    return grant


@transaction.atomic
def open_resource(*, grant: ResourceGrant) -> ResourceUse:
    """Count that it is opened, for the villager it was given to or for nobody named. GrantOverError after very many."""
    open_still = ResourceGrant.objects.filter(pk=grant.pk, times__lt=MOST_OPENINGS)
    if not open_still.update(times=F("times") + 1):
        raise GrantOverError(_("这个二维码打开的次数太多了。还想看，请到礼堂再要一个。"))
    return uses.open_resource(
        resource=grant.resource, hall=grant.hall, by=None, villager=grant.villager, place=UsePlace.TAKEN_HOME
    )


def uses_of(grant: ResourceGrant) -> QuerySet[ResourceUse]:
    """Uses such as were opened by it: of this resource at this hall, for the same person, since it was given."""
    return ResourceUse.objects.filter(
        resource=grant.resource_id,
        hall=grant.hall_id,
        villager=grant.villager_id,
        place=UsePlace.TAKEN_HOME,
        started_at__gte=grant.made_at,
    ).select_related("resource", "hall")


def files_of(grant: ResourceGrant) -> QuerySet[ResourceFile]:
    """This resource's files and no others."""
    return ResourceFile.objects.filter(resource=grant.resource_id).select_related("file", "resource")


def phrases_of(grant: ResourceGrant) -> QuerySet[Phrase]:
    """What may be heard of this lesson."""
    return lessons.to_learn(grant.resource).filter(audio__isnull=False)


def may_be_kept(resource: Resource) -> bool:
    """Whether a phone may save its files: not those a rights holder merely lets halls show, and nobody's voice."""
    return resource.licence != Licence.PERMITTED and resource.kind != ResourceKind.LESSON


def kept_files(grant: ResourceGrant) -> list[ResourceFile]:
    """What a phone may save."""
    if not may_be_kept(grant.resource):
        return []
    return list(files_of(grant).filter(role__in=(FileRole.CONTENT, FileRole.TRANSCRIPT)))


def drop_over(at: datetime) -> int:
    """Drop grants that ended a month ago; that they were opened stays counted."""
    old = ResourceGrant.objects.filter(ends_at__lt=at - KEPT).order_by("ends_at")
    pks = list(old.values_list("pk", flat=True)[:1_000])
    return ResourceGrant.objects.filter(pk__in=pks).delete()[0]


def _plain(token: str) -> str:
    """As it is hashed, however it was typed."""
    return token.lower().replace("-", "")
