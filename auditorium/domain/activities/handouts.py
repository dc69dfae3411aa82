"""What of the library belongs to an activity: opened from its page, and listed for who teaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from auditorium.domain import audit
from auditorium.domain.activities import places
from auditorium.errors import DeskError
from auditorium.models import Handout, Resource

if TYPE_CHECKING:
    from auditorium.models import Activity, User

MOST = 30


@transaction.atomic
def add(*, activity: Activity, resource: Resource, by: User) -> Handout:
    """One more; asked for again it is the one there is. DeskError for what the hall may not show, or too many."""
    held = places.lock(activity.pk)
    if not Resource.objects.for_hall(held.hall).filter(pk=resource.pk).exists():
        raise DeskError(_("这份资源没有上架，或者不给本礼堂用。"))
    known = {one.resource_id: one for one in held.handouts.all()}
    if resource.pk in known:
        return known[resource.pk]
    if len(known) >= MOST:
        raise DeskError(_("一个活动最多放%(most)d份讲义。") % {"most": MOST})
    last = max((one.order for one in known.values()), default=0)
    made = Handout.objects.create(activity=held, resource=resource, order=last + 1)
    audit.record(action="handout_added", what=held, by=by, hall=held.hall)
    return made


@transaction.atomic
def remove(*, handout: Handout, by: User) -> None:
    """It does not belong to the activity any more; it stays in the library."""
    held = places.lock(handout.activity_id)
    if Handout.objects.filter(pk=handout.pk).delete()[0]:
        audit.record(action="handout_removed", what=held, by=by, hall=held.hall)


def shown(activity: Activity) -> list[Handout]:
    """Those that the hall may show now, in order; what was taken off the shelf meanwhile is not among them."""
    found = activity.handouts.filter(resource__in=Resource.objects.for_hall(activity.hall))
    return list(found.select_related("resource__channel", "resource__topic"))
