"""What texts and callers say of books to be brought back; callers speak Chinese.

On a phone that is not the villager's own no title stands: what somebody reads is their own affair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation

from auditorium import clock
from auditorium.dates import full_date, month_day, weekday
from auditorium.enums import MessageAudience, TextLanguage
from auditorium.models import Loan

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date


OVERDUE = "overdue"
"""What a caller says of a book that should be back; nothing is owed in writing for it."""


def still_due(about_ids: Collection[int]) -> set[int]:
    """Those loans whose book is out and whose day has not passed."""
    live = Loan.objects.out().filter(pk__in=about_ids, due_on__gte=clock.today())
    return set(live.values_list("pk", flat=True))


def values_of(
    about_ids: Collection[int], audience: str, language: str = TextLanguage.CHINESE
) -> dict[int, dict[str, str]]:
    """The values of a text about each, in two queries; it names all that is due at that hall on that day."""
    rows = list(Loan.objects.filter(pk__in=about_ids).with_book().select_related("hall"))
    together = _together(rows)
    with translation.override(language):
        return {
            row.pk: {
                "what": _what(together[_key(row)], row, audience, language),
                "when": _day(row.due_on, in_english=language == TextLanguage.ENGLISH),
                "where": row.hall.name,
            }
            for row in rows
        }


def spoken(about_id: int, purpose: str) -> str:
    """What a person says who calls or knocks."""
    loan = Loan.objects.select_related("hall", "villager").get(pk=about_id)
    said = values_of([about_id], MessageAudience.OWN)[about_id]
    hello = f"{loan.villager.name}您好，我是{loan.hall.name}的。"
    if purpose == OVERDUE:
        return (
            f"{hello}您借的{said['what']}，{said['when']}就到期了。看完了请还到礼堂来，没看完也请来说一声，可以续借。"
        )
    return f"{hello}您借的{said['what']}最晚{said['when']}还到礼堂，没看完可以续借。"


def short(about_id: int, language: str = TextLanguage.CHINESE) -> str:
    """Whose it is and by when: 张小明30日还书, 张小明 30 Nov books."""
    loan = Loan.objects.select_related("villager").only("villager__name", "due_on").get(pk=about_id)
    name = loan.villager.name[:4]
    if language == TextLanguage.ENGLISH:
        return f"{name} {loan.due_on.day} {loan.due_on:%b} books"
    return f"{name}{loan.due_on.day}日还书"


def titles(loans: Sequence[Loan]) -> str:
    """《三体》, or 《三体》等3本书: the first of them and how many; never empty."""
    first = f"《{loans[0].copy.resource.title}》"
    return first if len(loans) == 1 else f"{first}等{len(loans)}本书"


def _what(loans: Sequence[Loan], of: Loan, audience: str, language: str) -> str:
    """What is to be brought back: by title, or only how many; of what is back already, itself."""
    loans = loans or [of]
    count = len(loans)
    if language == TextLanguage.ENGLISH:
        if audience != MessageAudience.OWN:
            return "1 book" if count == 1 else f"{count} books"
        title = loans[0].copy.resource.title
        return title if count == 1 else f"{title} and {count - 1} more"
    return titles(loans) if audience == MessageAudience.OWN else f"{count}本书"


_Key = tuple[int, int, "date"]


def _key(loan: Loan) -> _Key:
    return (loan.villager_id, loan.hall_id, loan.due_on)


def _together(rows: Sequence[Loan]) -> dict[_Key, list[Loan]]:
    """What is still out of each of their borrowers, by hall and day."""
    found: dict[_Key, list[Loan]] = {_key(row): [] for row in rows}
    people, days = {row.villager_id for row in rows}, {row.due_on for row in rows}
    out = Loan.objects.out().filter(villager__in=people, due_on__in=days).with_book().order_by("pk")
    for loan in out:
        if _key(loan) in found:
            found[_key(loan)].append(loan)
    return found


def _day(day: date, *, in_english: bool) -> str:
    if not in_english:
        return full_date(day).replace(" ", "")
    return f"{weekday(day)} {month_day(day)}{'' if day.year == clock.today().year else f' {day.year}'}"
