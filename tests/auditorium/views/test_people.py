"""Finding, registering and linking people at the desk; one villager's page and what changes it."""

import logging
import re
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.urls import reverse

from auditorium import ports
from auditorium.domain import lines, villager_keys, villagers, visits
from auditorium.domain.contacts import ContactDetails
from auditorium.domain.villagers import VillagerDetails
from auditorium.enums import IdentityKind, MatterKind, RoleKind
from auditorium.models import AuditEntry, FollowUp, Phone, Role, Villager, Visit
from auditorium.ports import Entry, Link
from tests.factories import (
    ContactFactory,
    FollowUpFactory,
    HallFactory,
    PhoneFactory,
    SmsLineFactory,
    UserFactory,
    VillagerFactory,
    desk_user,
    resident_id,
)

pytestmark = pytest.mark.django_db
MONDAY_9 = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
NUMBER = resident_id("19540312", "301")
DESK = reverse("auditorium:desk")
FIND = reverse("auditorium:people_find")
REGISTER = reverse("auditorium:villager_register")
LINK = reverse("auditorium:villager_link")
HTMX = {"HX-Request": "true"}


class Booking:
    """Another service, offering two things and showing one past booking."""

    kind = "booking"

    def choices(self, villager):
        return [Link("预约挂号", f"/book/{villager.pk}/"), Link("登记已约好的号", f"/record/{villager.pk}/")]

    def timeline(self, villager, user):
        return [Entry(at=MONDAY_9 - timedelta(days=9), title="骨科", actions=(Link("再约一次", "/again/"),))]


@pytest.fixture(autouse=True)
def services(monkeypatch):
    hall_service = ports.service_for("villager")
    monkeypatch.setattr(ports, "_services", {"villager": hall_service, "booking": Booking()})


@pytest.fixture(autouse=True)
def travel():
    with time_machine.travel(MONDAY_9, tick=False) as travel:
        yield travel


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def user(hall):
    return desk_user(hall)


@pytest.fixture
def desk(client, user):
    client.force_login(user)
    return client


@pytest.fixture
def villager(hall):
    return known(hall)


def known(hall, name="张小明", phone="", **kwargs):
    villager = VillagerFactory(name=name, registered_at=hall, **kwargs)
    if phone:
        ContactFactory(villager=villager, phone=PhoneFactory(number=phone))
    villager_keys.rebuild([villager])
    return villager


def page_of(villager, name="villager"):
    return reverse(f"auditorium:{name}", args=[villager.pk])


def filled(**kwargs):
    """The registration form as the page sends it, with little filled in."""
    empty = {
        f"contacts-{row}-{field}": value
        for row in range(3)
        for field, value in {"pk": "", "number": "", "relation": "self", "name": "", "reach": "text"}.items()
    }
    return {
        "name": "张小明",
        "identity_kind": IdentityKind.RESIDENT_ID_SEEN,
        "id_number": NUMBER,
        "sex": "unknown",
        "ask_for_id": "on",
        "contacts-TOTAL_FORMS": "3",
        "contacts-INITIAL_FORMS": "0",
        "purposes": ["service", "health"],
        "giver": "villager",
        "evidence": "spoken",
        **empty,
    } | kwargs


def codes(response):
    """The codes of everything the registration page complains of, by field."""
    page = response.context["page"]
    rows = [(f"contacts-{place}", form) for place, form in enumerate(page.contacts)]
    forms = [("", page.villager), ("", page.consents), *rows]
    return {
        f"{row}{'-' if row else ''}{field}": [error.code for error in errors]
        for row, form in forms
        for field, errors in form.errors.as_data().items()
    }


# The desk


def test_the_desk_asks_whom_to_help(desk):
    response = desk.get(DESK)
    assert response.status_code == 200
    assert "今天帮哪位办事？" in response.text
    assert "11月23日 周一" in response.text
    assert "农历十月十五" in response.text
    assert "zxm" not in response.text


