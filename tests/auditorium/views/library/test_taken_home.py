"""带回家: a code at the desk, and what a phone without a login may do with it and may not."""

import io
import logging
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.storage import InMemoryStorage
from django.test import Client
from django.urls import reverse

from auditorium.domain import visits
from auditorium.domain.library import grants, publishing
from auditorium.domain.library.files import store
from auditorium.library_enums import FileRole, Licence, ResourceKind
from auditorium.models import ReadingPlace, Resource, ResourceGrant, ResourceUse
from config.secret_addresses import SecretAddresses
from tests import media
from tests.factories import (
    HallFactory,
    PhraseFactory,
    ResourceFactory,
    ResourceFileFactory,
    SpeakerFactory,
    VillagerFactory,
    desk_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library_folder")]

ORIGIN = "http://192.168.1.20:8001"
SOUND = media.mp3(frames=30)
CHAPTERS = {"序": "<p>" + "一" * 300 + "</p>", "学而": "<p>" + "二" * 300 + "</p>"}


@pytest.fixture(autouse=True)
def open_network(settings):
    settings.PHONES_ORIGIN = ORIGIN
    cache.clear()


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
def phone():
    return Client()


@pytest.fixture
def served(hall, user):
    villager = VillagerFactory(registered_at=hall, name="陶金土")
    visits.serve(visit=visits.arrive(hall=hall, by=user, villager=villager), by=user)
    return villager


def resource(*contents, kind=ResourceKind.BOOK, **kwargs):
    made = ResourceFactory(kind=kind, **kwargs)
    for order, content in enumerate(contents, 1):
        ResourceFileFactory(resource=made, file=store(io.BytesIO(content)), order=order, title=f"第{order}回")
    return made


def url(name, *args):
    return reverse(f"auditorium:{name}", args=args)


def give(made, hall, user, **kwargs):
    grant, token = grants.give(resource=made, hall=hall, by=user, **kwargs)
    return grant, url("phone_begin", token)


def opened(phone, address):
    response = phone.post(f"{address}open")
    assert response.status_code == 302
    return phone.get(response.headers["Location"])


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


# ---- at the desk


def test_desk_shows_a_code_once_and_lists_what_still_opens(desk, served, hall):
    made = resource(media.epub(CHAPTERS))
    page = f"{url('taken_home')}?resource={made.pk}"
    assert url("taken_home") in desk.get(url("resource", made.pk)).content.decode()
    assert 'value="24"' in desk.get(page).content.decode()
    shown = desk.post(page, {"hours": "2", "whom": "villager"})
    address = shown.context["address"]
    assert re.fullmatch(rf"{ORIGIN}/take/(?:[2-9a-z]{{5}}-?){{4}}/", address)
    assert "<svg" in shown.content.decode()
    grant = ResourceGrant.objects.get()
    assert (grant.villager, grant.ends_at - grant.made_at) == (served, timedelta(hours=2))
    again = desk.get(page).content.decode()
    assert address not in again
    assert "陶金土" in again


def test_code_is_given_without_a_name_to_whoever_is_nobodys_turn(desk):
    made = resource(SOUND, kind=ResourceKind.AUDIO)
    desk.post(f"{url('taken_home')}?resource={made.pk}", {"hours": "24", "whom": "nobody"})
    assert ResourceGrant.objects.get().villager is None


@pytest.mark.parametrize("sent", [{}, {"hours": "5", "whom": "nobody"}, {"hours": "24", "whom": "villager"}])
def test_form_that_says_something_else_gives_nothing(desk, sent):
    made = resource(SOUND, kind=ResourceKind.AUDIO)
    assert desk.post(f"{url('taken_home')}?resource={made.pk}", sent).context["form"].errors
    assert not ResourceGrant.objects.exists()


def test_desk_says_why_there_is_no_code_while_phones_are_not_served(desk, settings):
    settings.PHONES_ORIGIN = ""
    made = resource(SOUND, kind=ResourceKind.AUDIO)
    page = f"{url('taken_home')}?resource={made.pk}"
    for response in (desk.get(page), desk.post(page, {"hours": "24", "whom": "nobody"})):
        assert "还没有打开给手机用的网络" in response.content.decode()
        assert "<svg" not in response.content.decode()
    assert not ResourceGrant.objects.exists()


def test_what_cannot_be_taken_home_has_no_page_and_no_link(desk):
    course = ResourceFactory(kind=ResourceKind.COURSE)
    assert desk.get(f"{url('taken_home')}?resource={course.pk}").status_code == 404
    assert url("taken_home") not in desk.get(url("resource", course.pk)).content.decode()


def test_desk_takes_a_code_back(desk, phone, hall, user):
    grant, address = give(resource(SOUND, kind=ResourceKind.AUDIO), hall, user)
    assert phone.get(address).status_code == 200
    response = desk.post(url("grant_revoke", grant.pk), follow=True)
    assert "收回了，那个二维码打不开了。" in response.content.decode()
    assert phone.get(address).status_code == 410


def test_another_hall_takes_nothing_back(client, hall, user):
    grant, _address = give(resource(SOUND, kind=ResourceKind.AUDIO), hall, user)
    client.force_login(desk_user(HallFactory()))
    assert client.post(url("grant_revoke", grant.pk)).status_code == 404
    assert ResourceGrant.objects.live().get() == grant


def test_page_costs_the_same_with_one_code_and_with_many(desk, hall, user, django_assert_num_queries):
    give(resource(SOUND, kind=ResourceKind.AUDIO), hall, user)
    desk.get(url("taken_home"))
    for extra in (0, 4):
        for _each in range(extra):
            give(resource(SOUND, kind=ResourceKind.AUDIO), hall, user, villager=VillagerFactory(registered_at=hall))
        with django_assert_num_queries(11):
            desk.get(url("taken_home"))


# ---- on the phone


def test_phone_reads_a_book_page_by_page_and_it_counts(phone, hall, user):
    made = resource(media.epub(CHAPTERS))
    _grant, address = give(made, hall, user)
    begin = phone.get(address)
    assert (begin.status_code, made.title in begin.content.decode()) == (200, True)
    assert not ResourceUse.objects.exists()
    page = opened(phone, address)
    assert "一一一" in page.content.decode()
    use = ResourceUse.objects.get()
    after = page.context["after"].go
    turned = phone.post(f"{address}use/{use.uid}/progress", {"go": after}, follow=True)
    assert "二二二" in turned.content.decode()
    done = phone.post(f"{address}use/{use.uid}/progress", {"end": "", "position": "1000"})
    assert done.headers["Location"] == address
    use.refresh_from_db()
    assert (use.place, use.villager, use.completed_at is not None) == ("taken_home", None, True)


def test_phone_goes_on_where_the_villager_left_off_and_says_no_name(phone, hall, user, served):
    made = resource(media.epub(CHAPTERS))
    _grant, address = give(made, hall, user, villager=served)
    first = opened(phone, address)
    use = ResourceUse.objects.get()
    phone.post(f"{address}use/{use.uid}/progress", {"go": first.context["after"].go})
    assert ReadingPlace.objects.get(villager=served).locator["n"] == 1
    again = opened(phone, address)
    for page in (phone.get(address), first, again):
        assert "陶金土" not in page.content.decode()
    assert "二二二" in again.content.decode()


def test_phone_plays_sound_in_parts_and_saves_it(phone, hall, user):
    made = resource(SOUND, SOUND + b"\0", kind=ResourceKind.OPERA)
    _grant, address = give(made, hall, user)
    page = opened(phone, address).content.decode()
    row = made.files.first()
    assert f'src="{address}files/{row.pk}/"' in page
    part = phone.get(f"{address}files/{row.pk}/", headers={"range": "bytes=0-9"})
    assert (part.status_code, body(part)) == (206, SOUND[:10])
    saved = phone.get(f"{address}files/{row.pk}/?download=1")
    assert (body(saved), "attachment" in saved.headers["Content-Disposition"]) == (SOUND, True)
    behind = phone.get(f"{address}files/{row.pk}/", headers={"range": f"bytes={len(SOUND)}-"})
    assert (behind.status_code, behind.headers["Content-Range"]) == (416, f"bytes */{len(SOUND)}")


def test_phone_opens_a_pdf_and_a_picture_of_a_book(phone, hall, user):
    _grant, address = give(resource(media.PDF), hall, user)
    assert "iframe" in opened(phone, address).content.decode()
    made = resource(media.epub({"一": '<p>图<img src="p.png"/></p>'}, more={"OEBPS/p.png": media.PNG}))
    _grant, address = give(made, hall, user)
    page = opened(phone, address).content.decode()
    picture = phone.get(re.search(r'src="([^"]+/in/[^"]+)"', page)[1])
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/png")


def test_phone_hears_a_lesson_but_saves_no_voice(phone, hall, user):
    lesson = ResourceFactory(kind=ResourceKind.LESSON)
    heard = PhraseFactory(
        resource=lesson, audio=store(io.BytesIO(SOUND)), speaker=SpeakerFactory(channel=lesson.channel)
    )
    elsewhere = ResourceFactory(kind=ResourceKind.LESSON)
    other = PhraseFactory(resource=elsewhere, audio=heard.audio, speaker=SpeakerFactory(channel=elsewhere.channel))
    _grant, address = give(lesson, hall, user)
    assert f"{address}phrases/{heard.pk}/" in opened(phone, address).content.decode()
    assert body(phone.get(f"{address}phrases/{heard.pk}/")) == SOUND
    assert phone.get(f"{address}phrases/{other.pk}/").status_code == 404
    assert "存到手机里" not in phone.get(address).content.decode()


def test_phone_gets_this_resources_files_and_no_others(phone, hall, user):
    made = resource(SOUND, kind=ResourceKind.AUDIO)
    other = resource(SOUND, kind=ResourceKind.AUDIO)
    ResourceFileFactory(resource=made, role=FileRole.COVER, file=store(io.BytesIO(media.PNG)))
    _grant, address = give(made, hall, user)
    assert body(phone.get(f"{address}cover")) == media.PNG
    assert phone.get(f"{address}files/{other.files.get().pk}/").status_code == 404
    _grant, bare = give(other, hall, user)
    assert phone.get(f"{bare}cover").status_code == 404


def test_what_a_rights_holder_only_lets_be_shown_is_not_saved(phone, hall, user):
    made = resource(media.epub(CHAPTERS), licence=Licence.PERMITTED, rights_holder="小百花越剧团")
    _grant, address = give(made, hall, user)
    assert "存到手机里" not in phone.get(address).content.decode()
    assert "一一一" in opened(phone, address).content.decode()
    assert phone.get(f"{address}files/{made.files.get().pk}/").status_code == 404


def test_phone_gets_no_cookie_and_tells_nobody_the_address(phone, hall, user):
    made = resource(media.epub(CHAPTERS))
    _grant, address = give(made, hall, user)
    for page in (phone.get(address), opened(phone, address), phone.get("/take/nothing/")):
        assert not page.cookies
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "private, no-cache"
        assert "csrfmiddlewaretoken" not in page.content.decode()
    assert not phone.cookies


def test_phone_without_scripts_gets_no_session_of_the_desk(desk, hall, user):
    _grant, address = give(resource(media.epub(CHAPTERS)), hall, user)
    page = desk.get(address).content.decode()
    assert str(user) not in page
    assert url("desk") not in re.findall(r'href="([^"]+)"', page)


def test_use_of_another_grant_is_not_found(phone, hall, user):
    first, second = resource(media.epub(CHAPTERS)), resource(media.epub(CHAPTERS))
    _grant, address = give(first, hall, user)
    _grant, other = give(second, hall, user)
    opened(phone, address)
    use = ResourceUse.objects.get()
    assert phone.get(f"{other}use/{use.uid}/").status_code == 404
    assert phone.post(f"{other}use/{use.uid}/progress", {"position": "500"}).status_code == 404


# ---- what opens nothing


def over(grant, user, how):
    if how == "revoked":
        grants.revoke(grant=grant, by=user)
    elif how == "expired":
        past = grant.made_at - timedelta(days=3)
        ResourceGrant.objects.filter(pk=grant.pk).update(made_at=past, ends_at=past + timedelta(hours=1))
    else:
        publishing.withdraw(resources=Resource.objects.filter(pk=grant.resource_id), by=user)


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("revoked", "礼堂已经收回了这个二维码。还想看，请到礼堂再要一个。"),
        ("expired", "这个二维码过期了。还想看，请到礼堂再要一个。"),
        ("withdrawn", "这份内容已经下架，不能再看了。礼堂里还有别的，欢迎来看。"),
    ],
)
def test_grant_that_is_over_stops_every_address_at_once(phone, hall, user, how, sentence):
    made = resource(media.epub(CHAPTERS))
    grant, address = give(made, hall, user)
    opened(phone, address)
    use = ResourceUse.objects.get()
    over(grant, user, how)
    for beneath in ("", f"use/{use.uid}/", f"files/{made.files.get().pk}/", "cover"):
        response = phone.get(address + beneath)
        assert (response.status_code, sentence in response.content.decode()) == (410, True)
    for posted in ("open", f"use/{use.uid}/progress"):
        assert phone.post(address + posted, {"position": "900"}).status_code == 410
    use.refresh_from_db()
    assert (ResourceUse.objects.count(), use.position) == (1, 0)


