"""Each plain SELECT of a booking gives just what its queryset gives, on both databases."""

import uuid
from datetime import time, timedelta

import pytest
from django.db.models import prefetch_related_objects

from appointments.domain import booking_requests, bookings, limits, numbers, places_given, policies
from appointments.enums import OCCUPYING, AppointmentState
from appointments.models import Appointment, BookingPolicy, BookingRequest, Slot
from auditorium import clock
from auditorium.domain import hall_hours, recipients, reminder_rules, visits, wording
from auditorium.enums import ConsentPurpose, TextLanguage
from auditorium.models import Consent, MessageTemplate, ReminderRule, Villager, Visit
from auditorium.models.regions import codes_around
from tests.appointments.factories import ClinicSessionFactory, DoctorFactory, SlotFactory, reachable_villager
from tests.factories import (
    ContactFactory,
    HallClosureFactory,
    HallFactory,
    OpeningHoursFactory,
    RegionFactory,
    desk_user,
)

pytestmark = pytest.mark.django_db


def read(rows):
    """What was read into instances: every loaded column, and the same of each row that came with it."""
    return [
        {
            "of": type(row),
            **{name: value for name, value in vars(row).items() if not name.startswith("_")},
            **{name: found and read([found]) for name, found in row._state.fields_cache.items()},
        }
        for row in rows
    ]


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def slot(hall):
    session = ClinicSessionFactory(allotted_hall=hall, doctor=DoctorFactory(), fee="12.50", starts=time(8, 30))
    return SlotFactory(session=session, capacity=5, numbers=[[1, 2], [7, 9]])


@pytest.fixture
def villager(hall):
    villager = reachable_villager(hall, birth_date="1954-03-12", id_number="330603195403123012")
    ContactFactory(villager=villager, order=0)
    villager.contacts.create(relation="neighbour", reach="in_person", name="阿根")
    Consent.objects.create(
        villager=villager, purpose=ConsentPurpose.HEALTH, hall=hall, given_at=clock.now(), withdrawn_at=clock.now()
    )
    return villager


def test_villager_is_read_without_what_is_encrypted(villager):
    whole = Villager.objects.defer("id_number", "other_document_number").get(pk=villager.pk)
    found = places_given.VILLAGER.get(villager.pk)
    assert read([found]) == read([whole])
    assert found.id_number == "330603195403123012"


def test_nobody_is_read_of_a_key_that_is_nobodys():
    with pytest.raises(Villager.DoesNotExist):
        places_given.lock_villager(0)


def test_slot_is_read_with_session_department_and_hospital(slot):
    whole = Slot.objects.select_related("session__department__hospital").defer("session__department__hospital__phone")
    assert read([places_given.SLOT.get(slot.pk)]) == read([whole.get(pk=slot.pk)])


def test_rules_are_read_of_department_and_hospital(slot):
    department = slot.session.department
    BookingPolicy.objects.create(hospital=department.hospital, documents=["passport"], release_time=time(7))
    BookingPolicy.objects.create(department=department, window_days=7, same_day=False, bring="病历")
    found = policies.RULES_OF.all(department.hospital_id, department.pk)
    assert read(sorted(found, key=lambda row: row.pk)) == read(BookingPolicy.objects.order_by("pk"))


def test_consents_and_contacts_are_read_in_order(villager):
    found, whole = (Villager.objects.get(pk=villager.pk) for _copy in range(2))
    recipients.load(found)
    assert read(found.consents.all()) == read(whole.consents.all())
    assert read(found.contacts.all()) == read(whole.contacts.select_related("phone"))
    assert len(found.contacts.all()) == 3
    assert found.contacts.filter(order=0).count() == 1


def test_loaded_consents_are_asked_no_more(villager, django_assert_num_queries):
    recipients.load(villager)
    with django_assert_num_queries(0):
        assert recipients.of_villager(villager).main is not None


def test_hours_and_closures_are_read_in_order(hall):
    for weekday, opens in ((2, 8), (1, 13), (1, 8)):
        OpeningHoursFactory(hall=hall, weekday=weekday, opens=time(opens), closes=time(opens + 3, 30))
    HallClosureFactory(hall=hall)
    assert read(hall_hours.HOURS.of(hall)) == read(hall.opening_hours.all())
    assert read(hall_hours.CLOSURES.of(hall)) == read(hall.closures.all())


def test_hours_that_were_loaded_are_not_read_again(hall, django_assert_num_queries):
    OpeningHoursFactory(hall=hall, weekday=1)
    prefetch_related_objects([hall], "opening_hours", "closures")
    with django_assert_num_queries(0):
        assert list(hall_hours.HOURS.of(hall)) == list(hall.opening_hours.all())
        assert list(hall_hours.CLOSURES.of(hall)) == []


