"""The library's first page and search, and the page of one resource."""

from datetime import timedelta

import pytest
from django.urls import reverse

from auditorium import clock
from auditorium.domain import visits
from auditorium.domain.library import search, use, words
from auditorium.library_enums import FileRole, ResourceKind, ResourceState
from auditorium.models import CourseItem, HallResource, ReadingPlace, Topic
from tests.appointments.pages import read
from tests.factories import (
    ChannelFactory,
    HallFactory,
    ResourceFactory,
    ResourceFileFactory,
    VillagerFactory,
    desk_user,
)

pytestmark = pytest.mark.django_db
LIBRARY = reverse("auditorium:library")
HTMX = {"HX-Request": "true"}


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


def described(title, **said):
    resource = ResourceFactory(title=title, **said)
    words.rebuild([resource])
    return resource


def titles(answer):
    return [resource.title for resource in answer.context["page_obj"]]


def page_of(resource):
    return reverse("auditorium:resource", args=[resource.pk])


def test_first_page_shows_what_was_used_and_what_there_is(desk, hall):
    channel = ChannelFactory(name="国学经典")
    top = Topic.objects.create(channel=channel, title="启蒙")
    Topic.objects.create(channel=channel, title="蒙学", parent=top)
    book, other = (ResourceFactory(channel=channel, title=title, topic=top) for title in ("三字经", "弟子规"))
    now = clock.now()
    HallResource.objects.create(hall=hall, resource=book, times=9, last_used_at=now - timedelta(days=2))
    HallResource.objects.create(hall=hall, resource=other, times=2, last_used_at=now)
    ResourceFactory(channel=ChannelFactory(is_for_all=False, name="别处的"), kind=ResourceKind.VIDEO)
    answer = desk.get(LIBRARY)
    assert [resource.title for resource in answer.context["lately"]] == ["弟子规", "三字经"]
    assert [resource.title for resource in answer.context["liked"]] == ["三字经", "弟子规"]
    assert answer.context["kinds"] == [ResourceKind.BOOK]
    page = answer.content.decode()
    assert ("国学经典" in page, "启蒙" in page, "蒙学" in page, "别处的" in page) == (True, True, True, False)


def test_an_empty_library_says_what_to_do(desk):
    page = desk.get(LIBRARY).content.decode()
    assert "频道共享给本礼堂以后" in page


def test_what_is_typed_is_found_on_a_whole_page_and_alone_for_htmx(desk):
    book = described("论语")
    described("三字经")
    whole, alone = desk.get(LIBRARY, {"q": "ly"}), desk.get(LIBRARY, {"q": "ly"}, headers=HTMX)
    assert titles(whole) == titles(alone) == ["论语"]
    assert page_of(book) in read(whole).links
    assert ("<html" in whole.content.decode(), "<html" in alone.content.decode()) == (True, False)
    assert 'data-results-for="ly"' in alone.content.decode()
    assert "找到 1 项" in alone.content.decode()


def test_nothing_found_says_what_to_try(desk):
    described("论语")
    assert "换个说法" in desk.get(LIBRARY, {"q": "水浒"}).content.decode()


def test_an_emptied_box_brings_the_first_page_back(desk):
    described("论语")
    assert "page_obj" not in desk.get(LIBRARY, {"q": " "}, headers=HTMX).context
    assert "page_obj" not in desk.get(LIBRARY, {"q": "？"}, headers=HTMX).context


def test_kind_channel_and_topic_narrow_and_stay_in_every_address(desk):
    topic = Topic.objects.create(channel=ChannelFactory(), title="经典")
    beneath = Topic.objects.create(channel=topic.channel, title="论语", parent=topic)
    described("论语", channel=topic.channel, topic=beneath)
    described("论语朗读", channel=topic.channel, kind=ResourceKind.AUDIO)
    described("论语别本")
    found = {
        key: titles(desk.get(LIBRARY, said))
        for key, said in {
            "topic": {"q": "论语", "topic": topic.pk},
            "channel": {"q": "论语", "channel": topic.channel_id},
            "kind": {"kind": "audio"},
        }.items()
    }
    assert found == {"topic": ["论语"], "channel": ["论语", "论语朗读"], "kind": ["论语朗读"]}
    page = desk.get(LIBRARY, {"q": "论语", "topic": topic.pk})
    assert page.context["chips"][0][1] == (f"q=%E8%AE%BA%E8%AF%AD&channel={topic.channel_id}&topic={topic.pk}")


@pytest.mark.parametrize("said", [{"kind": "x"}, {"channel": "x"}, {"topic": "999"}, {"page": "x", "kind": "book"}])
def test_an_address_that_makes_no_sense_is_no_error(desk, said):
    described("论语")
    assert desk.get(LIBRARY, said).status_code == 200


def test_a_channel_not_shared_with_the_hall_narrows_nothing(desk):
    channel = ChannelFactory(is_for_all=False)
    described("论语", channel=channel)
    answer = desk.get(LIBRARY, {"channel": channel.pk, "kind": "book"})
    assert titles(answer) == []
    assert channel.name not in answer.content.decode()


