"""The demo: whole on any day of the week, the same when loaded again, nobody real in it, nothing sent anywhere."""

import re
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.conf import settings as django_settings
from django.db import transaction
from django.db.models import F
from django.test import override_settings

from appointments.demo import sessions
from appointments.demo.hospitals import ACKNOWLEDGING
from appointments.demo.loading import load
from appointments.domain import places as where
from appointments.domain import policies, policy_checks, recent, week_grid
from appointments.enums import AppointmentSource, HospitalKnows
from appointments.models import Appointment, BookingPolicy, ClinicSession, Department, EverydayWord, Hospital, Slot
from auditorium import clock, crypto, identity
from auditorium.demo import people, places
from auditorium.domain import figures, people_search, visits
from auditorium.enums import (
    FollowUpKind,
    FollowUpState,
    GatewayKind,
    IdentityKind,
    MessageAudience,
    MessageState,
    ReminderState,
    VisitState,
)
from auditorium.models import (
    Activity,
    FollowUp,
    Hall,
    Helper,
    Message,
    Phone,
    Reminder,
    SmsLine,
    User,
    Villager,
    Visit,
)

SUNDAY_NIGHT = datetime(2026, 11, 22, 23, 40, tzinfo=clock.SHANGHAI)
CARDIOLOGY = {"hospital__name": "柯桥区示例医院", "name": "心血管内科"}


def quietly(_line: str) -> None:
    """Nobody is at the terminal."""


