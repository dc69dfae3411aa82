"""What texts and callers say of a booking: enough on the villager's own phone, little on anybody else's."""

from datetime import date

import pytest
import time_machine
from django.utils import translation

from appointments.domain import default_templates, texts
from appointments.enums import AppointmentState, HospitalKnows, Period
from appointments.models import Appointment, Department, Hospital
from auditorium import sms_length
from auditorium.domain import wording
from auditorium.enums import AHEAD, TOGETHER, MessageAudience, ReminderPurpose, TextLanguage
from auditorium.models import MessageTemplate
from tests.appointments.factories import HospitalFactory, at
from tests.factories import HallFactory, VillagerFactory

pytestmark = pytest.mark.django_db
OWN, DISCREET = MessageAudience.OWN, MessageAudience.DISCREET
CHINESE = TextLanguage.CHINESE
SIGNATURE = "柯桥文化礼堂"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel("2026-11-16T10:00+08:00", tick=False):
        yield


def booking(**kwargs):
    """On 24 November at 8:30 in the orthopaedic department of a hospital that is not sensitive."""
    hall = HallFactory(name="宝善桥村文化礼堂")
    hospital = kwargs.pop("hospital", None) or Hospital.objects.filter(name="柯桥区示例医院").first()
    hospital = hospital or HospitalFactory(name="柯桥区示例医院")
    kwargs = {
        "reference": kwargs.get("reference", "K7Q2M9"),
        "source": "elsewhere",
        "state": AppointmentState.BOOKED,
        "villager": VillagerFactory(registered_at=hall),
        "hall": hall,
        "hospital": hospital,
        "department": Department.objects.get_or_create(hospital=hospital, name="骨科")[0],
        "date": date(2026, 11, 24),
        "starts_at": at(date(2026, 11, 24), 8, 30),
        "period": Period.MORNING,
        "number": 12,
        "booked_at": at(date(2026, 11, 16), 10),
    } | kwargs
    return Appointment.objects.create(**kwargs)


def values(appointment, audience=OWN):
    return texts.values_of([appointment.pk], audience)[appointment.pk]


def body(appointment, purpose, audience=OWN, language=TextLanguage.CHINESE):
    bodies = default_templates.ENGLISH if language == TextLanguage.ENGLISH else default_templates.BODIES
    template = MessageTemplate(
        about_kind="appointment",
        purpose=purpose,
        audience=audience,
        language=language,
        body=bodies[purpose, audience],
    )
    base = wording.values_of(villager=appointment.villager, hall=appointment.hall)
    said = texts.values_of([appointment.pk], audience, language)[appointment.pk]
    return wording.render(template, base | said, SIGNATURE).body


def test_own_phone_is_told_all_of_it():
    assert values(booking()) == {
        "when": "11月24日周二上午8:30",
        "where": "柯桥区示例医院骨科",
        "number": "12号",
        "state": "已约好",
        "until": "就诊前",
        "day": "11月24日周二",
        "time": "8:30",
        "place": "柯桥区示例医院",
    }


def test_others_phone_is_told_neither_department_nor_number():
    assert values(booking(), DISCREET) == {
        "when": "11月24日周二上午8:30",
        "where": "柯桥区示例医院",
        "state": "已约好",
        "until": "就诊前",
        "day": "11月24日周二",
        "time": "8:30",
        "place": "柯桥区示例医院",
    }


def test_others_phone_is_not_told_a_sensitive_hospital():
    appointment = booking(hospital=HospitalFactory(name="柯桥区康宁医院", is_sensitive=True))
    assert values(appointment, DISCREET)["where"] == "医院"
    assert values(appointment, OWN)["where"] == "柯桥区康宁医院骨科"


def test_others_phone_is_not_told_a_hospital_nobody_has_judged():
    appointment = booking()
    Appointment.objects.update(hospital=None, hospital_text="绍兴市康宁医院", department=None, department_text="精神科")
    assert values(appointment, DISCREET)["where"] == "医院"
    assert values(appointment, OWN)["where"] == "绍兴市康宁医院精神科"


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"starts_at": None, "period": Period.AFTERNOON}, "11月24日周二下午"),
        ({"starts_at": None, "period": ""}, "11月24日周二"),
        ({"date": date(2027, 1, 5), "starts_at": None, "period": ""}, "2027年1月5日周二"),
    ],
)
def test_time_is_said_as_far_as_it_is_known(known, expected):
    assert values(booking(**known))["when"] == expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [({}, "12号"), ({"number": None, "hospital_number": "A07"}, "A07号"), ({"number": None}, "到医院取号")],
)
def test_number_is_said_or_where_to_get_one(known, expected):
    assert values(booking(**known))["number"] == expected


def test_short_name_of_the_hospital_saves_characters():
    hospital = HospitalFactory(name="绍兴市柯桥区中医医院医共体总院", short_name="柯桥中医院")
    assert values(booking(hospital=hospital))["where"] == "柯桥中医院骨科"


@pytest.mark.parametrize("knows", [HospitalKnows.UNSENT, HospitalKnows.SENT])
def test_unacknowledged_booking_says_so(knows):
    appointment = booking(hospital_knows=knows)
    for audience in (OWN, DISCREET):
        assert values(appointment, audience)["state"] == "待医院确认"
        assert "待医院确认" in body(appointment, ReminderPurpose.CONFIRMATION, audience)
        assert "待医院确认" in body(appointment, ReminderPurpose.ONE_DAY, audience)


