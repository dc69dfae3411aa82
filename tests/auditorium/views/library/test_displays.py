"""The screen's page gets only what its hall's desk sends; the desk's page pairs it and presses its buttons."""

import io
import re

import pytest
from django.contrib import messages as django_messages
from django.test import Client, override_settings
from django.urls import reverse
from PIL import Image

from auditorium.domain import hall_network
from auditorium.domain.library import displays, files
from auditorium.models import Display, Resource
from config.settings import network
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


def page(screen, on=0):
    """What stands on it, so many leaves on."""
    for _turn in range(on):
        displays.turn(display=Display.objects.get(), by=1)
    return screen.get(url("screen"), follow=True).content.decode()


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


@pytest.fixture
def book():
    """A chapter of two leaves with a picture, and another chapter."""
    resource = ResourceFactory(kind="book", title="三字经")
    told = {"一": f'<p>{"人之初，性本善。" * 40}</p><p><img src="p.png" alt="学堂"/></p>', "二": "<p>完</p>"}
    content = media.epub(told, more={"OEBPS/p.png": media.PNG, "OEBPS/other.css": "p {}"})
    ResourceFileFactory(resource=resource, file=files.store(io.BytesIO(content)))
    return resource


def test_book_is_turned_leaf_by_leaf_and_to_a_chapter(desk, paired, screen, book):
    desk.post(url("display_send", paired.pk, book.pk))
    assert ("人之初" in page(screen), "第 1 页，共 3 页" in page(screen)) == (True, True)
    state = screen.get(url("screen_state")).json()
    desk.post(url("display_tell", paired.pk), {"do": "on"})
    assert screen.get(url("screen_state")).json()["piece"] != state["piece"]
    desk.post(url("display_tell", paired.pk), {"do": "on"})
    picture = re.search(r'<img src="(/display/picture/[^"]+)" alt="学堂">', page(screen))[1]
    sent = screen.get(picture)
    assert (sent.content, sent.headers["Content-Type"]) == (media.PNG, "image/png")
    desk.post(url("display_tell", paired.pk), {"do": "chapter", "chapter": "1"})
    assert "<p>完</p>" in page(screen)
    desk.post(url("display_tell", paired.pk), {"do": "back"})
    assert "学堂" in page(screen)
    desk.post(url("display_tell", paired.pk), {"do": "stop"})
    assert screen.get(picture).status_code == 404


def test_nothing_but_pictures_of_the_open_book_is_sent(desk, paired, screen, book, opera, monkeypatch):
    desk.post(url("display_send", paired.pk, book.pk))
    for path in ("OEBPS/other.css", "OEBPS/c0.xhtml", "OEBPS/none.png", "../p.png"):
        assert screen.get(url("screen_picture", "1", path)).status_code == 404
    desk.post(url("display_send", paired.pk, opera.pk))
    monkeypatch.setattr("auditorium.domain.library.pages.opened", None)  # no film is read as if it were a book
    assert screen.get(url("screen_picture", "1", "OEBPS/p.png")).status_code == 404


def test_pdf_is_drawn_for_the_screen(desk, paired, screen):
    resource = ResourceFactory(kind="article")
    content = media.pdf((300, 400), (400, 300))
    ResourceFileFactory(resource=resource, file=files.store(io.BytesIO(content)))
    desk.post(url("display_send", paired.pk, resource.pk))
    sizes, colours = [], []
    for _leaf in range(3):
        picture = re.search(r'<img src="([^"]+)"', page(screen))[1]
        drawn = Image.open(io.BytesIO(screen.get(picture).content)).convert("RGB")
        sizes.append(drawn.width)
        colours.append("red" if drawn.getpixel((9, 9))[0] > 128 else "blue")
        desk.post(url("display_tell", paired.pk), {"do": "on"})
    assert (sizes, colours) == ([1600, 1600, 1600], ["red", "red", "red"])
    assert Display.objects.get().use is None
    for path in ("9/0", "0/7", "x"):
        assert screen.get(url("screen_picture", "1", path)).status_code == 404


def test_film_has_its_captions(desk, paired, screen):
    film = ResourceFactory(kind="video")
    ResourceFileFactory(resource=film, file=files.store(io.BytesIO(media.MP4)))
    desk.post(url("display_send", paired.pk, film.pk))
    assert ("<track" in page(screen), screen.get(url("screen_captions")).status_code) == (False, 404)
    ResourceFileFactory(resource=film, role="captions", file=files.store(io.BytesIO(media.VTT)))
    assert "<track" in page(screen)
    sent = screen.get(url("screen_captions"))
    assert b"".join(sent.streaming_content) == media.VTT
    assert sent.headers["Content-Type"] == "text/vtt; charset=utf-8"


