"""A resource is opened for whoever sits there, goes on where it was left, and works by buttons alone."""

import io

import pytest
from django.urls import reverse

from auditorium.domain import visits
from auditorium.domain.library.files import storage, store
from auditorium.library_enums import FileRole, ResourceKind, ResourceState
from auditorium.models import ReadingPlace, ResourceUse
from tests import media
from tests.factories import HallFactory, ResourceFactory, ResourceFileFactory, VillagerFactory, desk_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library_folder")]

CHAPTERS = {"序": "<p>" + "一" * 300 + "</p>", "学而": "<p>" + "二" * 300 + "</p>", "为政": "<p>三</p>"}


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
def served(hall, user):
    """The villager who sits at the desk."""
    villager = VillagerFactory(registered_at=hall)
    visits.serve(visit=visits.arrive(hall=hall, by=user, villager=villager), by=user)
    return villager


def resource(*contents, kind=ResourceKind.BOOK, **kwargs):
    made = ResourceFactory(kind=kind, **kwargs)
    for order, content in enumerate(contents, 1):
        ResourceFileFactory(resource=made, file=store(io.BytesIO(content)), order=order, title=f"第{order}回")
    return made


def book():
    return resource(media.epub(CHAPTERS))


def url(name, *args):
    return reverse(f"auditorium:{name}", args=args)


def opened(desk, made, **data):
    """Press the big button and follow."""
    response = desk.post(url("resource_open", made.pk), {"whom": "nobody", **data})
    assert response.status_code == 302
    return desk.get(response.headers["Location"])


def go(desk, response, button):
    """Press a button of the opened page."""
    use = response.context["use"]
    return desk.post(url("resource_progress", use.uid), {"go": button}, follow=True)


def test_open_for_the_villager_being_served(desk, served, hall, user):
    response = opened(desk, book(), whom="villager")
    use = ResourceUse.objects.get()
    assert (use.villager, use.hall, use.opened_by, use.people) == (served, hall, user, 1)
    assert f"给{served.name}打开" in response.content.decode()


def test_open_for_a_group_and_for_nobody(desk):
    made = book()
    opened(desk, made, whom="group", people=12)
    opened(desk, made)
    assert list(ResourceUse.objects.order_by("pk").values_list("people", "villager")) == [(12, None), (1, None)]


def test_open_for_a_group_without_a_number_opens_nothing(desk):
    made = book()
    response = desk.post(url("resource_open", made.pk), {"whom": "group"}, follow=True)
    assert response.redirect_chain[-1][0] == url("resource", made.pk)
    assert "请填有几个人。" in response.content.decode()
    assert not ResourceUse.objects.exists()


def test_open_for_a_villager_needs_one_at_the_desk(desk):
    made = book()
    desk.post(url("resource_open", made.pk), {"whom": "villager"})
    assert not ResourceUse.objects.exists()


@pytest.mark.parametrize(
    "hidden",
    [
        {"state": ResourceState.WITHDRAWN},
        {"state": ResourceState.DRAFT},
        {"channel__is_for_all": False},
        {"kind": ResourceKind.PRINTED_BOOK},
    ],
)
def test_open_of_what_the_hall_does_not_show_is_404(desk, hidden):
    made = ResourceFactory(**hidden)
    assert desk.post(url("resource_open", made.pk), {"whom": "nobody"}).status_code == 404


def test_open_by_address_leads_to_the_resource(desk):
    made = book()
    assert desk.get(url("resource_open", made.pk)).headers["Location"] == url("resource", made.pk)


def test_use_of_another_hall_is_404(desk, client):
    use = opened(desk, book()).context["use"]
    client.force_login(desk_user(HallFactory()))
    assert client.get(url("resource_use", use.uid)).status_code == 404
    assert client.post(url("resource_progress", use.uid), {"position": 1}).status_code == 404
    assert client.post(url("reader_theme", use.uid), {"theme": "dark"}).status_code == 404


def test_use_of_what_was_taken_off_the_shelf_is_404(desk):
    made = book()
    use = opened(desk, made).context["use"]
    made.state = ResourceState.WITHDRAWN
    made.save()
    assert desk.get(url("resource_use", use.uid)).status_code == 404


# ---- books


def test_book_is_turned_by_buttons_alone(desk):
    first = opened(desk, book())
    assert (first.context["step"].title, first.context["before"]) == ("序", None)
    assert "一" * 300 in first.content.decode()
    second = go(desk, first, first.context["after"].go)
    assert (second.context["step"].title, second.context["before"].title) == ("学而", "序")
    last = go(desk, second, second.context["after"].go)
    assert (last.context["step"].title, last.context["after"]) == ("为政", None)
    assert ResourceUse.objects.get().position == last.context["step"].position > 500


