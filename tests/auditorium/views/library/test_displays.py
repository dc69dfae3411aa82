"""The screen's page gets only what its hall's desk sends; the desk's page pairs it and presses its buttons."""

import io

import pytest
from django.contrib import messages as django_messages
from django.test import Client
from django.urls import reverse

from auditorium.domain.library import files
from auditorium.models import Display, Resource
from tests import media
from tests.factories import (
    HallFactory,
    PhraseFactory,
    ResourceFactory,
    ResourceFileFactory,
    SpeakerFactory,
    VillagerFactory,
    VisitFactory,
    desk_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library_folder")]


def url(name, *args):
    return reverse(f"auditorium:{name}", args=args)


@pytest.fixture
def hall():
    return HallFactory(name="后仓村文化礼堂")


@pytest.fixture
def desk(client, hall):
    client.force_login(desk_user(hall))
    return client


@pytest.fixture
def screen():
    """A browser on the television: nobody is logged in."""
    return Client()


@pytest.fixture
def paired(desk, screen):
    screen.post(url("screen_begin"))
    desk.post(url("displays"), {"code": Display.objects.get().code, "name": "大厅电视"})
    return Display.objects.get()


@pytest.fixture
def opera():
    resource = ResourceFactory(kind="opera", title="越剧选段")
    for order, content in ((1, media.mp3()), (2, media.WAV)):
        ResourceFileFactory(resource=resource, order=order, file=files.store(io.BytesIO(content)))
    return resource


def page(screen):
    return screen.get(url("screen")).content.decode()


def test_screen_begins_with_a_button_and_then_shows_its_code(screen):
    assert "显示配对码" in page(screen)
    assert Display.objects.count() == 0
    cookie = screen.post(url("screen_begin")).cookies["display"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/display/")
    code = Display.objects.get().code
    assert f"{code[:3]} {code[3:]}" in page(screen)


def test_code_typed_at_the_desk_pairs_the_screen(paired, screen, hall):
    assert (paired.hall, paired.name) == (hall, "大厅电视")
    assert "后仓村文化礼堂" in page(screen)


def test_wrong_code_is_said_beside_its_field(desk, screen):
    screen.post(url("screen_begin"))
    wrong = f"{(int(Display.objects.get().code) + 1) % 10**6:06}"
    form = desk.post(url("displays"), {"code": wrong, "name": "大厅电视"}).context["form"]
    assert form.errors["code"][0].startswith("没有屏幕在显示这个配对码。")
    assert desk.post(url("displays"), {"code": "12", "name": "x"}).context["form"].errors["code"] == [
        "配对码是六位数字。"
    ]


def test_what_is_sent_is_on_the_screen_with_the_file_of_its_piece_only(desk, paired, screen, opera):
    assert screen.get(url("screen_sound")).status_code == 404
    desk.post(url("display_send", paired.pk, opera.pk))
    assert "越剧选段" in page(screen)
    assert b"".join(screen.get(url("screen_sound")).streaming_content) == media.mp3()
    desk.post(url("display_tell", paired.pk), {"do": "next"})
    assert b"".join(screen.get(url("screen_sound")).streaming_content) == media.WAV
    part = opera.files.first()
    assert screen.get(url("resource_file", part.pk)).status_code == 302  # to the login


def test_state_is_304_until_something_changes(desk, paired, screen, opera):
    first = screen.get(url("screen_state"))
    assert first.json() == {"piece": "nothing", "playing": False}
    again = screen.get(url("screen_state"), headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    desk.post(url("display_send", paired.pk, opera.pk))
    sent = screen.get(url("screen_state"), headers={"if-none-match": first.headers["ETag"]})
    assert (sent.status_code, sent.json()["playing"]) == (200, True)
    desk.post(url("display_tell", paired.pk), {"do": "pause"})
    paused = screen.get(url("screen_state"), headers={"if-none-match": sent.headers["ETag"]}).json()
    assert paused == {"piece": sent.json()["piece"], "playing": False}


def test_end_of_a_piece_leads_to_the_next_and_is_believed_once(desk, paired, screen, opera):
    desk.post(url("display_send", paired.pk, opera.pk))
    piece = screen.get(url("screen_state")).json()["piece"]
    for _twice in range(2):
        assert screen.post(url("screen_tell"), {"ended": piece}).status_code == 204
    assert Display.objects.get().part.order == 2


def test_screen_in_the_desks_own_browser_shows_nothing_of_a_person(desk, hall, opera):
    villager = VillagerFactory(name="王月珍", registered_at=hall)
    user = desk_user(hall)
    VisitFactory(hall=hall, villager=villager, state="serving", served_by=user)
    desk.force_login(user)
    desk.post(url("screen_begin"))
    desk.post(url("displays"), {"code": Display.objects.get().code, "name": "大厅电视"})
    desk.post(url("display_send", Display.objects.get().pk, opera.pk))
    shown = page(desk)
    assert "越剧选段" in shown
    assert [word for word in ("王月珍", "何晓燕", "屏幕连上了") if word in shown] == []
    assert [str(message) for message in django_messages.get_messages(desk.get(url("displays")).wsgi_request)] == [
        "屏幕连上了。"
    ]


def test_screen_does_not_keep_the_desks_session_alive(desk, settings):
    settings.SESSION_SAVE_EVERY_REQUEST = True
    assert settings.SESSION_COOKIE_NAME in desk.get(url("displays")).cookies
    assert settings.SESSION_COOKIE_NAME not in desk.get(url("screen_state")).cookies


def test_unpaired_screen_begins_anew(desk, paired, screen):
    desk.post(url("display_tell", paired.pk), {"do": "unpair"})
    assert "显示配对码" in page(screen)
    assert screen.get(url("screen_state")).json() == {"piece": "none", "playing": False}
    assert screen.post(url("screen_tell")).status_code == 404


def test_screens_of_other_halls_are_not_found(desk, opera):
    theirs = Display.objects.create(hall=HallFactory(), name="别处", token_hash="0" * 64)
    assert desk.post(url("display_send", theirs.pk, opera.pk)).status_code == 404
    assert desk.post(url("display_tell", theirs.pk), {"do": "stop"}).status_code == 404
    assert "别处" not in desk.get(url("displays")).content.decode()


def test_what_the_hall_may_not_show_is_not_sent(desk, paired, opera):
    Resource.objects.filter(pk=opera.pk).update(state="withdrawn")
    assert desk.post(url("display_send", paired.pk, opera.pk)).status_code == 404


def test_desk_page_offers_the_resource_it_is_opened_for(desk, paired, opera):
    shown = desk.get(url("displays"), {"resource": opera.pk}).content.decode()
    assert url("display_send", paired.pk, opera.pk) in shown
    assert desk.get(url("displays"), {"resource": "x"}).context["resource"] is None


def test_desk_page_says_what_plays_in_as_many_queries_for_two_screens_as_for_one(
    desk, hall, paired, opera, django_assert_num_queries
):
    lesson = ResourceFactory(kind="lesson")
    sound = files.store(io.BytesIO(media.WAV))
    PhraseFactory(resource=lesson, words="偌好", speaker=SpeakerFactory(channel=lesson.channel), audio=sound)
    desk.post(url("display_send", paired.pk, lesson.pk))
    desk.get(url("displays"))
    for name in ("", "戏台边"):
        if name:
            more = Display.objects.create(hall=hall, name=name, token_hash="1" * 64)
            desk.post(url("display_send", more.pk, opera.pk))
            desk.get(url("displays"))
        with django_assert_num_queries(10):
            shown = desk.get(url("displays")).content.decode()
        assert [word in shown for word in ("偌好", lesson.title, "停一停", name)] == [True] * 4
