"""People at the desk: who waits, who is served, what each came for, and who is done.

A member of staff serves one visit at a time: serving the next puts the one before aside, because only one
person can sit at the desk and nobody whose business was begun may be forgotten. What is done for a villager
while their visit is served belongs to that visit; a visit without a name gets the name of the first villager
something is done for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, Value, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.domain import audit
from auditorium.domain.transitions import transition
from auditorium.enums import VISIT_OPEN, VISIT_TRANSITIONS, VisitChannel, VisitState
from auditorium.errors import DeskError, EndedError, TakenError
from auditorium.models import Hall, Matter, User, Villager, Visit
from auditorium.models.visits import VisitQuerySet
from auditorium.plain_select import PlainSelect

LEFT_OVER_SHOWN = 20

SERVED = PlainSelect(
    Visit,
    """
    SELECT {columns}
    FROM auditorium_visit this
    JOIN auditorium_hall hall ON hall.id = this.hall_id
    LEFT JOIN auditorium_villager villager ON villager.id = this.villager_id
    WHERE this.served_by_id = %s AND this.state = 'serving' AND this.serving_since >= %s
    """,
    related=["hall", "villager"],
    without=["draft", "villager__id_number", "villager__other_document_number"],
)


@dataclass(frozen=True)
class Row:
    """One visit as the desk lists it: how many minutes it has waited or been served, and whether by the reader."""

    visit: Visit
    minutes: int
    mine: bool


@dataclass(frozen=True)
class Today:
    """The hall's day at the desk, each list in the order in which it wants attention."""

    waiting: list[Row]
    serving: list[Row]
    put_aside: list[Row]
    ended: list[Row]
    left_over: list[Row]

    @property
    def left_over_since_yesterday(self) -> bool:
        """Whether nothing left over is older than yesterday."""
        yesterday = _day_start() - timedelta(days=1)
        return all(row.visit.arrived_at >= yesterday for row in self.left_over)


@transaction.atomic
def arrive(
    *,
    hall: Hall,
    by: User | None,
    villager: Villager | None = None,
    label: str = "",
    channel: str = VisitChannel.WALK_IN,
    matters: Iterable[str | tuple[str, str]] = (),
) -> Visit:
    """Somebody is here (or on the phone, or visited at home) and waits. Give the villager or a label.

    Each matter is a kind, or a kind and a note. A villager whose visit of today is still open keeps it: new
    matters are added to that one.
    """
    if villager:
        Villager.objects.select_for_update(no_key=True).only("pk").get(pk=villager.pk)  # two desks, one visit
    visit = of_today(hall).open().filter(villager=villager).first() if villager else None
    if visit is None:
        visit = Visit.objects.create(
            hall=hall, villager=villager, label=label.strip(), channel=channel, arrived_at=clock.now()
        )
        audit.record(action="arrived", what=visit, by=by, hall=hall, villager_id=visit.villager_id)
    for matter in matters:
        kind, note = (matter, "") if isinstance(matter, str) else matter
        add_matter(visit=visit, kind=kind, note=note)
    return visit


@transaction.atomic
def serve(*, visit: Visit, by: User) -> Visit:
    """Begin with this visit or go on with it; one that was ended by mistake goes on too.

    Whoever `by` was serving is put aside. TakenError when a colleague got there first.
    """
    User.objects.select_for_update().get(pk=by.pk)  # two windows of one user must not serve two visits
    before = Visit.objects.filter(served_by=by, state=VisitState.SERVING).exclude(pk=visit.pk)
    transition(before, to=VisitState.PUT_ASIDE, table=VISIT_TRANSITIONS, by=by)
    moved = _move(visit, VisitState.SERVING, by, serving_since=clock.now(), served_by=by, ended_at=None)
    if not moved and visit.served_by != by:
        raise TakenError(_("%(name)s已经在接待这位了。") % {"name": visit.served_by})
    return visit


