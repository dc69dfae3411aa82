"""Which SMS line carries a hall's texts, keeping one back for a while, and letting the next take over."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import translation
from django.utils.translation import gettext as _

from auditorium import clock, gateways, sms_length
from auditorium.domain import audit, wake
from auditorium.enums import MESSAGE_UNSENT, MessageState
from auditorium.gateways import KEEPS_THE_WORDS
from auditorium.models import LineTemplate, Message, SmsLine
from auditorium.models.regions import codes_around

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet

    from auditorium.models import Hall, User

ALERT = "auditorium.tell_operators"
"""The task that tells the operators; see `auditorium.tasks`."""

DOWN_AFTER = timedelta(minutes=5)
TRY_AGAIN_AFTER = timedelta(minutes=30)
"""A line that did not answer for five minutes is left alone until half an hour has passed."""

MAY_RETURN = timedelta(hours=2)
"""How long a hall without a usable line waits for one before a person is asked."""

BAD_SETTINGS = "bad-settings"
"""What stands for a provider's code where a line cannot even be opened."""

BATCH = 200


@dataclass(frozen=True)
class Routes:
    """The lines that may carry the texts of some halls now, the first to be tried first, and what keeps them back."""

    usable: list[SmsLine]
    codes: set[tuple[int, int]]
    around: dict[int, set[str]]

    @classmethod
    def of(cls, halls: Iterable[Hall]) -> Routes:
        """Read at once for all of these halls, in three queries at most."""
        around = {hall.pk: set(codes_around(hall.region_id)) for hall in halls}
        regions = set().union(*around.values())
        usable = list(SmsLine.objects.usable().filter(Q(region=None) | Q(region__in=regions)))
        at = clock.now()
        over = full(usable, at)
        # what is down, or has no room left today, comes after every other
        usable.sort(key=lambda line: (is_down(line, at), line.pk in over))
        keepers = [line.pk for line in usable if line.gateway in KEEPS_THE_WORDS]
        registered = LineTemplate.objects.filter(line__in=keepers).values_list("line_id", "template_id")
        return cls(usable, set(registered) if keepers else set(), around)

    def lines(self, hall: Hall) -> list[SmsLine]:
        """Those whose region covers the hall."""
        codes = self.around[hall.pk]
        return [line for line in self.usable if line.region_id is None or line.region_id in codes]

    def carrier(self, hall: Hall, template_id: int | None) -> SmsLine | None:
        """The first that can carry these words for the hall; None when there is none now."""
        return next((line for line in self.lines(hall) if self.can_carry(line, template_id)), None)

    def can_carry(self, line: SmsLine, template_id: int | None) -> bool:
        """Whether the line sends any words, or has a code for these."""
        return line.gateway not in KEEPS_THE_WORDS or (line.pk, template_id) in self.codes


def line_for(hall: Hall) -> SmsLine | None:
    """The first usable line whose region covers the hall; None when there is none now."""
    return next(iter(Routes.of([hall]).lines(hall)), None)


def stopped(hall: Hall) -> list[SmsLine]:
    """The lines in use that cover the hall and are paused, the first to be tried first."""
    covering = Q(region=None) | Q(region__in=codes_around(hall.region_id))
    return list(SmsLine.objects.filter(covering, is_active=True, paused_at__isnull=False).order_by("order", "pk"))


def that_keep_the_words() -> QuerySet[SmsLine]:
    """The lines in use whose provider sends its own registered copy of a text."""
    return SmsLine.objects.filter(is_active=True, gateway__in=KEEPS_THE_WORDS).order_by("order", "pk")


def is_down(line: SmsLine, at: datetime) -> bool:
    """Whether the line has not answered for a while, and it is not yet time to try it again."""
    return line.failing_since is not None and DOWN_AFTER <= at - line.failing_since < TRY_AGAIN_AFTER


def room(line: SmsLine, at: datetime) -> int | None:
    """How many more parts the line may carry today; what a worker holds counts. None: as many as there are."""
    return None if line.daily_cap is None else line.daily_cap - _spent([line.pk], at)[line.pk]


def full(lines: Iterable[SmsLine], at: datetime) -> set[int]:
    """Those of these lines, by id, that have carried all they may today; no query where none has a cap."""
    capped = {line.pk: line.daily_cap for line in lines if line.daily_cap is not None}
    spent = _spent(capped, at)
    return {pk for pk, cap in capped.items() if spent[pk] >= cap}


def full_now(at: datetime) -> set[int]:
    """The usable lines that have carried all they may today."""
    return full(SmsLine.objects.usable().filter(daily_cap__isnull=False).only("daily_cap"), at)


