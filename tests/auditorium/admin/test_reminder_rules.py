"""Rules of reminders are filled in and shown in words; what contradicts itself is refused at its field."""

import pytest

from auditorium.models import AuditEntry, ReminderRule
from tests import admin_rows
from tests.factories import HallFactory, RegionFactory

pytestmark = pytest.mark.django_db
RULES = "/admin/auditorium/reminderrule/"


@pytest.fixture
def at_admin(client):
    client.force_login(admin_rows.administrator())
    return client


def filled(**said):
    return {
        "about_kind": "appointment",
        "purpose": "one_day",
        "is_on": "on",
        "days": 1,
        "at": "16:00",
        "copies": "on",
    } | said


def errors(answer):
    return {name: list(said) for name, said in answer.context["adminform"].errors.items()}


def test_rule_is_shown_in_words(at_admin):
    hall = HallFactory(name="后仓村文化礼堂")
    assert at_admin.post(f"{RULES}add/", filled(hall=hall.pk, at="15:30")).status_code == 302
    shown = at_admin.get(RULES).content.decode()
    assert "后仓村文化礼堂" in shown
    assert "提前1天，下午3:30到下午4:00" in shown
    rule = ReminderRule.objects.get()
    assert AuditEntry.objects.of("reminderrule", rule.pk).get().action == "added"


def test_list_says_what_holds_where_there_is_no_rule(at_admin):
    shown = " ".join(at_admin.get(RULES).content.decode().split())
    assert "<li>提前几天：提前3天，上午9:00到中午12:00</li>" in shown
    assert "<li>提前一天：提前1天，下午4:00到下午4:30</li>" in shown
    assert "<li>提前几小时：不发</li>" in shown


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"days": 0}, "days", "“提前一天”只能填1；要更早，请改“提前几天”。"),
        ({"days": ""}, "days", "要发，就请填这一项。"),
        ({"at": "20:30"}, "at", "晚上8点到早上8点不发短信，请填这以外的时间。"),
        ({"hours": 2}, "hours", "这一种按天算，几小时不用填。"),
        ({"gap_hours": 100}, "gap_hours", "填1到72小时。"),
        ({"purpose": "three_days", "days": 1}, "days", "填2到14天；前一天另有一条。"),
        ({"purpose": "two_hours", "days": "", "at": "", "hours": 9}, "hours", "填1到6小时。"),
        ({"purpose": "two_hours", "hours": 2, "at": ""}, "days", "“提前几小时”只填几小时。"),
        ({"purpose": "confirmation", "days": "", "at": "", "is_on": ""}, "is_on", "这一种一定要告诉村民，不能关。"),
        ({"purpose": "cancelled", "at": ""}, "days", "这一种是当时就告诉的，这里不用填。"),
    ],
)
def test_what_contradicts_itself_is_refused_at_its_field(at_admin, said, field, sentence):
    answer = at_admin.post(f"{RULES}add/", filled(**said))
    assert errors(answer) == {field: [sentence]}
    assert not ReminderRule.objects.exists()


def test_region_and_hall_together_are_refused(at_admin):
    answer = at_admin.post(f"{RULES}add/", filled(hall=HallFactory().pk, region=RegionFactory().pk))
    assert "区域和礼堂只填一个。" in errors(answer)["hall"]


def test_the_same_scope_twice_is_refused(at_admin):
    at_admin.post(f"{RULES}add/", filled())
    answer = at_admin.post(f"{RULES}add/", filled(at="15:00"))
    assert "这个范围已经有一条同样的规则了。" in str(answer.context["adminform"].errors)
    assert ReminderRule.objects.count() == 1


def test_two_hours_are_switched_on_with_their_hours_only(at_admin):
    assert at_admin.post(f"{RULES}add/", filled(purpose="two_hours", days="", at="", hours=2)).status_code == 302
    assert "提前2小时，晚上和清早不发" in at_admin.get(RULES).content.decode()


def test_a_rule_that_is_removed_is_in_the_audit(at_admin):
    at_admin.post(f"{RULES}add/", filled())
    rule = ReminderRule.objects.get()
    at_admin.post(f"{RULES}{rule.pk}/delete/", {"post": "yes"})
    assert not ReminderRule.objects.exists()
    actions = AuditEntry.objects.of("reminderrule", rule.pk).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["added", "removed"]


def test_a_reminder_that_is_never_sent_has_no_rule(at_admin):
    answer = at_admin.post(f"{RULES}add/", filled(about_kind="enrolment", purpose="three_days", days=3))
    assert errors(answer) == {"purpose": ["这件事不发这一种提醒。"]}
    assert not ReminderRule.objects.exists()