def test_rules_of_a_hall_are_those_of_it_and_of_what_lies_around_it(hall):
    other, far = HallFactory(), RegionFactory(code="110101001001")
    town = RegionFactory(code=f"{hall.region_id[:9]}000", level="town")
    kind = {"about_kind": "appointment", "purpose": "one_day"}
    for place in ({"hall": hall}, {"hall": other}, {"region": town}, {"region": far}, {}):
        ReminderRule.objects.create(**kind, **place)
    ReminderRule.objects.create(about_kind="lesson", purpose="one_day", hall=hall)
    found = reminder_rules.RULES.all("appointment", hall.pk, *codes_around(hall.region_id))
    whole = ReminderRule.objects.filter(about_kind="appointment").exclude(hall=other).exclude(region=far)
    assert read(sorted(found, key=lambda row: row.pk)) == read(whole.order_by("pk"))
    assert len(found) == 3
    assert (
        reminder_rules.rules_for(hall, "appointment")
        == reminder_rules.rules_of([hall], ["appointment"])[hall.pk, "appointment"]
    )


def test_visit_being_served_is_read_with_hall_and_villager(hall, villager):
    desk = desk_user(hall)
    visits.serve(visit=visits.arrive(hall=hall, by=desk, villager=villager), by=desk)
    whole = Visit.objects.select_related("hall", "villager").defer(
        "draft", "villager__id_number", "villager__other_document_number"
    )
    assert read([visits.served_now(desk)]) == read(whole)


def test_visit_of_nobody_is_read_too_and_one_of_the_day_before_is_not(hall):
    desk = desk_user(hall)
    visits.serve(visit=visits.arrive(hall=hall, by=desk, label="一位大爷"), by=desk)
    assert visits.served_now(desk).villager is None
    Visit.objects.update(serving_since=clock.day_bounds(clock.today())[0])
    assert visits.served_now(desk) is not None
    Visit.objects.update(serving_since=clock.day_bounds(clock.today())[0] - timedelta(seconds=1))
    assert visits.served_now(desk) is None


def test_words_are_read_as_they_are_in_force():
    wording.current_templates("appointment")
    MessageTemplate.objects.filter(purpose="one_day").update(is_current=False)
    current = MessageTemplate.objects.filter(
        about_kind="appointment", language=TextLanguage.CHINESE, is_current=True
    ).order_by("pk")
    assert current.exists()
    found = wording.CURRENT.all("appointment", TextLanguage.CHINESE)
    assert read(sorted(found, key=lambda row: row.pk)) == read(current)


def test_bookings_limits_count_are_those_that_have_a_place(hall, slot, villager):
    other = SlotFactory(session__allotted_hall=hall)
    kept = bookings.book(slot=slot, villager=villager, hall=hall, by=None)
    ended = bookings.book(slot=other, villager=villager, hall=hall, by=None)
    Appointment.objects.filter(pk=ended.pk).update(state=AppointmentState.CANCELLED_BY_VILLAGER)
    columns = ("id", "state", "date", "period", "hospital", "department", "session", "reference")
    first, last = slot.session.date - timedelta(days=1), slot.session.date
    whole = Appointment.objects.filter(villager=villager, date__range=(first, last), state__in=OCCUPYING)
    found = limits.BOOKED.all(villager.pk, first, last)
    assert read(found) == read(whole.only(*columns).order_by("pk"))
    assert [row.pk for row in found] == [kept.pk]


def test_numbers_taken_are_those_of_bookings_that_have_a_place(hall, slot, villager):
    kept = bookings.book(slot=slot, villager=villager, hall=hall, by=None)
    gone = bookings.book(slot=slot, villager=reachable_villager(hall), hall=hall, by=None)
    Appointment.objects.filter(pk=gone.pk).update(state=AppointmentState.CANCELLED_BY_CLINIC)
    assert numbers.occupied(slot.pk) == {kept.number}


def test_request_is_read_by_who_asked_and_key(hall, slot, villager):
    desk, key = desk_user(hall), uuid.uuid4()
    made = bookings.book(slot=slot, villager=villager, hall=hall, by=desk, key=key)
    content = BookingRequest.objects.get().content_hash
    assert booking_requests.answered_before(by=desk, key=key, content=content) == made
    assert booking_requests.answered_before(by=desk, key=uuid.uuid4(), content=content) is None
    assert booking_requests.answered_before(by=desk_user(hall), key=key, content=content) is None