def test_more_than_a_page_is_turned(desk):
    for number in range(search.ON_A_PAGE + 1):
        described(f"论语{number:02}")
    assert [len(titles(desk.get(LIBRARY, {"q": "论语", "page": page}))) for page in (1, 2)] == [search.ON_A_PAGE, 1]
    assert "?q=%E8%AE%BA%E8%AF%AD&page=2" in read(desk.get(LIBRARY, {"q": "论语"})).links


@pytest.mark.parametrize("rows", [1, 3])
def test_results_ask_the_same_whatever_is_found(desk, rows, django_assert_num_queries):
    for number in range(rows):
        ResourceFileFactory(resource=described(f"论语{number}"), role=FileRole.COVER)
    with django_assert_num_queries(
        15
    ):  # session (and its renewal: 3), user, roles, hall, channels, topics, kinds, where it stands, found: 4
        assert len(titles(desk.get(LIBRARY, {"q": "论语"}, headers=HTMX))) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_first_page_asks_the_same_whatever_was_used(desk, hall, rows, django_assert_num_queries):
    for number in range(rows):
        HallResource.objects.create(hall=hall, resource=described(f"书{number}"), times=1, last_used_at=clock.now())
    with django_assert_num_queries(22):  # 8 as for a search, used, rows, covers, copies twice, what is new: 3, people
        assert len(desk.get(LIBRARY, headers=HTMX).context["liked"]) == rows


def test_a_resource_says_what_it_is_and_by_what_right(desk):
    resource = ResourceFactory(
        title="朱子家训",
        creator="朱柏庐",
        source="npm chinese-poetry",
        licence_note="作者去世已久",
        description="治家格言",
    )
    for title in ("上卷", "下卷"):
        ResourceFileFactory(resource=resource, title=title)
    page = desk.get(page_of(resource)).content.decode()
    for words_ in ("朱柏庐", "npm chinese-poetry", "公有领域 · 作者去世已久", "治家格言", "上卷", "下卷", "打开看"):
        assert words_ in page


@pytest.mark.parametrize(
    "said", [{"state": ResourceState.DRAFT}, {"state": ResourceState.WITHDRAWN}, {"channel__is_for_all": False}]
)
def test_what_the_hall_may_not_show_does_not_exist(desk, said):
    assert desk.get(page_of(ResourceFactory(**said))).status_code == 404


def test_it_is_opened_for_whom_the_desk_serves(desk, hall, user):
    resource = ResourceFactory()
    form = desk.get(page_of(resource)).context["form"]
    assert [label for _value, label in form.fields["whom"].choices] == ["不记名", "大家一起"]
    villager = VillagerFactory(registered_at=hall)
    visits.serve(visit=visits.arrive(hall=hall, by=user, villager=villager), by=user)
    ReadingPlace.objects.create(villager=villager, resource=resource, position=357, updated_at=clock.now())
    answer = desk.get(page_of(resource))
    form = answer.context["form"]
    assert (form.fields["whom"].initial, form.fields["whom"].choices[0][1]) == ("villager", "张小明")
    assert "张小明上次看到 35%" in answer.content.decode()
    for position in (4, 1000):
        ReadingPlace.objects.update(position=position)
        assert "上次看到" not in desk.get(page_of(resource)).content.decode()


def test_a_course_lists_its_steps_in_order_and_opens_the_first(desk):
    course = ResourceFactory(kind=ResourceKind.COURSE)
    steps = [ResourceFactory(title=title) for title in ("第二课", "第一课")]
    hidden = ResourceFactory(state=ResourceState.DRAFT)
    for order, step in enumerate([hidden, *reversed(steps)], start=1):
        CourseItem.objects.create(course=course, resource=step, order=order)
    shown = desk.get(page_of(course)).context["details"]
    assert ([step.title for step in shown.steps], shown.opens) == (["第一课", "第二课"], steps[1])


def test_a_site_is_named_before_the_desk_is_left(desk):
    link = ResourceFactory(kind=ResourceKind.LINK, url="https://www.culturedc.cn/a?b=1")
    page = desk.get(page_of(link)).content.decode()
    assert "会在另一页打开 www.culturedc.cn，离开服务台" in page
    assert 'target="_blank" rel="noopener"' in page  # not noreferrer: the form would come from nowhere


def test_a_printed_book_is_not_opened(desk):
    page = desk.get(page_of(ResourceFactory(kind=ResourceKind.PRINTED_BOOK))).content.decode()
    assert 'name="whom"' not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_a_resource_asks_the_same_whatever_is_in_it(desk, rows, django_assert_num_queries):
    course = ResourceFactory(kind=ResourceKind.COURSE)
    for number in range(rows):
        CourseItem.objects.create(course=course, resource=ResourceFactory(title=f"课{number}"), order=number)
        ResourceFileFactory(resource=course)
    desk.get(page_of(course))
    with django_assert_num_queries(16):
        assert desk.get(page_of(course)).status_code == 200


def test_first_page_says_how_many_people_came_this_month(desk, hall):
    assert "人次" not in desk.get(LIBRARY).content.decode()
    use.open_resource(resource=ResourceFactory(), hall=hall, by=None, people=37)
    assert "本月 37 人次" in desk.get(LIBRARY).content.decode()