def _spent(lines: Collection[int], at: datetime) -> Counter[int]:
    """Parts that went out on each of these lines since midnight, or are about to."""
    if not lines:
        return Counter()
    today, _tomorrow = clock.day_bounds(clock.local(at).date())
    mine = Message.objects.filter(line__in=lines).order_by().values("line").annotate(spent=Sum("parts"))
    begun = mine.filter(sent_at__gte=today).exclude(state__in=MESSAGE_UNSENT)
    spent = Counter({row["line"]: row["spent"] for row in begun})
    held = Message.objects.held().filter(state=MessageState.CLAIMED).order_by()
    for line, parts in held.values_list("line", "parts"):
        spent[line] += parts
    return spent


def note_failure(line: SmsLine, *, at: datetime) -> None:
    """The line did not answer: remember since when, anew when it was tried again after a long while."""
    lines = SmsLine.objects.filter(pk=line.pk)
    lines.filter(Q(failing_since=None) | Q(failing_since__lte=at - TRY_AGAIN_AFTER)).update(failing_since=at)


def note_success(line: SmsLine) -> None:
    """The line answers."""
    if line.failing_since is not None:
        SmsLine.objects.filter(pk=line.pk).update(failing_since=None)


def stop(*, line: SmsLine, code: str) -> None:
    """Pause a line that an operator must see to, and tell the operators; once, however many texts find out."""
    this = SmsLine.objects.filter(pk=line.pk)
    with translation.override(settings.LANGUAGE_CODE), transaction.atomic():
        if pause(lines=this, by=None, why=_why(line, code)):
            this.update(alert_at=clock.now())
            wake.after_commit(ALERT)


def _why(line: SmsLine, code: str) -> str:
    """What the provider said, in its own words too where they are known, and what there is to see to."""
    if code == BAD_SETTINGS:
        return _("接口设置不对，请在线路的设置里改正")
    words = gateways.words_for(line.gateway, code)
    said = _("%(code)s（%(words)s）") % {"code": code, "words": words.rstrip("。.")} if words else code
    return _("短信平台回的是 %(said)s，请检查余额、权限和设置") % {"said": said}


def hand_over(*, at: datetime) -> int:
    """Let the next line take what waits on one that is paused, down, or full for today; return how many texts.

    Only what was certainly never sent. The words stay; the signature becomes the other line's, which the provider
    asks for.
    """
    over = full_now(at)
    broken = Q(is_active=False) | Q(paused_at__isnull=False) | Q(failing_since__lte=at - DOWN_AFTER)
    lines = {*over, *SmsLine.objects.filter(broken).values_list("pk", flat=True)}
    if not lines:
        return 0
    stuck = Message.objects.filter(state=MessageState.PENDING, line__in=lines, expires_at__gt=at, reply=None)
    handed = 0
    with transaction.atomic():
        waiting = stuck.select_related("line", "hall").order_by("not_before", "pk")
        texts = list(waiting.select_for_update(of=("self",), skip_locked=True)[:BATCH])
        if not texts:
            return 0
        routes = Routes.of({text.hall for text in texts})
        for text in texts:
            other = routes.carrier(text.hall, text.template_id)
            if other is None or other.pk == text.line_id or other.pk in over or is_down(other, at):
                continue
            body = text.body.replace(f"【{text.line.signature}】", f"【{other.signature}】", 1)
            handed += Message.objects.filter(pk=text.pk).update(
                line=other, body=body, parts=sms_length.parts(body), not_before=at
            )
    return handed


@transaction.atomic
def pause(*, lines: QuerySet[SmsLine], by: User | None, why: str) -> int:
    """Let nothing more go out on these lines; what waits for them stays. Return how many were running."""
    running = list(lines.filter(paused_at__isnull=True).select_for_update(of=("self",)).order_by("pk"))
    SmsLine.objects.filter(pk__in=[line.pk for line in running]).update(paused_at=clock.now(), paused_reason=why[:120])
    _note("paused", running, by, why)
    return len(running)


@transaction.atomic
def resume(*, lines: QuerySet[SmsLine], by: User) -> int:
    """Let what waited go out, as long as it still makes sense; return how many were paused."""
    paused = list(lines.filter(paused_at__isnull=False).select_for_update(of=("self",)).order_by("pk"))
    SmsLine.objects.filter(pk__in=[line.pk for line in paused]).update(paused_at=None, paused_reason="", alert_at=None)
    _note("resumed", paused, by)
    return len(paused)


def _note(action: str, lines: list[SmsLine], by: User | None, why: str = "") -> None:
    audit.record_many(action=action, kind="smsline", rows=[(line.pk, None, None) for line in lines], by=by, why=why)