def test_desk_says_where_a_playlist_and_a_book_are(desk, paired, opera, book):
    desk.post(url("display_send", paired.pk, opera.pk))
    desk.post(url("display_tell", paired.pk), {"do": "next"})
    assert "第 2 个，共 2 个" in desk.get(url("displays")).content.decode()
    desk.post(url("display_send", paired.pk, book.pk))
    shown = desk.get(url("displays")).content.decode()
    assert [word in shown for word in ("正在看", "第 1 页，共 3 页", "下一页", "下一个")] == [True, True, True, False]


def test_desk_says_where_tablets_find_the_page_and_what_to_do_where_they_cannot(desk, settings, monkeypatch):
    settings.PHONES_ORIGIN = ""
    assert "请管理员先打开礼堂网络（设置 HALL_NETWORK" in desk.get(url("displays")).content.decode()
    settings.PHONES_ORIGIN = "http://192.168.1.20:8001"
    assert "http://192.168.1.20:8001/display/" in desk.get(url("displays")).content.decode()
    settings.PHONES_ORIGIN = "http://auto:8001"
    monkeypatch.setattr(hall_network, "_own_address", lambda: "")
    assert "没有连上礼堂的网络" in desk.get(url("displays")).content.decode()


def test_tablet_on_the_halls_network_is_paired_and_shows_what_the_desk_sends(desk, screen, hall, book, opera):
    def on_the_network():
        return override_settings(ROOT_URLCONF=network.ROOT_URLCONF, MIDDLEWARE=network.MIDDLEWARE)

    with on_the_network():
        assert screen.post("/display/begin").url == "/display/"
        assert Display.objects.get().code in page(screen).replace(" ", "")
    desk.post(url("displays"), {"code": Display.objects.get().code, "name": "平板"})
    with on_the_network():
        assert hall.name in page(screen)  # its board
    desk.post(url("display_send", Display.objects.get().pk, book.pk))
    with on_the_network():
        picture = re.search(r'"(/display/picture/[^"]+)"', page(screen, on=2))[1]
        assert screen.get(picture).content == media.PNG
        assert screen.get("/display/state").json()["playing"] is False
    desk.post(url("display_send", Display.objects.get().pk, opera.pk))
    with on_the_network():
        assert b"".join(screen.get("/display/sound").streaming_content) == media.mp3()
        assert screen.post("/display/tell", {}).status_code == 204
        assert screen.get("/library/displays/").status_code == 404


def test_button_leads_back_to_the_resource_that_waits(desk, paired, opera):
    answer = desk.post(url("display_tell", paired.pk), {"do": "pause", "resource": str(opera.pk)})
    assert answer.url == f"{url('displays')}?resource={opera.pk}"
    assert desk.post(url("display_tell", paired.pk), {"do": "pause", "resource": "//x"}).url == url("displays")


def test_screen_without_scripts_looks_again_by_itself_except_while_something_plays(desk, paired, screen, opera, book):
    seen = {"nothing": 'http-equiv="refresh"' in page(screen)}
    for name, resource in (("book", book), ("opera", opera)):
        desk.post(url("display_send", paired.pk, resource.pk))
        seen[name] = 'http-equiv="refresh"' in page(screen)
    assert seen == {"nothing": True, "book": True, "opera": False}
    piece = screen.get(url("screen_state")).json()["piece"]
    assert screen.post(url("screen_tell"), {"ended": piece, "go": ""}).url == url("screen")
    assert Display.objects.get().part.order == 2


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


def test_screen_in_the_desks_own_browser_shows_nothing_of_a_person(desk, hall, opera, book):
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
    desk.post(url("display_send", Display.objects.get().pk, book.pk))
    answers = [desk.get(url(name)) for name in ("screen", "screen_state")]
    answers += [desk.post(url("screen_tell")), desk.get(re.search(r'"(/display/picture/[^"]+)"', page(desk, on=2))[1])]
    told = [f"{answer.headers}{answer.content.decode(errors='replace')}" for answer in answers]
    assert [word for word in ("王月珍", "何晓燕", user.username) if any(word in one for one in told)] == []
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
        with django_assert_num_queries(12):
            shown = desk.get(url("displays")).content.decode()
        assert [word in shown for word in ("偌好", lesson.title, "停一停", name)] == [True] * 4