def put_aside(*, visit: Visit, by: User, draft: dict[str, Any] | None = None) -> Visit:
    """Let somebody else go first. `draft` is a half-filled form (see `drafts`); None leaves what was kept before."""
    kept = {"draft": draft} if draft else {}
    if not _move(visit, VisitState.PUT_ASIDE, by, **kept):
        _require_open(visit)
        visit.draft = draft or visit.draft
        visit.save(update_fields=["draft"])
    return visit


@transaction.atomic
def put_form_aside(
    *, hall: Hall, by: User, draft: dict[str, Any], villager: Villager | None = None, label: str = ""
) -> Visit:
    """Keep the form `by` was filling in, for the villager it is about or for whomever they are serving.

    A form about nobody known, with a name typed (`label`), is about somebody new: it never goes to a visit that
    has a name. Without a visit to keep it in the person is written down first.
    """
    visit = current(user=by, villager=villager) if villager else served_now(by)
    if visit and visit.villager_id and not villager and label:
        visit = None
    if visit is None:
        visit = arrive(hall=hall, by=by, villager=villager, label=label or _("一位村民"))
    elif villager:
        visit = identify(visit=visit, villager=villager, by=by)
    return put_aside(visit=visit, by=by, draft=draft)


def resume(*, visit: Visit, by: User) -> dict[str, Any] | None:
    """Go on with a visit that was put aside; return its half-filled form, which stays kept until the visit ends."""
    draft: dict[str, Any] | None = serve(visit=visit, by=by).draft
    return draft


@transaction.atomic
def finish(*, visit: Visit, by: User) -> Visit:
    """Everything the person came for is done: open matters are ticked, the half-filled form is dropped."""
    if not _move(visit, VisitState.DONE, by, **_ending(by)):
        _require_open(visit, unless=VisitState.DONE)
    visit.matters.filter(done_at__isnull=True).update(done_at=clock.now())
    return visit


def leave(*, visit: Visit, by: User) -> Visit:
    """The person went away; matters that aren't ticked stay undone."""
    if not _move(visit, VisitState.LEFT, by, **_ending(by)):
        _require_open(visit, unless=VisitState.LEFT)
    return visit


def close_left_over(*, hall: Hall, by: User) -> int:
    """End what was still open from the days before, as people who went away; return how many."""
    return transition(left_over(hall), to=VisitState.LEFT, table=VISIT_TRANSITIONS, by=by, **_ending(by))


@transaction.atomic
def identify(*, visit: Visit, villager: Villager, by: User) -> Visit:
    """Say who this is, or correct it. DeskError once something was done in the name of somebody else."""
    visit = Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    if visit.villager_id == villager.pk:
        return visit
    if visit.villager_id and visit.matters.filter(about_id__isnull=False).exists():
        raise DeskError(_("这次到访已经替%(name)s办了事，不能再改成别人。请另记一次到访。") % {"name": visit})
    visit.villager = villager
    visit.draft = None  # it was filled in for nobody, or for somebody else
    visit.save(update_fields=["villager", "draft"])
    audit.record(action="identified", what=visit, by=by, hall=visit.hall, villager_id=villager.pk, fields=["villager"])
    return visit


def add_matter(*, visit: Visit, kind: str, note: str = "") -> Matter:
    """One more thing the person came for; the same open thing twice is one."""
    _require_open(visit)
    asked = {"kind": kind, "note": note.strip(), "done_at": None}
    return visit.matters.filter(**asked).first() or visit.matters.create(**asked)


def tick(*, matter: Matter, done: bool = True) -> Matter:
    """This thing is done, or after all not."""
    matter.done_at = clock.now() if done else None
    matter.save(update_fields=["done_at"])
    return matter


def current(*, user: User, villager: Villager) -> Visit | None:
    """The visit the user is serving now, if it is this villager's or nobody's yet."""
    visit = served_now(user)
    return visit if visit and visit.villager_id in {None, villager.pk} else None


def served_now(user: User) -> Visit | None:
    """The visit the user is serving; one still open from the day before doesn't count until it is resumed."""
    return SERVED.first(user.pk, _day_start())