def test_the_demo_offers_a_walk(desk, settings):
    settings.DEMO = True
    assert "<kbd>zxm</kbd>" in desk.get(DESK).text


def test_whoever_has_one_hall_sits_there(client, hall):
    user = UserFactory()
    Role.objects.create(user=user, role=RoleKind.DESK, hall=hall)
    client.force_login(user)
    assert client.get(DESK).status_code == 200
    user.refresh_from_db()
    assert user.current_hall == hall


@pytest.mark.parametrize("halls", [0, 2])
def test_whoever_has_none_or_several_is_asked(client, halls):
    user = UserFactory()
    for hall in HallFactory.create_batch(halls):
        Role.objects.create(user=user, role=RoleKind.DESK, hall=hall)
    client.force_login(user)
    assert client.get(DESK).url == reverse("auditorium:choose_hall")
    assert client.post(FIND, {"q": "zxm"}).url == reverse("auditorium:choose_hall")


def test_a_hall_out_of_scope_is_left(client, hall):
    user = desk_user(hall)
    user.current_hall = HallFactory()
    user.save()
    client.force_login(user)
    client.get(DESK)
    user.refresh_from_db()
    assert user.current_hall == hall


@pytest.mark.parametrize("people", [1, 3])
def test_the_desk_asks_the_same_number_of_questions(desk, hall, people, django_assert_num_queries):
    for n in range(people):
        visits.arrive(hall=hall, by=None, villager=known(hall, phone=f"+861380000{n:04}"), matters=[MatterKind.BOOKING])
        FollowUpFactory(hall=hall)
    with django_assert_num_queries(16):
        desk.get(DESK)


def test_the_desk_says_when_no_text_can_go_out(desk, hall):
    assert "现在没有可用的短信线路" in desk.get(DESK).text
    line = SmsLineFactory()
    assert "现在没有可用的短信线路" not in desk.get(DESK).text
    lines.stop(line=line, code="AMOUNT_NOT_ENOUGH")
    page = desk.get(DESK).text
    assert "现在没有可用的短信线路" in page
    assert f"“{line.name}”停了：短信平台回的是 AMOUNT_NOT_ENOUGH，请检查余额、权限和设置。请告诉系统管理员" in page


def test_the_desk_says_when_another_line_took_over(desk, hall):
    first, second = SmsLineFactory(name="一号线"), SmsLineFactory(name="二号线", order=2)
    assert "一号线" not in desk.get(DESK).text
    lines.stop(line=first, code=lines.BAD_SETTINGS)
    page = desk.get(DESK).text
    assert "短信线路“一号线”停了：接口设置不对，请在线路的设置里改正。短信改由“二号线”发" in page
    lines.stop(line=second, code=lines.BAD_SETTINGS)
    assert "改由" not in desk.get(DESK).text


# Finding


def test_found_people_come_with_what_can_be_done(desk, hall):
    villager = known(hall, phone="+8613800000021", also_known_as="阿根", birth_date=date(1954, 3, 12), group="3组")
    text = desk.post(FIND, {"q": "zxm"}, headers=HTMX).text
    assert "<html" not in text
    assert 'data-results-for="zxm"' in text
    assert text.count("data-result ") + text.count("data-result\n") == 1
    for shown in (
        "张小明",
        "又名阿根",
        "72岁",
        "3组",
        "138****0021",
        "预约挂号",
        f"/book/{villager.pk}/",
        page_of(villager),
    ):
        assert shown in text
    assert "13800000021" not in text


def test_without_javascript_the_same_stands_on_the_desk(desk, villager):
    text = desk.post(FIND, {"q": " zxm "}).text
    assert "今天帮哪位办事？" in text
    assert 'value="zxm"' in text
    assert page_of(villager) in text
    assert text.count("autofocus") == 1


