"""The copies of printed books at a hall: numbered, found by what is typed or scanned, taken out of use and back."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from auditorium.dates import month_day
from auditorium.domain import audit
from auditorium.domain.transitions import transition
from auditorium.errors import DeskError
from auditorium.library_enums import COPY_TRANSITIONS, CopyState, ResourceKind
from auditorium.models import BookCopy, Loan, Villager

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditorium.models import Hall, Resource, User
    from auditorium.models.library.lending import BookCopyQuerySet

LONGEST = 24
MOST_AT_ONCE = 50


@dataclass(frozen=True)
class Elsewhere:
    """Another hall that has the book, and how many copies stand on its shelf."""

    name: str
    copies: int
    on_shelf: int


def cleaned(typed: str) -> str:
    """A number as it is kept: however wide, spaced or cased it was typed, a scanner's reading finds it."""
    return "".join(unicodedata.normalize("NFKC", typed).split()).upper()


@transaction.atomic
def add(*, resource: Resource, hall: Hall, numbers: Iterable[str], by: User) -> list[BookCopy]:
    """Put copies with these numbers on the hall's shelf, all or none; DeskError names the number that cannot be."""
    wanted = list(dict.fromkeys(filter(None, map(cleaned, numbers))))
    if resource.kind != ResourceKind.PRINTED_BOOK:
        raise DeskError(_("只有纸质书才登记册号。"))
    if not wanted:
        raise DeskError(_("请填册号。"))
    if len(wanted) > MOST_AT_ONCE:
        raise DeskError(_("一次最多登记%(most)d册，请分几次登记。") % {"most": MOST_AT_ONCE})
    if long := next((number for number in wanted if len(number) > LONGEST), None):
        raise DeskError(
            _("册号最多%(most)d个字，“%(number)s”太长了。") % {"most": LONGEST, "number": long[: LONGEST + 1]}
        )
    there = BookCopy.objects.filter(hall=hall, number__in=wanted).select_related("resource").first()
    if there:
        said = {"number": there.number, "title": there.resource.title}
        raise DeskError(_("册号“%(number)s”已经是《%(title)s》的了，请换一个。") % said)
    made = BookCopy.objects.bulk_create(BookCopy(resource=resource, hall=hall, number=number) for number in wanted)
    audit.record_many(action="added", kind="bookcopy", rows=[(one.pk, hall.pk, None) for one in made], by=by)
    return made


def find(*, number: str, hall: Hall, user: User) -> BookCopy:
    """The hall's copy of that number; DeskError says where it belongs, if that is in the user's scope."""
    wanted = cleaned(number)
    if not wanted:
        raise DeskError(_("请输入或扫描册号。"))
    found = BookCopy.objects.filter(hall=hall, number=wanted).select_related("resource", "hall").first()
    if found:
        return found
    others = BookCopy.objects.for_user(user).filter(number=wanted).select_related("resource", "hall")
    if other := others.order_by("hall__name", "pk").first():
        said = {"number": wanted, "hall": other.hall, "title": other.resource.title}
        raise DeskError(_("册号“%(number)s”是%(hall)s的《%(title)s》，请到那里借还。") % said)
    raise DeskError(_("没有册号“%(number)s”。请看看贴在书上的号码，再输一遍。") % {"number": wanted[: LONGEST + 1]})


def why_not_there(copy: BookCopy, *, user: User, villager: Villager | None = None) -> str:
    """Why a copy cannot be lent as it stands now; who has it is said only to whom they are in scope."""
    named = {"title": copy.resource.title, "number": copy.number}
    state = BookCopy.objects.values_list("state", flat=True).get(pk=copy.pk)
    if state == CopyState.LOST:
        return _("《%(title)s》（%(number)s）记着丢了。找到了请先按“还书”收进来。") % named
    if state == CopyState.WITHDRAWN:
        return _("《%(title)s》（%(number)s）不再外借。") % named
    loan = Loan.objects.for_user(user).out().filter(copy=copy).first()
    if loan and villager and loan.villager_id == villager.pk:
        return _("《%(title)s》（%(number)s）本来就是%(name)s借着的，要续借请按“续借”。") % {
            **named,
            "name": villager.name,
        }
    borrower = Villager.objects.for_user(user).only("name").filter(pk=loan.villager_id).first() if loan else None
    if loan and borrower:
        said = {**named, "name": borrower.name, "day": month_day(loan.due_on)}
        return _("《%(title)s》（%(number)s）已经借出去了，%(name)s借着，%(day)s到期。") % said
    return _("《%(title)s》（%(number)s）已经借出去了。") % named


def elsewhere(resource: Resource, *, hall: Hall, user: User) -> list[Elsewhere]:
    """The other halls in scope that have the book: one query."""
    copies = BookCopy.objects.for_user(user).kept().filter(resource=resource).exclude(hall=hall)
    rows = copies.values("hall__name").annotate(copies=Count("pk"), on_shelf=Count("pk", Q(state=CopyState.ON_SHELF)))
    return [Elsewhere(row["hall__name"], row["copies"], row["on_shelf"]) for row in rows.order_by("hall__name")]


def withdraw(*, copies: BookCopyQuerySet, by: User | None) -> int:
    """Lend these no more; what is out with somebody stays as it is. Return how many."""
    return transition(copies, to=CopyState.WITHDRAWN, table=COPY_TRANSITIONS, by=by)


def miss(*, copies: BookCopyQuerySet, by: User | None) -> int:
    """These should stand on the shelf and do not; what is out is reported lost by its loan. Return how many."""
    on_shelf = copies.filter(state=CopyState.ON_SHELF)
    return transition(on_shelf, to=CopyState.LOST, table=COPY_TRANSITIONS, by=by)


def put_back(*, copies: BookCopyQuerySet, by: User | None) -> int:
    """These were found, or are lent again after all; what is out comes back by its loan. Return how many."""
    away = copies.filter(state__in=(CopyState.LOST, CopyState.WITHDRAWN))
    return transition(away, to=CopyState.ON_SHELF, table=COPY_TRANSITIONS, by=by)
