"""Lent books as a service of the hall, behind the same port as every other; about loans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium import clock
from auditorium.dates import full_date
from auditorium.domain.library.lending import default_templates, owed, texts
from auditorium.enums import TextLanguage
from auditorium.library_enums import LoanState
from auditorium.models import Loan
from auditorium.ports import Answered, Entry, Link

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from auditorium.models import Hall, User, Villager
    from auditorium.ports import TextVariable


class LoanService:
    """The one implementation of `auditorium.ports.Service` for lent books."""

    kind = owed.ABOUT
    label = gettext_lazy("借书")

    def timeline(self, villager: Villager, user: User) -> list[Entry]:
        """Each loan once: what is out by when it is due, what came back by when it did. One query."""
        rows = Loan.objects.for_user(user).filter(villager=villager).with_book().order_by("lent_at", "pk")
        return [_entry(loan) for loan in rows]

    def today(self, hall: Hall, user: User) -> list[Entry]:
        """Who is to bring something back to the hall today: one query."""
        due = Loan.objects.for_user(user).out().filter(hall=hall, due_on=clock.today())
        return [
            Entry(
                at=owed.last_moment(loan.due_on),
                title=_("还书：《%(title)s》") % {"title": loan.copy.resource.title},
                has_time=False,
                villager=loan.villager.name,
                url=reverse("auditorium:lending_for", args=[loan.villager_id]),
            )
            for loan in due.with_book().with_villager().order_by("pk")
        ]

    def still_due(self, about_ids: Collection[int]) -> set[int]:
        """Those loans whose book is still out and whose day has not passed."""
        return texts.still_due(about_ids)

    def variables_of(
        self, about_ids: Collection[int], audience: str, language: str = TextLanguage.CHINESE
    ) -> dict[int, dict[str, str]]:
        """The values of a text about each, and what else is due with it."""
        return texts.values_of(about_ids, audience, language)

    def text_variables(
        self, audience: str, *, purpose: str = "", language: str = TextLanguage.CHINESE
    ) -> tuple[TextVariable, ...]:
        """What a text about books may say: on others' phones how many, not which."""
        return default_templates.variables(audience, language)

    def default_texts(self, language: str = TextLanguage.CHINESE) -> Mapping[tuple[str, str], str]:
        """The words of texts to begin with."""
        return default_templates.ENGLISH if language == TextLanguage.ENGLISH else default_templates.BODIES

    def words(self, about_id: int, purpose: str) -> str:
        """What a person says who calls or knocks."""
        return texts.spoken(about_id, purpose)

    def short(self, about_id: int, language: str = TextLanguage.CHINESE) -> str:
        """张小明30日还书."""
        return texts.short(about_id, language)

    def on_reply(self, about_id: int, *, yes: bool, own: bool, may_decide: bool) -> Answered:
        """A no cancels nothing, the book is out: somebody asks whether to renew, or whether it is lost."""
        if yes:
            return Answered()
        with translation.override(settings.LANGUAGE_CODE):
            return Answered(task=_("回短信说还不了书，请问清楚是续借，还是书不见了"))

    def cancel(self, about_id: int, *, why: str) -> str:
        """A book that is out cannot be called off; nothing here asks for it."""
        return _("书还没有还，请打电话问一问。") if self.still_due([about_id]) else ""

    def choices(self, villager: Villager) -> list[Link]:
        """Lending, and what they have."""
        return [Link(_("借书还书"), reverse("auditorium:lending_for", args=[villager.pk]))]

    def url(self, about_id: int) -> str:
        """What the borrower has."""
        borrower = Loan.objects.values_list("villager", flat=True).get(pk=about_id)
        return reverse("auditorium:lending_for", args=[borrower])

    def staff_ids(self) -> Iterable[int]:
        """None: those of the hall do it."""
        return ()


def _entry(loan: Loan) -> Entry:
    """Out: to come until its day is over, then at today until it is back. Back or lost: where that happened."""
    lent = full_date(clock.local(loan.lent_at).date())
    detail = _("%(number)s · %(day)s借的") % {"number": loan.copy.number, "day": lent}
    title = _("借书：《%(title)s》") % {"title": loan.copy.resource.title}
    url = reverse("auditorium:lending_for", args=[loan.villager_id])
    if loan.ended_at:
        is_lost = loan.state == LoanState.LOST
        return Entry(
            at=loan.ended_at,
            title=title,
            detail=detail,
            state=str(loan.get_state_display()),
            tone="warn" if is_lost else "plain",
            url=url,
        )
    over = loan.days_over
    return Entry(
        at=clock.now() if over else owed.last_moment(loan.due_on),
        has_time=False,
        title=title,
        detail=detail,
        state=_("过期%(days)d天") % {"days": over} if over else _("要还"),
        tone="stop" if over else "plain",
        url=url,
    )