def rows() -> dict[str, int]:
    """How many rows each of our tables has."""
    models = [model for app in ("auditorium", "appointments") for model in apps.get_app_config(app).get_models()]
    return {model.__name__: model._base_manager.count() for model in models}


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The whole demo, loaded late on a Sunday, when its main hall is shut; rolled back at the end."""
    with django_db_blocker.unblock(), override_settings(DEMO=True), transaction.atomic():
        with time_machine.travel(SUNDAY_NIGHT):
            load(quietly)
        yield
        transaction.set_rollback(True)
        clock.move_back()


@pytest.fixture
def night(demo, db, settings):
    """The moment after it was loaded."""
    settings.DEMO = True
    with time_machine.travel(SUNDAY_NIGHT + timedelta(minutes=1), tick=False):
        yield
    clock.move_back()


@pytest.fixture
def main_hall(night) -> Hall:
    return Hall.objects.get(name=places.MAIN_HALL)


@pytest.fixture
def desk(night) -> User:
    return User.objects.get(username="desk")


def user(name: str) -> User:
    return User.objects.get(username=name)


def test_loading_again_changes_nothing(night):
    before = rows()
    load(quietly)
    assert rows() == before


@pytest.mark.parametrize("days", range(1, 8))
def test_opened_again_on_any_later_day_it_has_what_it_shows(night, main_hall, days):
    with time_machine.travel(SUNDAY_NIGHT.replace(hour=9, minute=0) + timedelta(days=days), tick=False):
        load(quietly)
        assert_shows_every_standing(main_hall)


@pytest.mark.hard
@pytest.mark.parametrize("weekday", range(7))
@pytest.mark.parametrize("hour", [0, 9, 23])
def test_first_load_works_on_any_day_at_any_hour(db, settings, weekday, hour):
    settings.DEMO = True
    with time_machine.travel(datetime(2027, 2, 1 + weekday, hour, 4, tzinfo=clock.SHANGHAI)):
        load(quietly)
        assert_shows_every_standing(Hall.objects.get(name=places.MAIN_HALL))
        assert_desk_is_busy(user("desk"))
        assert set(wanted_tasks()) <= {task.kind for task in FollowUp.objects.open()}


def assert_shows_every_standing(hall: Hall) -> None:
    """In the coming week of the main department: free, full, 停诊; an expert and an ordinary clinic; both halves."""
    department = Department.objects.select_related("hospital__policy").get(**CARDIOLOGY)
    week = week_grid.open_week(department=department, hall=hall, at=clock.now())
    choices = [choice for row in week.rows for choice in row.choices if choice.session.date > clock.today()]
    standings = {choice.standing for choice in choices}
    assert {week_grid.Standing.FREE, week_grid.Standing.FULL, week_grid.Standing.SUSPENDED} <= standings
    free = [choice.session for choice in choices if choice.is_free]
    assert {"ordinary", "expert"} <= {session.clinic_class for session in free}
    assert {"morning", "afternoon"} <= {session.period for session in free}


def test_first_load_has_every_standing(night, main_hall):
    assert_shows_every_standing(main_hall)


def test_more_than_ten_doctors_can_be_booked(night, main_hall):
    coming = ClinicSession.objects.for_hall(main_hall).between(clock.today(), clock.today() + timedelta(days=14))
    assert coming.filter(doctor__isnull=False).values("doctor").distinct().count() > 10
    assert coming.filter(department__hospital__name="柯桥区示例医院").values("department").distinct().count() >= 6


def test_hospitals_have_different_rules_none_of_which_is_in_vain(night):
    rows = BookingPolicy.objects.select_related("hospital", "department__hospital")
    assert {row.hospital.name for row in rows if row.hospital} == {
        "柯桥区示例医院",
        "绍兴市示例中医院",
        "马鞍示例卫生院",
        "绍兴市示例心理医院",
    }
    for row in rows:
        above = policies.policy_for(row.department.hospital) if row.department else policies.DEFAULTS
        assert policy_checks.in_row(row, above) == [], row
    rules = [policies.policy_for(hospital) for hospital in Hospital.objects.select_related("policy")]
    assert {7, 0} == {rule.release_time.hour for rule in rules}
    assert {"previous_day", "previous_workday", "same_day"} == {rule.stop_rule for rule in rules}


def test_places_are_allotted_to_counties_and_one_hall(night):
    allotted = {
        (session.allotted_region_id or session.allotted_hall.name)
        for session in ClinicSession.objects.select_related("allotted_hall")
    }
    assert allotted == {"330603000000", "330203000000", places.MAIN_HALL}


def test_initials_find_the_two_and_the_first_is_xiaoming(night, desk, main_hall):
    hits = people_search.find(query="zxm", user=desk, hall=main_hall)
    assert [hit.villager.name for hit in hits] == ["张小明", "张秀梅"]


@pytest.mark.parametrize(
    ("initials", "name"),
    [
        ("sgq", "单国庆"),
        ("zxy", "曾祥云"),
        ("xzf", "解志芳"),
        ("qsy", "仇水英"),
        ("zxt", "查兴土"),
        ("ohz", "区惠珍"),
        ("pyz", "朴英子"),
        ("gjf", "盖金凤"),
        ("oyrg", "欧阳荣根"),
        ("ag", "李根生"),
    ],
)
def test_rare_surnames_and_familiar_names_are_found(night, desk, main_hall, initials, name):
    hits = people_search.find(query=initials, user=desk, hall=main_hall)
    assert name in [hit.villager.name for hit in hits]


def test_identity_numbers_are_valid_and_nobodys(night):
    for villager in Villager.objects.exclude(id_number=""):
        number = identity.validate_resident_id(villager.id_number)
        county, born, serial = number[:6], date(int(number[6:10]), 1, 1), int(number[14:17])
        is_impossible = county == "330603" and born.year < 2013  # the county got its code in 2013
        assert is_impossible or serial >= 996, villager.name


def test_every_case_of_identity_is_there(night):
    known = set(Villager.objects.values_list("identity_kind", flat=True))
    assert known == set(IdentityKind.values)


def test_phone_numbers_are_from_the_ranges_the_readme_names(night):
    numbers = [*Phone.objects.values_list("number", flat=True), *Helper.objects.values_list("phone", flat=True)]
    invented = re.compile(r"\+861(38|39)0000\d{4}")
    assert [number for number in numbers if not invented.fullmatch(number.as_e164)] == []


def test_every_way_to_be_reached_is_there(night):
    shared = Counter(Phone.objects.filter(contacts__relation="neighbour").values_list("contacts__phone", flat=True))
    assert 3 in shared.values()
    assert Villager.objects.filter(contacts=None).exists()
    assert Villager.objects.filter(cannot_read=True).exists()
    assert Villager.objects.filter(consents__giver="guardian").exists()
    assert Villager.objects.filter(contacts__relation="daughter", contacts__gets_copies=True).exists()


def test_nothing_can_leave_the_machine(night):
    assert set(SmsLine.objects.values_list("gateway", flat=True)) == {GatewayKind.CONSOLE}
    added = SmsLine.objects.create(name="真的", gateway=GatewayKind.HTTP, signature="柯桥文化礼堂")
    load(quietly)
    assert SmsLine.objects.usable().filter(pk=added.pk).exists() is False


def test_everybody_sees_their_own_halls_people(night):
    seen = {name: Villager.objects.for_user(user(name)).count() for name in ("desk", "houcang", "county", "hospital")}
    by_hall = Counter(row["hall"] for row in people.described())
    assert seen == {
        "desk": by_hall[places.MAIN_HALL],
        "houcang": by_hall[places.SECOND_HALL],
        "county": by_hall[places.MAIN_HALL] + by_hall["山外村文化礼堂"],
        "hospital": 0,
    }
    assert Villager.objects.for_user(user("admin")).count() == sum(by_hall.values())


def test_clerk_sees_the_bookings_that_wait_for_the_hospital(night):
    seen = Appointment.objects.for_user(user("hospital"))
    assert {appointment.hospital.name for appointment in seen} == {ACKNOWLEDGING}
    assert {appointment.hospital_knows for appointment in seen} == {HospitalKnows.UNSENT, HospitalKnows.ACKNOWLEDGED}


def test_xiaoming_was_at_the_heart_doctor_lately(night, main_hall):
    xiaoming = Villager.objects.get(name="张小明")
    assert recent.departments(villager=xiaoming, hall=main_hall)[0] == Department.objects.get(**CARDIOLOGY)
    assert not xiaoming.appointments.live().exists()


def assert_desk_is_busy(by: User) -> None:
    today = visits.today(hall=by.current_hall, user=by)
    assert [str(row.visit) for row in today.serving] == ["李根生"]
    assert [str(row.visit) for row in today.waiting] == ["王月珍"]
    assert [str(row.visit) for row in today.put_aside] == ["一位大爷"]
    assert [str(row.visit) for row in today.ended] == ["陈国良"]
    assert today.left_over == []
    assert Visit.objects.get(state=VisitState.PUT_ASIDE).draft["data"]["name"] == ["沈长根"]


def test_desk_is_busy(night, desk):
    assert_desk_is_busy(desk)


def wanted_tasks() -> list[str]:
    return [
        FollowUpKind.CALL,
        FollowUpKind.REBOOK,
        FollowUpKind.COMPLETE,
        FollowUpKind.BRING_PAPER,
        FollowUpKind.TELL_PLATFORM,
    ]


def test_tasks_of_every_kind_wait(night, main_hall):
    tasks = FollowUp.objects.filter(hall=main_hall)
    assert set(wanted_tasks()) <= {task.kind for task in tasks.open()}
    assert tasks.open().filter(reason="短信没送到", villager__name="周素芬").count() == 1
    assert tasks.overdue(clock.now()).exists()
    assert {FollowUpState.OPEN, FollowUpState.TAKEN, FollowUpState.DONE} <= {task.state for task in tasks}


def test_texts_went_out_and_more_are_planned(night):
    states = Counter(Message.objects.values_list("state", flat=True))
    assert set(states) == {MessageState.DELIVERED, MessageState.UNDELIVERED}
    assert states[MessageState.UNDELIVERED] == 1
    assert set(Message.objects.values_list("parts", flat=True)) == {1}
    assert not Reminder.objects.filter(state=ReminderState.MISSED).exists()
    assert Reminder.objects.filter(state=ReminderState.PLANNED, due_at__gt=clock.now()).count() > 20


def test_pages_of_lines_and_halls_show_what_was_sent(night):
    line = SmsLine.objects.get(region_id="330603000000")
    carried = figures.of_line(line, clock.today() - timedelta(days=29), clock.today())
    texts = Message.objects.filter(line=line, created_at__gte=clock.day_bounds(clock.today() - timedelta(days=29))[0])
    assert (sum(carried.texts.values()), carried.texts[MessageState.UNDELIVERED]) == (texts.count(), 1)
    assert (len(carried.days) > 10, carried.cost, dict(carried.causes)) == (
        True,
        places.PRICE * texts.count(),
        {"absent": 1},
    )


def test_texts_to_others_name_neither_department_nor_sensitive_hospital(night):
    departments = set(Department.objects.values_list("name", flat=True))
    sensitive = set(Hospital.objects.filter(is_sensitive=True).values_list("short_name", flat=True))
    discreet = Message.objects.filter(audience=MessageAudience.DISCREET).values_list("body", flat=True)
    assert len(discreet) > 10
    assert [body for body in discreet for name in departments | sensitive if name in body] == []


def test_every_place_taken_is_an_appointment(night):
    for slot in Slot.objects.filter(taken__gt=0):
        assert slot.taken == slot.appointments.occupying().count()
    assert not Slot.objects.filter(taken__gt=F("capacity")).exists()


def test_bookings_are_of_both_kinds(night):
    kinds = Counter(Appointment.objects.live().values_list("source", flat=True))
    assert kinds[AppointmentSource.SCHEDULE] > 10
    assert kinds[AppointmentSource.ELSEWHERE] >= 5


def test_every_everyday_word_leads_to_a_department(night, main_hall):
    nowhere = EverydayWord.objects.filter(specialty__departments=None).values_list("word", flat=True)
    assert list(nowhere) == []
    suggestion = where.find(query="膝盖痛", hall=main_hall).suggestions[0]
    assert suggestion.departments[0].department.name == "骨科"
    assert suggestion.departments[0].is_bookable


def test_the_present_is_the_present_afterwards(night):
    assert not (Path(django_settings.VAR_DIR) / "demo-clock").exists()
    assert clock.now() == SUNDAY_NIGHT + timedelta(minutes=1)


def test_what_somebody_renamed_or_booked_does_not_stop_the_next_start(night):
    Department.objects.filter(**CARDIOLOGY).update(name="心内科")
    unasked = ClinicSession.objects.filter(slots__taken=0, wishes=None)
    unasked.filter(date__gt=clock.today() + timedelta(days=10)).delete()
    load(quietly)
    assert sessions.marked(sessions.FULL, clock.today(), clock.today() + timedelta(days=14)) == []


def test_numbers_are_found_by_their_hash(night):
    xiaoming = Villager.objects.get(name="张小明")
    assert xiaoming.id_last4 == "301X"
    assert xiaoming.id_hash in crypto.all_hashes(xiaoming.id_number)


def test_both_halls_hold_a_class_with_its_first_roll_a_festival_and_a_lecture(night):
    for name in (places.MAIN_HALL, places.SECOND_HALL):
        held = Activity.objects.filter(hall__name=name)
        assert sorted(held.values_list("kind", flat=True)) == ["class", "festival", "lecture"]
        smartphones = held.get(kind="class")
        first, *coming = smartphones.dates.all()
        assert (first.is_over, len(coming), smartphones.from_age) == (True, 3, 60)
        assert {row.state for row in first.attendances.all()} == {"present", "absent"}
        assert smartphones.enrolments.enrolled().count() == smartphones.places
        assert smartphones.enrolments.waiting().exists()