def test_values_are_chinese_whatever_the_desk_reads():
    with translation.override("en"):
        assert values(booking())["when"] == "11月24日周二上午8:30"


def test_values_take_one_query_for_any_number_of_bookings(django_assert_num_queries):
    pks = [booking(reference=f"K7Q2M{number}").pk for number in range(3)]
    with django_assert_num_queries(1):
        assert len(texts.values_of(pks, OWN)) == 3


def test_still_due_are_live_bookings_to_come():
    coming = booking(reference="A")
    cancelled = booking(reference="B", state=AppointmentState.CANCELLED_BY_VILLAGER)
    this_morning = booking(reference="C", date=date(2026, 11, 16), starts_at=at(date(2026, 11, 16), 9))
    some_time_today = booking(reference="D", date=date(2026, 11, 16), starts_at=None, period="")
    pks = [appointment.pk for appointment in (coming, cancelled, this_morning, some_time_today)]
    assert texts.still_due(pks) == {coming.pk, some_time_today.pk}


def test_spoken_words_are_whole_sentences():
    appointment = booking()
    assert texts.spoken(appointment.pk, ReminderPurpose.ONE_DAY) == (
        "张小明您好，我是宝善桥村文化礼堂的。您约了11月24日周二上午8:30到柯桥区示例医院骨科，12号，已约好。"
        "请带身份证、社保卡。接电话的不是本人时，只说哪天几点到哪里，不说科室。"
    )
    assert "取消了，不用去了" in texts.spoken(appointment.pk, ReminderPurpose.CANCELLED)
    assert "改成11月24日" in texts.spoken(appointment.pk, ReminderPurpose.CHANGED)


# The words an installation begins with


SINGLE = [key for key in default_templates.BODIES if key[0] != TOGETHER]


@pytest.mark.parametrize("bodies", [default_templates.BODIES, default_templates.ENGLISH], ids=["zh", "en"])
@pytest.mark.parametrize(("purpose", "audience"), list(default_templates.BODIES))
def test_default_words_can_be_sent_and_tell_no_more_than_they_may(purpose, audience, bodies):
    wording.check(about_kind="appointment", audience=audience, body=bodies[purpose, audience], purpose=purpose)


def test_default_words_are_the_same_purposes_in_every_language():
    assert default_templates.ENGLISH.keys() == default_templates.BODIES.keys()


@pytest.mark.parametrize("purpose", [*AHEAD, ReminderPurpose.CONFIRMATION, ReminderPurpose.CANCELLED])
@pytest.mark.parametrize("audience", [OWN, DISCREET])
def test_english_reminders_fit_one_part_at_usual_lengths(purpose, audience):
    text = body(booking(), purpose, audience, TextLanguage.ENGLISH)
    assert sms_length.parts(text) == 1, text
    assert "…" not in text, text


def test_english_words_read_as_they_should():
    appointment = booking()
    assert body(appointment, ReminderPurpose.ONE_DAY, OWN, TextLanguage.ENGLISH) == (
        "【柯桥文化礼堂】张小明: Tue 24 Nov 8:30, 柯桥区示例医院骨科, booked. 0575-84000000"
    )
    assert body(appointment, ReminderPurpose.ONE_DAY, DISCREET, TextLanguage.ENGLISH) == (
        "【柯桥文化礼堂】Remind 张小明: Tue 24 Nov 8:30, 柯桥区示例医院, booked. 0575-84000000"
    )


@pytest.mark.parametrize(("purpose", "audience"), SINGLE)
@pytest.mark.parametrize("knows", [HospitalKnows.NOT_NEEDED, HospitalKnows.SENT])
def test_default_words_fit_one_part_at_usual_lengths(purpose, audience, knows):
    held_until = at(date(2026, 11, 23), 17, 30) if purpose == ReminderPurpose.OFFERED else None
    text = body(booking(hospital_knows=knows, held_until=held_until), purpose, audience)
    assert sms_length.parts(text) == 1, text
    assert "…" not in text, text


def test_default_words_read_as_they_should():
    appointment = booking()
    assert body(appointment, ReminderPurpose.CONFIRMATION) == (
        "【柯桥文化礼堂】张小明，已约好：11月24日周二上午8:30到柯桥区示例医院骨科，12号。带身份证、社保卡。问0575-84000000"
    )
    assert body(appointment, ReminderPurpose.ONE_DAY, DISCREET) == (
        "【柯桥文化礼堂】请提醒张小明：11月24日周二上午8:30到柯桥区示例医院，已约好，带身份证、社保卡。问0575-84000000"
    )


def test_ensure_templates_keeps_what_an_administrator_wrote():
    default_templates.ensure_templates()
    MessageTemplate.objects.filter(purpose=ReminderPurpose.ONE_DAY, audience=OWN, language=CHINESE).update(
        body="{name}，{when}来"
    )
    default_templates.ensure_templates()
    assert MessageTemplate.objects.count() == 2 * len(default_templates.BODIES)
    assert (
        MessageTemplate.objects.get(purpose=ReminderPurpose.ONE_DAY, audience=OWN, language=CHINESE).body
        == "{name}，{when}来"
    )