def test_a_search_is_never_in_an_address(desk):
    assert desk.get(f"{FIND}?q=zxm").url == DESK


def test_nobody_found_leads_to_registering(desk):
    text = desk.post(FIND, {"q": "张小明"}, headers=HTMX).text
    assert "没有找到" in text
    assert f'action="{REGISTER}"' in text
    assert '<input type="hidden" name="searched" value="张小明">' in text


@pytest.mark.parametrize(
    ("searched", "field"),
    [
        ("张小明", '<input type="text" name="name" value="张小明"'),
        (NUMBER, f'name="id_number" value="{NUMBER}"'),
        ("138 0000 0021", 'name="contacts-0-number" value="+8613800000021"'),
    ],
)
def test_what_was_searched_is_not_typed_again(desk, searched, field):
    response = desk.post(REGISTER, {"searched": searched})
    assert field in response.text
    assert codes(response) == {}


def test_a_card_that_was_read_opens_its_page(desk, hall):
    villager = villagers.register(
        details=VillagerDetails(name="张小明", identity_kind=IdentityKind.RESIDENT_ID_SEEN, id_number=NUMBER),
        hall=hall,
        by=None,
    )
    assert desk.post(FIND, {"q": NUMBER}).url == page_of(villager)
    assert page_of(villager) in desk.post(FIND, {"q": NUMBER}, headers=HTMX).text


def test_the_dead_are_found_and_nothing_is_offered(desk, hall):
    known(hall, died_on=date(2026, 11, 1))
    text = desk.post(FIND, {"q": "zxm"}, headers=HTMX).text
    assert "已去世" in text
    assert "预约挂号" not in text


def test_who_moved_away_is_found_and_nothing_is_offered(desk, hall):
    known(hall, moved_away_on=date(2026, 11, 1))
    text = desk.post(FIND, {"q": "zxm"}, headers=HTMX).text
    assert "已搬走" in text
    assert "预约挂号" not in text


@pytest.mark.parametrize("people", [1, 3])
def test_finding_asks_the_same_number_of_questions(desk, hall, people, django_assert_num_queries):
    for n in range(people):
        known(hall, phone=f"+861380000{n:04}")
    with django_assert_num_queries(10):  # session (1 + 3), user, roles, hall, keys, villagers, contacts with phones
        desk.post(FIND, {"q": "zxm"}, headers=HTMX)


# Registering


def test_register_writes_it_all_and_leads_to_the_page(desk, hall, user):
    response = desk.post(
        REGISTER,
        filled(
            also_known_as="阿根",
            group="3组",
            household="张小明家",
            needs=["cannot_read"],
            purposes=["service", "health", "reminders", "relative_copies"],
            evidence="signed",
            **{
                "contacts-0-number": "138 0000 0021",
                "contacts-1-number": "13900008870",
                "contacts-1-relation": "daughter",
                "contacts-1-name": "张丽",
                "contacts-1-gets_copies": "on",
                "contacts-1-may_decide": "on",
                "contacts-1-in_english": "on",
            },
        ),
    )
    villager = Villager.objects.get()
    assert response.url == page_of(villager)
    assert (villager.sex, villager.birth_date, villager.group) == ("male", date(1954, 3, 12), "3组")
    assert (villager.household.name, villager.registered_by) == ("张小明家", user)
    contacts = villager.contacts.in_order().values_list(
        "relation", "order", "gets_copies", "may_decide", "language", "phone__number"
    )
    assert [(*contact[:-1], contact[-1].as_e164) for contact in contacts] == [
        ("self", 1, False, False, "zh-hans", "+8613800000021"),
        ("daughter", 2, True, True, "en", "+8613900008870"),
    ]
    assert set(villager.consents.values_list("purpose", "giver", "evidence")) == {
        (purpose, "villager", "signed") for purpose in ("service", "health", "reminders", "relative_copies")
    }


