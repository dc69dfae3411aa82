"""Resources as they are described: written down in one place, with the audit and the words they are found by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from auditorium.domain import audit
from auditorium.domain.library import publishing, words
from auditorium.library_enums import ResourceState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditorium.models import Resource, User


@transaction.atomic
def describe(*, resource: Resource, by: User | None, fields: Iterable[str] = ()) -> Resource:
    """Write down what the resource says of itself, new or changed in these fields, so that it is found by it."""
    is_new = resource.pk is None
    resource.save()
    audit.record(action="added" if is_new else "changed", what=resource, by=by, fields=fields)
    words.rebuild([resource])
    return resource


def check(resource: Resource) -> None:
    """ValidationError where a resource on the shelf would lose what nothing is shown without, or lies astray."""
    if resource.topic and resource.topic.channel_id != resource.channel_id:
        raise ValidationError({"topic": _("主题要在同一个频道里。")})
    if resource.state == ResourceState.PUBLISHED and (missing := publishing.lacking(resource)):
        raise ValidationError(_("已经上架，不能没有%(what)s。要改请先下架。") % {"what": _("、").join(missing)})
