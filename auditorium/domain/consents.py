"""What villagers agreed to: given by them or their guardian, and withdrawn as easily."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from auditorium import clock, dates
from auditorium.domain import audit, silencing
from auditorium.enums import ConsentEvidence, ConsentGiver, ConsentPurpose
from auditorium.models import Consent, Villager

if TYPE_CHECKING:
    from auditorium.models import Hall, User

# Below this age a guardian decides (PIPL article 31).
OWN_CONSENT_AGE = 14
_WITH_TEXTS = frozenset((ConsentPurpose.SERVICE, ConsentPurpose.HEALTH, ConsentPurpose.REMINDERS))


def needs_guardian(birth_date: date | None) -> bool:
    """Whether somebody born then is too young to agree alone; an unknown birth date does not ask for a guardian."""
    return birth_date is not None and dates.age_on(birth_date, clock.today()) < OWN_CONSENT_AGE


@transaction.atomic
def decide(
    *,
    villager: Villager,
    purposes: Iterable[str],
    hall: Hall,
    by: User | None,
    giver: str = ConsentGiver.VILLAGER,
    evidence: str = ConsentEvidence.SPOKEN,
) -> None:
    """Make these the purposes agreed to: new ones are given now, those left out are withdrawn now.

    Nothing is forgotten: what was given and withdrawn stays with its times. What is not agreed to any more is not
    sent either, though it was written before. Raises ValidationError when
    somebody under 14 is said to have agreed alone.
    """
    silencing.lock(villager)
    wanted = set(purposes)
    in_force = set(villager.consents.in_force().values_list("purpose", flat=True))
    given, withdrawn = sorted(wanted - in_force), sorted(in_force - wanted)
    if given and giver != ConsentGiver.GUARDIAN and needs_guardian(villager.birth_date):
        raise ValidationError(_("不满14岁，要监护人同意。"), code="guardian")
    now = clock.now()
    Consent.objects.bulk_create(
        Consent(
            villager=villager,
            purpose=purpose,
            giver=giver,
            evidence=evidence,
            hall=hall,
            recorded_by=by,
            given_at=now,
        )
        for purpose in given
    )
    villager.consents.in_force().filter(purpose__in=withdrawn).update(withdrawn_at=now)
    if _WITH_TEXTS.intersection(withdrawn):
        silencing.in_writing(villager=villager)
    elif ConsentPurpose.RELATIVE_COPIES in withdrawn:
        silencing.in_writing(villager=villager, copies_only=True)
    for action, changed in (("consent_given", given), ("consent_withdrawn", withdrawn)):
        if changed:
            audit.record(action=action, what=villager, by=by, hall=hall, villager_id=villager.pk, fields=changed)