def test_what_was_typed_stays(desk):
    response = desk.post(REGISTER, filled(name="", address="3组21号", **{"contacts-2-number": "12"}))
    assert codes(response) == {"name": ["required"], "contacts-2-number": ["phone"]}
    for kept in (NUMBER, "3组21号", 'value="12"'):
        assert kept in response.text
    assert len(re.findall(r"<details[^>]* open>", response.text)) == 1


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"id_number": ""}, {"id_number": ["required"]}),
        ({"id_number": NUMBER[:-2]}, {"id_number": ["length"]}),
        ({"birth_date": "1955-03-12"}, {"birth_date": ["disagrees"]}),
        ({"birth_date": "老早"}, {"birth_date": ["invalid"]}),
        ({"identity_kind": "other"}, {"other_document": ["required"], "other_document_number": ["required"]}),
        ({"purposes": ["health"]}, {"purposes": ["service"]}),
        ({"contacts-0-reach": "call"}, {"contacts-0-number": ["required"]}),
        ({"contacts-0-number": "0575-84000000"}, {"contacts-0-reach": ["landline"]}),
        ({"contacts-0-number": "+852 9123 4567"}, {"contacts-0-reach": ["abroad"]}),
        (
            {"contacts-0-number": "13900008870", "contacts-0-relation": "son", "contacts-0-gets_copies": "on"},
            {"purposes": ["copies"]},
        ),
        ({"id_number": resident_id("20150101", "301")}, {"giver": ["guardian"]}),
    ],
)
def test_register_says_what_is_wrong(desk, changed, wrong):
    assert codes(desk.post(REGISTER, filled(**changed))) == wrong
    assert Villager.objects.count() == 0


def test_the_same_number_twice_is_one_too_many(desk):
    twice = {"contacts-0-number": "13800000021", "contacts-1-number": "+86 138 0000 0021", "contacts-1-relation": "son"}
    response = desk.post(REGISTER, filled(**twice))
    assert [error.code for error in response.context["page"].contacts.non_form_errors().as_data()] == ["twice"]


@pytest.mark.parametrize("typed", ["1954-03-12", "19540312", "1954.3.12", "1954/3/12", "1954年3月12日"])
def test_a_birth_date_is_written_as_people_write_it(desk, typed):
    desk.post(REGISTER, filled(birth_date=typed))
    assert Villager.objects.get().birth_date == date(1954, 3, 12)


def test_a_guardian_agrees_for_a_child(desk):
    desk.post(REGISTER, filled(id_number=resident_id("20150101", "301"), giver="guardian"))
    assert set(Villager.objects.get().consents.values_list("giver", flat=True)) == {"guardian"}


def test_the_card_not_here_is_a_normal_case(desk):
    response = desk.post(REGISTER, filled(identity_kind=IdentityKind.RESIDENT_ID_TOLD), follow=True)
    assert Villager.objects.get().id_last4 == NUMBER[-4:]
    assert "身份证还没有核对过" in response.text


@pytest.mark.parametrize(("asked", "tasks"), [({}, 1), ({"ask_for_id": ""}, 0)])
def test_the_number_unknown_is_a_normal_case(desk, asked, tasks):
    response = desk.post(REGISTER, filled(identity_kind=IdentityKind.UNKNOWN, **asked), follow=True)
    assert Villager.objects.get().id_number == ""
    assert "只能登记在别处约好的号" in response.text
    assert FollowUp.objects.filter(kind="complete").count() == tasks


def test_no_mainland_number_is_a_normal_case(desk):
    other = {"other_document": "passport", "other_document_number": "E12345678", "birth_date": "1954-03-12"}
    response = desk.post(REGISTER, filled(identity_kind=IdentityKind.OTHER, **other), follow=True)
    assert Villager.objects.get().other_document_number == "E12345678"
    assert "用护照" in response.text