def test_chapter_in_the_middle_of_a_page_is_reached_from_the_table_of_contents(desk):
    toc = '<nav><ol><li><a href="c0.xhtml#a">学而</a></li><li><a href="c0.xhtml#b">为政</a></li></ol></nav>'
    whole = {"论语": '<h2 id="a">学而</h2><p>一</p><h2 id="b">为政</h2><p>二</p>'}
    response = opened(desk, resource(media.epub(whole, more={"OEBPS/nav.xhtml": media.page(toc)})))
    shown = response.content.decode()
    part = response.context["part"].pk
    assert f'href="{response.request["PATH_INFO"]}?part={part}&amp;n=0#in-b">为政</a>' in shown
    assert '<h2 id="in-b">' in shown


def test_book_is_found_again_where_the_villager_left_it(desk, served):
    made = book()
    go(desk, first := opened(desk, made, whom="villager"), first.context["after"].go)
    desk.post(
        url("resource_progress", first.context["use"].uid),
        {"part": first.context["part"].pk, "n": 1, "share": 640, "position": 400, "seconds": 0},
    )
    again = opened(desk, made, whom="villager")
    assert (again.context["step"].title, again.context["share"]) == ("学而", 640)
    assert "已经翻到上次看到的地方。" in again.content.decode()
    assert opened(desk, made).context["step"].title == "序"


def test_book_read_to_its_end_is_done_and_begins_anew(desk, served):
    made = book()
    last = go(desk, first := opened(desk, made, whom="villager"), first.context["after"].go)
    response = desk.post(url("resource_progress", last.context["use"].uid), {"position": 1000, "end": ""})
    assert response.headers["Location"] == url("resource", made.pk)
    assert ResourceUse.objects.get().completed_at is not None
    assert opened(desk, made, whom="villager").context["step"].title == "序"


def test_book_in_volumes_goes_on_with_the_next(desk):
    first = opened(desk, resource(media.epub({"上": "<p>上</p>"}), media.epub({"下": "<p>下</p>"})))
    assert (first.context["after"], first.context["next_part"].title) == (None, "第2回")
    second = go(desk, first, f"{first.context['next_part'].pk}-0-{first.context['until']}")
    assert (second.context["step"].title, second.context["step"].position) == ("下", 500)


def test_book_that_goes_wrong_says_so(desk):
    made = resource(media.epub(CHAPTERS))
    bad = media.epub(CHAPTERS)[:400]
    stored = made.files.get().file
    with open(storage().path(stored.path), "wb") as file:
        file.write(bad)
    response = desk.post(url("resource_open", made.pk), {"whom": "nobody"}, follow=True)
    assert "这本电子书坏了，打不开。" in response.content.decode()


def test_picture_of_a_book_comes_out_of_it(desk):
    body = {"画": '<p><img src="p.png"/><img src="x.svg"/></p>'}
    response = opened(desk, resource(media.epub(body, more={"OEBPS/p.png": media.PNG, "OEBPS/x.svg": "<svg/>"})))
    use, part = response.context["use"], response.context["part"]
    there = url("resource_picture", use.uid, part.pk, "OEBPS/p.png")
    assert f'src="{there}"' in response.content.decode()
    sent = desk.get(there)
    assert (sent.status_code, sent.headers["Content-Type"], sent.content) == (200, "image/png", media.PNG)
    assert "sandbox" in sent.headers["Content-Security-Policy"]
    for path in ("OEBPS/x.svg", "OEBPS/c0.xhtml", "none.png", "../x"):
        assert desk.get(url("resource_picture", use.uid, part.pk, path)).status_code == 404
    other = ResourceFileFactory()
    assert desk.get(url("resource_picture", use.uid, other.pk, "OEBPS/p.png")).status_code == 404


def test_theme_stays_for_the_session(desk):
    made = book()
    first = opened(desk, made)
    assert first.context["theme"] == "paper"
    response = desk.post(url("reader_theme", first.context["use"].uid), {"theme": "dark", "part": "x", "n": "1"})
    assert desk.get(response.headers["Location"]).context["theme"] == "dark"
    assert opened(desk, made).context["theme"] == "dark"
    desk.post(url("reader_theme", first.context["use"].uid), {"theme": "neon"})
    assert opened(desk, made).context["theme"] == "dark"


def test_chapter_beyond_the_last_is_the_last(desk):
    use = opened(desk, book()).context["use"]
    assert desk.get(url("resource_use", use.uid), {"n": 99}).context["step"].title == "为政"


# ---- sound, films, PDF, sites


def test_sound_plays_and_goes_on_with_the_next(desk, served):
    made = resource(media.mp3(), media.mp3(9), kind=ResourceKind.AUDIO)
    first = opened(desk, made, whom="villager")
    html = first.content.decode()
    assert f'src="{url("resource_file", first.context["part"].pk)}"' in html
    assert "<audio" in html
    second = go(desk, first, f"{first.context['next_part'].pk}-0-{first.context['until']}")
    assert (second.context["part"].title, second.context["next_part"]) == ("第2回", None)
    told = {"part": second.context["part"].pk, "at": 75, "position": 900, "seconds": 0}
    assert desk.post(url("resource_progress", first.context["use"].uid), told).status_code == 204
    again = opened(desk, made, whom="villager")
    assert (again.context["part"].title, again.context["at"]) == ("第2回", 75)


