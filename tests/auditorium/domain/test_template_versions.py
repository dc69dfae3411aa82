"""How words come into force: at once, or when every provider that keeps words has them; in every language."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError

from auditorium import clock
from auditorium.domain import reminders, template_versions, wording
from auditorium.domain.template_versions import Translations
from auditorium.enums import GatewayKind, MessageAudience, ReminderPurpose, TextLanguage
from auditorium.models import AuditEntry, LineTemplate, MessageTemplate
from tests.errands import KIND
from tests.factories import HallFactory, SmsLineFactory, UserFactory, VillagerFactory

pytestmark = pytest.mark.django_db
OWN, DISCREET = MessageAudience.OWN, MessageAudience.DISCREET
NEW = "{name}，明天{when}到{where}，别忘了。问{ask}"


@pytest.fixture(autouse=True)
def monday(errands):
    with time_machine.travel("2026-11-23T10:00+08:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def old():
    return wording.current_templates(KIND)[ReminderPurpose.ONE_DAY, OWN]


@pytest.fixture
def user():
    return UserFactory()


def keeping_line(**kwargs):
    return SmsLineFactory(gateway=GatewayKind.ALIYUN, name="阿里云", **kwargs)


def current():
    return wording.current_templates(KIND)[ReminderPurpose.ONE_DAY, OWN]


def test_rewrite_puts_the_next_version_in_force_and_keeps_the_old_one(old, user):
    new = template_versions.rewrite(template=old, body=NEW, by=user)
    assert current() == new
    old.refresh_from_db()
    assert (old.is_current, new.version, new.in_force_at) == (False, 2, clock.now())
    noted = AuditEntry.objects.of("messagetemplate", new.pk).order_by("pk")
    assert [(entry.action, entry.actor) for entry in noted] == [("rewritten", user), ("in_force", user)]


def test_rewrite_refuses_words_that_cannot_be_sent(old, user):
    with pytest.raises(ValidationError):
        template_versions.rewrite(template=old, body="{name}{when}", by=user)
    assert current() == old


def test_new_words_wait_until_every_line_that_keeps_words_has_their_code(old, user):
    first, second = keeping_line(), keeping_line()
    keeping_line(is_active=False)
    new = template_versions.rewrite(template=old, body=NEW, by=user)
    assert (current(), template_versions.waits(new), template_versions.lacking(new)) == (old, True, [first, second])
    LineTemplate.objects.create(line=first, template=new, code="SMS_1")
    assert template_versions.bring_into_force(template=new, by=user) is False
    LineTemplate.objects.create(line=second, template=new, code="SMS_2")
    assert template_versions.bring_into_force(template=new, by=user) is True
    assert (current(), template_versions.waits(new)) == (new, False)


def test_words_that_were_overtaken_while_they_waited_never_come_into_force(old, user):
    line = keeping_line()
    overtaken = template_versions.rewrite(template=old, body=NEW, by=user)
    template_versions.rewrite(template=old, body=NEW + "。", by=user)
    LineTemplate.objects.create(line=line, template=overtaken, code="SMS_1")
    assert template_versions.bring_into_force(template=overtaken, by=user) is False
    assert (current(), template_versions.waits(overtaken)) == (old, False)


def test_words_of_one_audience_never_come_into_force_without_the_others(user):
    english = wording.current_templates(KIND, TextLanguage.ENGLISH)[ReminderPurpose.ONE_DAY, OWN]
    MessageTemplate.objects.filter(language=TextLanguage.ENGLISH, audience=DISCREET).delete()
    template_versions.rewrite(template=english, body="{name}: {when}, {where}. Ask {ask}", by=user)
    there = MessageTemplate.objects.filter(language=TextLanguage.ENGLISH, is_current=True)
    assert there.filter(audience=DISCREET).count() == there.filter(audience=OWN).count()


# Other languages


def planned():
    villager = VillagerFactory(registered_at=HallFactory())
    return reminders.plan(
        about_kind=KIND,
        about_id=1,
        villager=villager,
        hall=villager.registered_at,
        event_at=clock.now() + timedelta(days=7),
        by=None,
    )[-1]


def english_words(reminder):
    words = Translations.read([KIND], [TextLanguage.CHINESE, TextLanguage.ENGLISH])
    return words.of(reminder, OWN, TextLanguage.ENGLISH)


def test_another_language_takes_the_words_in_force_when_the_reminder_was_planned(monday, user):
    first = wording.current_templates(KIND, TextLanguage.ENGLISH)[ReminderPurpose.ONE_DAY, OWN]
    monday.shift(timedelta(hours=1))
    reminder = planned()
    monday.shift(timedelta(hours=1))
    second = template_versions.rewrite(template=first, body="{name}, {when}, {where}. Ask {ask}", by=user)
    assert english_words(reminder) == first
    assert english_words(planned_again(reminder)) == second


def planned_again(reminder):
    reminder.created_at = clock.now()
    return reminder


def test_another_language_takes_the_first_words_where_none_were_there_yet(monday):
    reminder = planned()
    monday.shift(timedelta(hours=1))
    assert english_words(reminder).body == "{name}: {when}, {where}. Call {ask}"


def test_words_that_still_wait_are_not_taken(monday, user):
    first = wording.current_templates(KIND, TextLanguage.ENGLISH)[ReminderPurpose.ONE_DAY, OWN]
    keeping_line()
    template_versions.rewrite(template=first, body="{name}, {when}, {where}. Ask {ask}", by=user)
    monday.shift(timedelta(hours=1))
    assert english_words(planned()) == first


def test_chinese_asks_the_database_nothing(django_assert_num_queries):
    reminder = planned()
    with django_assert_num_queries(0):
        words = Translations.read([KIND], [TextLanguage.CHINESE])
        assert words.of(reminder, DISCREET, TextLanguage.CHINESE) == reminder.discreet_template