def test_each_case_says_what_follows(desk):
    text = desk.get(REGISTER).text
    for follows in ("可以马上代办预约", "看病那天带身份证", "只能登记在别处约好的号", "有的医院不收"):
        assert follows in text


def test_look_alikes_are_asked_about_first(desk, hall):
    namesake = known(hall, birth_date=date(1954, 6, 1), group="3组")
    response = desk.post(REGISTER, filled())
    assert page_of(namesake) in response.text
    assert "就是这位" in response.text
    assert Villager.objects.count() == 1

    desk.post(REGISTER, filled(not_these=str(namesake.pk)))
    assert Villager.objects.count() == 2


def test_the_answer_about_one_is_no_answer_about_another(desk, hall):
    namesake = known(hall, birth_date=date(1954, 6, 1))
    other = known(hall, "李四", birth_date=date(1954, 7, 1))
    response = desk.post(REGISTER, filled(name="李四", not_these=str(namesake.pk)))
    assert page_of(other) in response.text
    assert Villager.objects.count() == 2


def test_the_very_number_leaves_no_way_to_go_on(desk, hall):
    desk.post(REGISTER, filled())
    holder = Villager.objects.get()
    response = desk.post(REGISTER, filled(name="章晓敏"))
    assert page_of(holder) in response.text
    assert "都不是，继续登记" not in response.text
    response = desk.post(REGISTER, filled(name="章晓敏", not_these=str(holder.pk)))
    assert codes(response) == {"id_number": ["taken"]}
    assert Villager.objects.count() == 1


def test_registering_again_who_moved_away_takes_that_back(desk, hall):
    desk.post(REGISTER, filled())
    holder = Villager.objects.get()
    Villager.objects.update(moved_away_on=date(2026, 11, 1))
    assert "这个身份证号已经登记过了" in desk.post(REGISTER, filled(name="章晓敏")).text
    response = desk.post(REGISTER, filled(), follow=True)
    assert response.redirect_chain == [(page_of(holder), 302)]
    assert "现在记作又回来了" in response.text
    assert Villager.objects.get().moved_away_on is None


def test_registering_names_the_visit_being_served(desk, hall, user):
    visit = visits.arrive(hall=hall, by=user, label="一位大爷")
    visits.serve(visit=visit, by=user)
    desk.post(REGISTER, filled())
    assert Visit.objects.get().villager == Villager.objects.get()


def test_a_half_filled_page_comes_back(desk, hall, user):
    visit = visits.arrive(hall=hall, by=user, label="一位大爷")
    visits.serve(visit=visit, by=user)
    typed = filled(name="李阿", **{"contacts-1-number": "1390000"}) | {"draft_url": REGISTER}
    desk.post(reverse("auditorium:put_aside_form"), typed)
    visits.resume(visit=visit, by=user)
    text = desk.get(REGISTER, {"resume": visit.pk}).text
    assert 'value="李阿"' in text
    assert 'value="1390000"' in text


# Known at another hall


@pytest.fixture
def elsewhere():
    return villagers.register(
        details=VillagerDetails(name="周素芬", identity_kind="resident_id_seen", id_number=NUMBER, group="7组"),
        contacts=[ContactDetails(number="13800000021")],
        hall=HallFactory(name="后仓村文化礼堂"),
        by=None,
    )


def test_registering_somebody_known_elsewhere_offers_the_link_and_tells_nothing(desk, elsewhere):
    response = desk.post(REGISTER, filled(name="周素芳"))
    assert "已在别的礼堂登记" in response.text
    for secret in ("周素芬", "7组", "后仓村", "138****0021"):
        assert secret not in response.text
    assert Villager.objects.count() == 1


def test_linking_who_moved_away_takes_that_back(desk, elsewhere):
    Villager.objects.update(moved_away_on=date(2026, 11, 1))
    assert "已在别的礼堂登记" in desk.post(REGISTER, filled(name="周素芬")).text
    assert desk.post(LINK, {"id_number": NUMBER, "name": "周素芬"}).url == page_of(elsewhere)
    assert Villager.objects.get().moved_away_on is None


