"""Numbers that no longer serve: 退订, known to be wrong, or somebody else's now. What holds for a number holds for
everybody reached on it, so each of them becomes a person's task."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.domain import audit, follow_ups, hall_hours, silencing, villager_keys
from auditorium.enums import FollowUpKind, Reach
from auditorium.models import Contact, Phone, Villager

if TYPE_CHECKING:
    from auditorium.models import FollowUp, Hall, User

TO_ASK = timedelta(days=1)


def stop(*, phone: Phone, by: User | None, hall: Hall | None) -> int:
    """Send no more texts there; return how many tasks that made: one for each villager who got texts on it.

    Villagers are locked by id first, as everywhere. A number that is stopped already changes nothing.
    """
    with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
        people = _locked(phone, texts_only=True)
        if not Phone.objects.filter(pk=phone.pk, opted_out_at=None).update(opted_out_at=clock.now()):
            return 0
        audit.record(action="opted_out", what=phone, by=by, hall=hall, fields=["opted_out_at"])
        return _ask_each(people, _("这个号码退订了短信，问问村民以后怎么通知"), hall, by)


def send_again(*, phone: Phone, by: User, hall: Hall) -> bool:
    """Whoever has the phone wants texts again, and said so at the desk. False where they were never stopped."""
    with transaction.atomic():
        again = bool(Phone.objects.filter(pk=phone.pk, opted_out_at__isnull=False).update(opted_out_at=None))
        if again:
            audit.record(action="opted_in", what=phone, by=by, hall=hall, fields=["opted_out_at"])
    return again


def flag_bad(*, phone: Phone, why: str, by: User | None = None, found_by: FollowUp | None = None) -> int:
    """Try this number no more: it is empty or wrong. Returns how many tasks that made; a known one changes nothing.

    The villager of the task that found it out is locked with the others, whether reached on it or not.
    """
    hall, villager_id = (found_by.hall, found_by.villager_id) if found_by else (None, None)
    with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
        people = _locked(phone, texts_only=False, besides=villager_id)
        if not Phone.objects.filter(pk=phone.pk, bad_since=None).update(bad_since=clock.now(), bad_reason=why[:60]):
            return 0
        audit.record(action="flagged", what=phone, by=by, hall=hall, villager_id=villager_id, fields=["bad_since"])
        return _ask_each(people, _("号码打不通（%(why)s），问问村民的新号码") % {"why": why}, None, by)


def changed_hands(*, phone: Phone, by: User) -> int:
    """Somebody else has this number now: nobody is reached on it any more. Returns how many villagers are asked anew.

    Every contact on it goes, also of who is gone, with the search keys of its tail, and what waits to be sent there
    goes to the next contact; each villager who is still here becomes a task. What the number was flagged with goes
    too: the new holder never said it.
    """
    with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
        people = _locked(phone, texts_only=False)
        Contact.objects.filter(phone=phone).delete()
        silencing.to_phone(phone.pk)
        Phone.objects.filter(pk=phone.pk).update(opted_out_at=None, bad_since=None, bad_reason="")
        villager_keys.rebuild(people)
        audit.record(action="changed_hands", what=phone, by=by, fields=["contacts"])
        return _ask_each(people, _("原来的号码换了人用，问问村民的新号码"), None, by)


def _locked(phone: Phone, *, texts_only: bool, besides: int | None = None) -> list[Villager]:
    """The villagers reached on it, gone or not, locked by id, with one more who is not among them."""
    reached = Villager.objects.filter(contacts__phone=phone)
    if texts_only:
        reached = reached.filter(contacts__phone=phone, contacts__reach=Reach.TEXT)
    pks = set(reached.values_list("pk", flat=True))
    locked = Villager.objects.select_for_update(no_key=True).filter(pk__in=pks | {besides} - {None}).order_by("pk")
    return [villager for villager in locked if villager.pk in pks]


def _ask_each(people: list[Villager], reason: str, hall: Hall | None, by: User | None) -> int:
    """Make a task of each of them who is not gone; return how many."""
    now = clock.now()
    asked = [villager for villager in people if not villager.is_gone]
    for villager in asked:
        at = hall or villager.registered_at
        follow_ups.open_task(
            hall=at,
            villager=villager,
            kind=FollowUpKind.REPLY,
            reason=reason,
            due_at=(hall_hours.next_opening(at, now) or now) + TO_ASK,
            by=by,
        )
    return len(asked)