def test_film_has_captions_and_words(desk):
    made = resource(media.MP4, kind=ResourceKind.VIDEO)
    captions = ResourceFileFactory(
        resource=made, role=FileRole.CAPTIONS, language="zh", file=store(io.BytesIO(media.VTT))
    )
    ResourceFileFactory(
        resource=made, role=FileRole.TRANSCRIPT, file=store(io.BytesIO("我家有个<小九妹>".encode("gbk")))
    )
    html = opened(desk, made).content.decode()
    assert "<video" in html
    assert f'src="{url("resource_file", captions.pk)}"' in html
    assert "我家有个&lt;小九妹&gt;" in html


def test_pdf_opens_where_the_villager_left_it(desk, served):
    made = resource(media.PDF)
    first = opened(desk, made, whom="villager")
    use, part = first.context["use"], first.context["part"]
    desk.post(url("resource_progress", use.uid), {"part": part.pk, "position": 0, "n": 12, "end": ""})
    assert f"{url('resource_file', part.pk)}#page=12" in opened(desk, made, whom="villager").content.decode()


def test_site_counts_as_use_and_leads_out(desk):
    made = ResourceFactory(kind=ResourceKind.LINK, url="https://www.culturedc.cn/")
    response = opened(desk, made)
    assert 'href="https://www.culturedc.cn/"' in response.content.decode()
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert ResourceUse.objects.count() == 1


def test_resource_without_files_is_404(desk):
    made = ResourceFactory()
    response = desk.post(url("resource_open", made.pk), {"whom": "nobody"}, follow=True)
    assert response.status_code == 404


# ---- what is told


@pytest.mark.parametrize(
    "told",
    [{"position": 1001}, {"position": -1}, {"seconds": "x"}, {"part": "999999"}, {"go": "1-2"}, {"go": "1-2-3-4"}],
)
def test_nonsense_is_refused(desk, told):
    use = opened(desk, book()).context["use"]
    assert desk.post(url("resource_progress", use.uid), told).status_code == 400


def test_place_in_another_resource_is_refused(desk, served):
    use = opened(desk, book(), whom="villager").context["use"]
    other = ResourceFileFactory()
    told = {"part": other.pk, "n": 1, "position": 5}
    assert desk.post(url("resource_progress", use.uid), told).status_code == 400
    assert not ReadingPlace.objects.exists()


@pytest.mark.parametrize("many", [1, 5])
def test_player_asks_the_same_however_many_parts_there_are(desk, many, django_assert_num_queries):
    made = resource(*[media.mp3(n) for n in range(2, 2 + many)], kind=ResourceKind.AUDIO)
    use = opened(desk, made).context["use"]
    with django_assert_num_queries(14):
        desk.get(url("resource_use", use.uid))


@pytest.mark.parametrize("many", [1, 5])
def test_book_asks_the_same_however_many_chapters_it_has(desk, many, django_assert_num_queries):
    made = resource(media.epub({f"第{n}章": "<p>一</p>" for n in range(many)}))
    use = opened(desk, made).context["use"]
    with django_assert_num_queries(12):
        desk.get(url("resource_use", use.uid))


# ---- players without scripts


def test_player_without_scripts_keeps_the_minute_and_begins_there_again(desk, served):
    made = resource(media.mp3(frames=500), media.mp3(frames=501), kind=ResourceKind.OPERA)
    made.files.update(seconds=1800)
    use = opened(desk, made, whom="villager").context["use"]
    second = made.files.last()
    response = desk.post(url("resource_progress", use.uid), {"part": second.pk, "minutes": "15", "end": ""})
    assert response.headers["Location"] == url("resource", made.pk)
    assert ReadingPlace.objects.get(villager=served).locator == {"at": 900}
    use.refresh_from_db()
    assert (use.position, use.completed_at) == (750, None)
    page = opened(desk, made, whom="villager").content.decode()
    assert f'{url("resource_file", second.pk)}#t=900"' in page
    assert 'value="15"' in page


def test_player_without_scripts_is_done_when_somebody_says_so(desk):
    made = resource(media.mp3(frames=500), kind=ResourceKind.AUDIO)
    use = opened(desk, made).context["use"]
    desk.post(url("resource_progress", use.uid), {"part": made.files.get().pk, "minutes": "0", "end": "done"})
    use.refresh_from_db()
    assert (use.position, use.completed_at is not None) == (1000, True)


def test_minute_of_what_says_not_how_long_it_plays_claims_no_more_than_the_beginning(desk):
    made = resource(media.mp3(frames=500), media.mp3(frames=501), kind=ResourceKind.AUDIO)
    use = opened(desk, made).context["use"]
    desk.post(url("resource_progress", use.uid), {"part": made.files.last().pk, "minutes": "9", "end": ""})
    use.refresh_from_db()
    assert use.position == 500