def test_number_and_name_link_somebody(desk, user, elsewhere):
    response = desk.post(LINK, {"id_number": NUMBER, "name": "周素芳"})
    assert "对不上" in response.text
    assert desk.get(page_of(elsewhere)).status_code == 404
    assert desk.post(LINK, {"id_number": NUMBER, "name": "周素芬"}).url == page_of(elsewhere)
    assert desk.get(page_of(elsewhere)).status_code == 200
    actions = AuditEntry.objects.filter(actor=user).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["link_refused", "linked"]


def test_guessing_ends(desk, elsewhere):
    for _ in range(10):
        desk.post(LINK, {"id_number": NUMBER, "name": "李四"})
    response = desk.post(LINK, {"id_number": NUMBER, "name": "周素芬"})
    assert "试错太多次" in response.text
    assert desk.get(page_of(elsewhere)).status_code == 404


# One villager


def test_the_page_tells_everything(desk, hall, user):
    villager = known(
        hall, phone="+8613800000021", hard_of_hearing=True, address="21号", identity_kind="resident_id_seen"
    )
    visits.arrive(hall=hall, by=user, villager=villager, matters=[MatterKind.BOOKING])
    FollowUpFactory(hall=hall, villager=villager)
    text = desk.get(page_of(villager)).text
    for shown in (
        "听不见",
        "138****0021",
        "21号",
        "预约挂号",
        "登记已约好的号",
        "待办：打电话",
        "办事",
        "骨科",
        "再约一次",
    ):
        assert shown in text
    assert "13800000021" not in text


@pytest.mark.parametrize("entries", [1, 3])
def test_the_page_asks_the_same_number_of_questions(desk, hall, user, entries, django_assert_num_queries):
    villager = known(hall, birth_date=date(1954, 3, 12))
    for n in range(entries):
        ContactFactory(villager=villager, order=n)
        FollowUpFactory(hall=hall, villager=villager, about_kind="booking", about_id=n)
        visit = visits.arrive(hall=hall, by=user, villager=villager, matters=[MatterKind.BOOKING])
        visits.finish(visit=visit, by=user)
    with django_assert_num_queries(21):
        desk.get(page_of(villager))


def test_a_long_life_has_pages(desk, villager, monkeypatch):
    past = [Entry(at=MONDAY_9 - timedelta(days=day), title=f"第{day}件") for day in range(1, 61)]
    monkeypatch.setattr(Booking, "timeline", lambda self, villager, user: past)
    first, second = (desk.get(page_of(villager), {"page": page}).text for page in (1, 2))
    assert ("第1件" in first, "第60件" in first) == (True, False)
    assert ("第1件<" in second, "第60件" in second) == (False, True)


@pytest.mark.parametrize(
    "name",
    ["villager", "villager_edit", "contacts_edit", "consents_edit", "villager_full", "villager_death", "villager_move"],
)
def test_out_of_scope_is_not_there(desk, name):
    stranger = known(HallFactory())
    assert desk.get(page_of(stranger, name)).status_code == 404
    if name != "villager":
        assert desk.post(page_of(stranger, name), {"back": "1"}).status_code == 404


@pytest.mark.parametrize("path", [DESK, FIND, REGISTER, LINK, "/people/1/", "/people/1/full"])
def test_nobody_gets_in_without_logging_in(client, path):
    assert client.get(path).url.startswith(reverse("login"))
    assert client.post(path).url.startswith(reverse("login"))


