"""The whole job, as one morning at the desk: real browser, real web server, real Celery worker, real broker.

Log in, find by initials, book by keyboard, print the slip, see the text arrive, cancel, see the rest silenced. Then
write down a booking somebody's son made on his phone, and see the neighbour's phone get the discreet text.
"""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from appointments.models import Appointment
from auditorium import clock
from auditorium.enums import MessageAudience, MessageState, ReminderPurpose, ReminderState
from auditorium.models import Contact, Message, Reminder, Villager
from tests.browser.accessibility import assert_accessible
from tests.site import Site
from tests.waiting import wait_until

ACTIONS_ALLOWED = 6
APPOINTMENT = re.compile(r"/appointments/([0-9A-Z]{8})/$")
SENT = (MessageState.SENT, MessageState.DELIVERED)


def texts_about(reference: str) -> list[Message]:
    """The texts that answer what is owed about a booking, oldest first."""
    appointment = Appointment.objects.get(reference=reference)
    reminders = Reminder.objects.about("appointment", appointment.pk)
    return list(Message.objects.filter(reminders__in=reminders).distinct().order_by("pk"))


def owed(reference: str) -> dict[str, str]:
    """Purpose and state of everything owed about a booking."""
    appointment = Appointment.objects.get(reference=reference)
    return dict(Reminder.objects.about("appointment", appointment.pk).values_list("purpose", "state"))


def reference_of(page: Page) -> str:
    """The reference in the address of a booking's page."""
    found = APPOINTMENT.search(page.url)
    assert found, page.url
    return found.group(1)


def book_by_keyboard(page: Page) -> int:
    """From the desk to a confirmed booking by typing and pressing Enter; return how many actions it took."""
    page.goto("/")
    page.keyboard.type("zxm")
    actions = 1
    expect(page.locator("[data-results-for=zxm]")).to_contain_text("张小明")
    for address in (r"/book/\d+/$", r"/departments/\d+/", r"/slots/\d+/", r"/appointments/[0-9A-Z]{8}/$"):
        page.keyboard.press("Enter")
        actions += 1
        expect(page).to_have_url(re.compile(address))
        expect(page.locator("main a:focus, main button:focus, main input:focus")).to_be_visible()
    return actions


@pytest.fixture
def desk(logged_in: Callable[..., Page]) -> Page:
    """The desk of the demo's first hall."""
    return logged_in("desk")


def test_a_known_villager_is_booked_told_and_called_off(desk: Page, site: Site):
    assert book_by_keyboard(desk) <= ACTIONS_ALLOWED
    reference = reference_of(desk)
    expect(desk.locator("h1")).to_contain_text("约好了")
    assert_accessible(desk)

    desk.get_by_role("link", name="打印预约单").click()
    expect(desk.locator(".sheet-name").first).to_contain_text("张小明")
    assert_accessible(desk)

    with site.orm():
        sent = wait_until(lambda: [text for text in texts_about(reference) if text.state in SENT])
        assert "张小明" in sent[0].body
        assert sent[0].audience == MessageAudience.OWN
    desk.goto("/demo/phone/")
    expect(desk.locator("main")).to_contain_text(sent[0].body.split("】")[1][:12])

    desk.goto(f"/appointments/{reference}/cancel")
    desk.get_by_role("button", name="取消").click()
    expect(desk.locator("main")).to_contain_text("已取消")
    with site.orm():
        still_owed = {purpose for purpose, state in owed(reference).items() if state == ReminderState.PLANNED}
        assert still_owed <= {ReminderPurpose.CANCELLED}
        wait_until(lambda: owed(reference).get(ReminderPurpose.CANCELLED) == ReminderState.TOLD)
        assert [text.state for text in texts_about(reference) if text.state not in SENT] == []


def test_a_pasted_booking_reaches_the_neighbours_phone_discreetly_until_cancelled(desk: Page, site: Site):
    with site.orm():
        neighbours = Contact.objects.filter(relation="neighbour", order=1).values("villager")
        villager = Villager.objects.filter(pk__in=neighbours, registered_at__name__startswith="宝善桥").first()
        assert villager is not None
        day = clock.today() + timedelta(days=6)
    desk.goto(f"/people/{villager.pk}/")
    desk.get_by_role("link", name="登记已约好的号").first.click()
    desk.locator("[name=text]").fill(
        f"【浙里办】{villager.name}您好，您已成功预约绍兴市人民医院泌尿外科王国强医生{day:%Y-%m-%d} "
        "上午09:00-09:30的号，就诊序号12，取号密码445566。"
    )
    desk.get_by_role("button", name="读出来").click()
    expect(desk.locator("[name=hospital]")).to_have_value("绍兴市人民医院")
    expect(desk.locator("[name=department]")).to_have_value("泌尿外科")
    expect(desk.locator("[name=date]")).to_have_value(str(day))
    expect(desk.locator("[name=time]")).to_have_value("09:00")
    assert_accessible(desk)
    desk.get_by_role("button", name="登记这个号").last.click()
    desk.wait_for_url(APPOINTMENT)
    reference = reference_of(desk)

    with site.orm():
        sent = wait_until(lambda: [text for text in texts_about(reference) if text.state in SENT])
        assert sent[0].audience == MessageAudience.DISCREET
        assert villager.name in sent[0].body
        assert "泌尿" not in sent[0].body
        assert "绍兴市人民医院" not in sent[0].body
        assert {ReminderPurpose.THREE_DAYS, ReminderPurpose.ONE_DAY} <= owed(reference).keys()

    desk.goto(f"/appointments/{reference}/cancel")
    desk.get_by_label("原来的平台已经取消了").check()
    desk.get_by_role("button", name="取消").click()
    expect(desk.locator("main")).to_contain_text("已取消")
    with site.orm():
        states = owed(reference)
        assert (states[ReminderPurpose.THREE_DAYS], states[ReminderPurpose.ONE_DAY]) == ("cancelled", "cancelled")