@transaction.atomic
def note(
    *, villager: Villager, hall: Hall, by: User, matter: str, about_kind: str = "", about_id: int | None = None
) -> Visit:
    """Something (`about`) was done for the villager: tick it in the visit being served, which gets their name.

    Without such a visit a finished one is written down, so that the day's figures are complete.
    """
    now = clock.now()
    visit = current(user=by, villager=villager)
    asked = None
    if visit is None:
        visit = Visit.objects.create(
            hall=hall,
            villager=villager,
            state=VisitState.DONE,
            arrived_at=now,
            serving_since=now,
            ended_at=now,
            served_by=by,
        )
    else:
        visit = identify(visit=visit, villager=villager, by=by)
        Visit.objects.filter(pk=visit.pk).update(draft=None)  # the form was sent
        asked = visit.matters.filter(kind=matter, done_at__isnull=True).first()
    done = {"done_at": now, "about_kind": about_kind, "about_id": about_id}
    if asked is None:
        visit.matters.create(kind=matter, **done)
    else:
        Matter.objects.filter(pk=asked.pk).update(**done)
    return visit


def today(*, hall: Hall, user: User) -> Today:
    """The hall's day for the desk, in three queries at most; `has_draft` tells of a half-filled form, left unread."""
    listed = [
        list(
            visits.for_user(user)
            .with_villager()
            .select_related("served_by")
            .annotate(has_draft=Q(draft__isnull=False))
            .defer("draft")
            .order_by("arrived_at", "pk")[:most]
        )
        for visits, most in ((of_today(hall), None), (left_over(hall), LEFT_OVER_SHOWN))
    ]
    prefetch_related_objects(listed[0] + listed[1], "matters")
    rows: dict[str, list[Row]] = {state: [] for state in VisitState.values}
    for visit in listed[0]:
        rows[visit.state].append(row(visit, user))
    return Today(
        waiting=rows[VisitState.WAITING],
        serving=sorted(rows[VisitState.SERVING], key=lambda row: not row.mine),
        put_aside=rows[VisitState.PUT_ASIDE],
        ended=sorted(
            rows[VisitState.DONE] + rows[VisitState.LEFT],
            key=lambda row: row.visit.ended_at or row.visit.arrived_at,
            reverse=True,
        ),
        left_over=[row(visit, user) for visit in listed[1]],
    )


def of_today(hall: Hall) -> VisitQuerySet:
    """Visits that began today, and older ones resumed today."""
    start = _day_start()
    visits = Visit.objects.filter(hall=hall).order_by()
    resumed = visits.filter(serving_since__gte=start).values("pk")
    # A union of ids: either half is a range of its own index, which an OR is not on SQLite.
    return Visit.objects.filter(pk__in=visits.filter(arrived_at__gte=start).values("pk").union(resumed))


def left_over(hall: Hall) -> VisitQuerySet:
    """Visits of the days before that are still open and that nobody resumed today."""
    start = _day_start()
    return Visit.objects.open().filter(hall=hall, arrived_at__lt=start).exclude(serving_since__gte=start)


def row(visit: Visit, user: User) -> Row:
    """The visit as the desk lists it for this user."""
    since = visit.serving_since if visit.state == VisitState.SERVING else visit.arrived_at
    minutes = int((clock.now() - (since or visit.arrived_at)).total_seconds() // 60)
    return Row(visit=visit, minutes=max(minutes, 0), mine=visit.served_by_id == user.pk)


def _move(visit: Visit, to: str, by: User, **changes: Any) -> bool:
    """Whether this call moved the visit there; `visit` shows how it stands afterwards."""
    moved = transition(Visit.objects.filter(pk=visit.pk), to=to, table=VISIT_TRANSITIONS, by=by, **changes)
    visit.refresh_from_db()
    return bool(moved)


def _require_open(visit: Visit, unless: str = "") -> None:
    if visit.state not in VISIT_OPEN and visit.state != unless:
        raise EndedError(_("这次到访已经结束了。"))


def _ending(by: User) -> dict[str, Any]:
    return {"ended_at": clock.now(), "draft": None, "served_by": Coalesce(F("served_by"), Value(by.pk))}


def _day_start() -> datetime:
    return clock.day_bounds(clock.today())[0]
