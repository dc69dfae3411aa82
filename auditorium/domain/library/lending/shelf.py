"""What a hall has out, and where the copies of one book are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Prefetch, Q

from auditorium import clock
from auditorium.domain.library.lending import copies
from auditorium.domain.library.lending.copies import Elsewhere
from auditorium.models import BookCopy, Contact, Loan

if TYPE_CHECKING:
    from auditorium.models import Hall, Resource, User, Villager
    from auditorium.models.library.lending import LoanQuerySet


@dataclass(frozen=True)
class Line:
    """A copy, and the loan by which it is out."""

    copy: BookCopy
    loan: Loan | None


@dataclass(frozen=True)
class Shelf:
    """The copies of a book at a hall, and at the others in scope."""

    lines: list[Line]
    elsewhere: list[Elsewhere]

    @property
    def kept(self) -> int:
        """How many the hall lends."""
        return sum(line.copy.is_kept for line in self.lines)

    @property
    def on_shelf(self) -> int:
        """How many of them stand there now."""
        return sum(line.copy.is_in for line in self.lines)


def of_book(resource: Resource, *, hall: Hall, user: User) -> Shelf:
    """Where its copies are, and who has those of the hall: three queries."""
    here = list(BookCopy.objects.filter(resource=resource, hall=hall).order_by("number"))
    out = Loan.objects.for_user(user).out().filter(copy__in=[copy.pk for copy in here]).with_villager()
    loans = {loan.copy_id: loan for loan in out}
    return Shelf(
        lines=[Line(copy, loans.get(copy.pk)) for copy in here],
        elsewhere=copies.elsewhere(resource, hall=hall, user=user),
    )


def out_of(hall: Hall, *, user: User) -> LoanQuerySet:
    """What is with people, the longest overdue first, and how they are reached."""
    loans = Loan.objects.for_user(user).out().filter(hall=hall).order_by("due_on", "pk")
    contacts = Prefetch("villager__contacts", Contact.objects.in_order().select_related("phone"))
    return loans.with_book().with_villager().prefetch_related(contacts)


def counts(hall: Hall, *, user: User) -> dict[str, int]:
    """How many are out, and how many of them are overdue."""
    late = Q(due_on__lt=clock.today())
    return Loan.objects.for_user(user).out().filter(hall=hall).aggregate(out=Count("pk"), late=Count("pk", late))


def with_villager(villager: Villager, *, hall: Hall, user: User) -> list[Loan]:
    """What somebody has of this hall, the first due first."""
    loans = Loan.objects.for_user(user).out().filter(villager=villager, hall=hall)
    return list(loans.with_book().order_by("due_on", "pk"))