def test_unknown_addresses_are_all_answered_alike(phone):
    answers = [phone.get(f"/take/{token}/") for token in ("aaaaa-aaaaa-aaaaa-aaaaa", "x", "%00", "一")]
    assert {(one.status_code, one.content) for one in answers} == {(404, answers[0].content)}
    assert "这个地址打不开。" in answers[0].content.decode()


def test_guessing_is_slowed_down_for_whoever_guesses(phone, hall, user):
    _grant, address = give(resource(SOUND, kind=ResourceKind.AUDIO), hall, user)
    codes = [phone.get(f"/take/guess{n}/").status_code for n in range(32)]
    assert codes == [404] * 30 + [429] * 2
    assert "请过一分钟再试" in phone.get(address).content.decode()
    assert phone.get(address, REMOTE_ADDR="192.168.1.31").status_code == 200


@pytest.mark.parametrize("serving", ["x-accel", "redirect"])
def test_other_ways_of_serving_work_for_phones(phone, hall, user, settings, monkeypatch, serving):
    class Bucket(InMemoryStorage):
        def url(self, name, parameters=None):
            return "https://bucket.example.com/signed"

    made = resource(SOUND, kind=ResourceKind.AUDIO)
    _grant, address = give(made, hall, user)
    settings.LIBRARY_SERVING = serving
    monkeypatch.setattr("auditorium.domain.library.files.storage", Bucket)
    response = phone.get(f"{address}files/{made.files.get().pk}/")
    led = response.headers.get("X-Accel-Redirect") or response.headers["Location"]
    assert led in {"https://bucket.example.com/signed", f"/library-files/{made.files.get().file.path}"}
    assert response.headers["Referrer-Policy"] == "no-referrer"


def test_logs_name_no_token(phone, caplog):
    with caplog.at_level(logging.WARNING, logger="django.request"):
        phone.get("/take/a-secret-nobody-knows/files/1/")
    record = next(record for record in caplog.records if "/take/" in record.getMessage())
    SecretAddresses().filter(record)
    assert record.getMessage() == "Not Found: /take/…/files/1/"