def test_whole_numbers_need_the_permission_and_leave_a_trace(desk, hall, user):
    desk.post(REGISTER, filled(**{"contacts-0-number": "13800000021"}))
    villager = Villager.objects.get()
    assert "显示完整号码" not in desk.get(page_of(villager)).text
    assert desk.post(page_of(villager, "villager_full")).status_code == 403

    user.user_permissions.add(Permission.objects.get(codename="view_full_identity"))
    assert NUMBER not in desk.get(page_of(villager)).text
    assert desk.get(page_of(villager, "villager_full")).url == page_of(villager)
    assert not AuditEntry.objects.filter(action="viewed_identity").exists()
    response = desk.post(page_of(villager, "villager_full"))
    assert NUMBER in response.text
    assert "138 0000 0021" in response.text
    assert "no-store" in response["Cache-Control"]
    entry = AuditEntry.objects.get(action="viewed_identity")
    assert (entry.actor, entry.villager_id, entry.at) == (user, villager.pk, MONDAY_9)


def test_edit_shows_no_number_and_keeps_it(desk):
    desk.post(REGISTER, filled())
    villager = Villager.objects.get()
    response = desk.get(page_of(villager, "villager_edit"))
    assert NUMBER not in response.text
    assert f"现在的尾号是 {NUMBER[-4:]}" in response.text
    changed = filled(id_number="", group="4组", sex="male", birth_date="1954-03-12", needs=["low_vision"])
    assert desk.post(page_of(villager, "villager_edit"), changed).url == page_of(villager)
    villager.refresh_from_db()
    assert (villager.id_number, villager.group, villager.needs) == (NUMBER, "4组", ["看不清"])


def test_edit_says_when_the_number_is_somebody_elses(desk, villager):
    desk.post(REGISTER, filled(not_these=str(villager.pk)))
    response = desk.post(page_of(villager, "villager_edit"), filled())
    assert [error.code for error in response.context["form"].errors.as_data()["id_number"]] == ["taken"]


def contact_data(*rows, known=0):
    data = {"contacts-TOTAL_FORMS": len(rows), "contacts-INITIAL_FORMS": known}
    for place, row in enumerate(rows):
        usual = {"pk": "", "number": "", "relation": "self", "name": "", "reach": "text", "order": place + 1}
        data |= {f"contacts-{place}-{field}": value for field, value in (usual | row).items()}
    return data


def test_contacts_change_without_showing_numbers(desk, hall):
    villager = known(hall, phone="+8613800000021")
    own = villager.contacts.get()
    response = desk.get(page_of(villager, "contacts_edit"))
    assert "138****0021" in response.text
    assert "13800000021" not in response.text

    daughter = {"number": "13900008870", "relation": "daughter", "name": "张丽", "order": 1}
    data = contact_data({"pk": own.pk, "reach": "call", "order": 2}, daughter, known=1)
    assert desk.post(page_of(villager, "contacts_edit"), data).url == page_of(villager)
    assert list(villager.contacts.in_order().values_list("relation", "reach")) == [
        ("daughter", "text"),
        ("self", "call"),
    ]

    data = contact_data(
        {"pk": villager.contacts.first().pk, "relation": "daughter"}, {"pk": own.pk, "DELETE": "on"}, {}, known=2
    )
    desk.post(page_of(villager, "contacts_edit"), data)
    assert villager.contacts.get().relation == "daughter"
    assert Phone.objects.count() == 2


def test_contacts_a_colleague_added_meanwhile_stay(desk, hall):
    villager = known(hall, phone="+8613800000021")
    own = villager.contacts.get()
    data = contact_data({"pk": own.pk, "relation": "self", "reach": "call"}, {}, known=1)
    added = ContactFactory(villager=villager, relation="daughter", name="张丽", order=1)
    own.order = 2
    own.save()
    assert desk.post(page_of(villager, "contacts_edit"), data).url == page_of(villager)
    assert set(villager.contacts.values_list("pk", "reach")) == {(own.pk, "call"), (added.pk, added.reach)}


def test_contacts_say_what_is_wrong(desk, hall):
    villager = known(hall, phone="+8613800000021")
    own = villager.contacts.get()
    data = contact_data({"pk": own.pk}, {"number": "13800000021", "relation": "son"}, known=1)
    response = desk.post(page_of(villager, "contacts_edit"), data)
    assert "同一个号码填了两次" in response.text
    assert villager.contacts.get() == own


def test_consent_is_withdrawn_on_its_page(desk, hall, user):
    desk.post(REGISTER, filled(purposes=["service", "health", "reminders"]))
    villager = Villager.objects.get()
    assert "没有同意短信提醒" not in desk.get(page_of(villager)).text
    data = {"purposes": ["service"], "giver": "villager", "evidence": "spoken"}
    desk.post(page_of(villager, "consents_edit"), data)
    assert list(villager.consents.in_force().values_list("purpose", flat=True)) == ["service"]
    assert "还没有记下同意代办看病预约" in desk.get(page_of(villager)).text


NOT_RESTORED = "排着的候补、等放号的号已经取消，还要的请重新登记。"


def test_death_ends_what_is_offered(desk, hall):
    villager = known(hall, phone="+8613800000021")
    response = desk.post(page_of(villager, "villager_death"), {"died_on": "2026-11-24"})
    assert response.context["form"].errors.as_data()["died_on"][0].code == "future"
    response = desk.post(page_of(villager, "villager_death"), {"died_on": "2026-11-20"}, follow=True)
    assert "已于11月20日 周五去世" in response.text
    assert "预约挂号" not in response.text
    assert NOT_RESTORED in desk.get(page_of(villager, "villager_death")).text
    desk.post(page_of(villager, "villager_death"), {"back": "1"})
    assert NOT_RESTORED not in desk.get(page_of(villager, "villager_death")).text
    villager.refresh_from_db()
    assert villager.died_on is None


def test_moving_away_ends_what_is_offered_until_they_are_back(desk, hall):
    villager = known(hall, phone="+8613800000021")
    assert page_of(villager, "villager_move") in desk.get(page_of(villager)).text
    response = desk.post(page_of(villager, "villager_move"), {"moved_away_on": "2026-11-24"})
    assert response.context["form"].errors.as_data()["moved_away_on"][0].code == "future"
    response = desk.post(page_of(villager, "villager_move"), {"moved_away_on": "2026-11-20"}, follow=True)
    assert "已于11月20日 周五搬走" in response.text
    assert ("搬走日期", "2026年11月20日") in response.context["facts"]
    assert "预约挂号" not in response.text
    again = desk.get(page_of(villager, "villager_move")).text
    assert ('value="2026-11-20"' in again, NOT_RESTORED in again) == (True, True)
    response = desk.post(page_of(villager, "villager_move"), {"back": "1"}, follow=True)
    assert NOT_RESTORED not in desk.get(page_of(villager, "villager_move")).text
    assert ("预约挂号" in response.text, "搬走日期" in response.text) == (True, False)
    villager.refresh_from_db()
    assert villager.moved_away_on is None


def test_no_address_and_no_log_tells_who(desk, hall, caplog):
    caplog.set_level(logging.DEBUG)
    answers = [
        desk.post(FIND, {"q": "张小明"}),
        desk.post(FIND, {"q": "13800000021"}, headers=HTMX),
        desk.post(REGISTER, {"searched": "张小明"}),
        desk.post(REGISTER, filled(group="", **{"contacts-0-number": "13800000021"})),
        desk.post(LINK, {"id_number": NUMBER, "name": "李四"}),
        desk.get(page_of(Villager.objects.get())),
        desk.get(page_of(Villager.objects.get(), "contacts_edit")),
    ]
    addresses = " ".join(
        f"{answer.wsgi_request.get_full_path()} {answer.headers.get('Location', '')}" for answer in answers
    )
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")
    for secret in ("张小明", "%E5%BC%A0", NUMBER, NUMBER.lower(), "13800000021"):
        assert secret not in addresses
        assert secret not in logged
