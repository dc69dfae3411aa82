"""What a hall finds: only what it may show, in a sensible order, and always for the same number of queries."""

import random
from datetime import timedelta

import pytest

from auditorium import clock
from auditorium.domain.library import search, topics, words
from auditorium.library_enums import FileRole, ResourceKind, ResourceState
from auditorium.models import ChannelShare, HallResource, Resource, Topic
from tests.factories import ChannelFactory, HallFactory, RegionFactory, ResourceFactory, ResourceFileFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return HallFactory()


def described(title, **said):
    resource = ResourceFactory(title=title, **said)
    words.rebuild([resource])
    return resource


def titles(found):
    return [resource.title for resource in found]


def test_only_what_is_published_and_shared_with_the_hall_is_found(hall):
    own, region, none = (ChannelFactory(is_for_all=False) for _channel in range(3))
    ChannelShare.objects.create(channel=own, hall=hall)
    county = RegionFactory(code=hall.region_id[:6] + "000000", level="county")
    ChannelShare.objects.create(channel=region, region=county)
    ChannelShare.objects.create(channel=none, hall=HallFactory())
    for name, channel in (("甲", own), ("乙", region), ("丙", none), ("丁", ChannelFactory())):
        described(f"论语{name}", channel=channel)
    for state in (ResourceState.DRAFT, ResourceState.REVIEWED, ResourceState.WITHDRAWN):
        described(f"论语{state}", state=state)
    assert set(titles(search.find(hall=hall, query="论语"))) == {"论语甲", "论语乙", "论语丁"}
    assert set(titles(search.find(hall=hall))) == {"论语甲", "论语乙", "论语丁"}


def test_what_is_called_so_comes_before_what_begins_so_and_the_rest(hall):
    for title in ("读论语", "论语", "论语译注"):
        described(title)
    text = described("唐诗三百首", order=1)
    words.write_text(resource=text, paragraphs=["论语"])
    assert titles(search.find(hall=hall, query="论语")) == ["论语", "论语译注", "唐诗三百首", "读论语"]


def test_a_book_found_in_many_places_is_listed_once(hall):
    book = described("论语")
    words.write_text(resource=book, paragraphs=["论语" * 9000])
    assert titles(search.find(hall=hall, query="论语")) == ["论语"]


def test_kind_channel_and_topic_narrow(hall):
    channel = ChannelFactory()
    classics = Topic.objects.create(channel=channel, title="经典")
    lunyu = Topic.objects.create(channel=channel, title="论语", parent=classics)
    book = described("论语", channel=channel, topic=lunyu)
    sound = described("论语朗读", kind=ResourceKind.AUDIO, channel=channel, topic=classics)
    other = described("论语选")
    (tree,) = topics.trees([channel])[channel.pk]
    beneath = [branch.topic.pk for branch in tree.walk()]
    assert beneath == [classics.pk, lunyu.pk]
    found = {
        "kind": search.find(hall=hall, query="论语", kind=ResourceKind.AUDIO),
        "channel": search.find(hall=hall, channel=channel),
        "topic": search.find(hall=hall, topics=[lunyu.pk]),
        "with those beneath": search.find(hall=hall, query="论语", topics=beneath),
        "other": search.find(hall=hall, channel=other.channel),
    }
    assert {name: set(found_) for name, found_ in found.items()} == {
        "kind": {sound},
        "channel": {book, sound},
        "topic": {book},
        "with those beneath": {book, sound},
        "other": {other},
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_finding_asks_the_same_whatever_is_found(hall, rows, django_assert_num_queries):
    for number in range(rows):
        ResourceFileFactory(resource=described(f"论语{number}"), role=FileRole.COVER)
    with django_assert_num_queries(4):  # where it stands, then the rows with covers and copies
        found = list(search.find(hall=hall, query="lunyu"))
    with django_assert_num_queries(0):
        assert [(one.channel.name, one.topic, len(one.covers)) for one in found] == [
            (one.channel.name, None, 1) for one in found
        ]
    assert len(found) == rows


def many(count=40):
    """Some called 论语, some that begin so, some that have it elsewhere, in no order and not all to be shown."""
    chance = random.Random(7)
    topic = Topic.objects.create(channel=ChannelFactory(), title="经典")
    hidden = ChannelFactory(is_for_all=False)
    for number in range(count):
        name = chance.choice(["论语", f"论语{number}", f"读论语{number}", f"书{number}", "别的"])
        resource = ResourceFactory(
            title=name,
            channel=chance.choice([topic.channel, topic.channel, hidden]),
            topic=chance.choice([topic, None]),
            kind=chance.choice([ResourceKind.BOOK, ResourceKind.AUDIO]),
            state=chance.choice([ResourceState.PUBLISHED, ResourceState.PUBLISHED, ResourceState.WITHDRAWN]),
            order=chance.choice([1, 100]),
            subject="" if name == "别的" else "论语",
        )
        words.rebuild([resource])
        words.write_text(resource=resource, paragraphs=["论语" * 5000] * (number % 2))
    return topic


@pytest.mark.parametrize("most", [1, 3, 7, 1000])
@pytest.mark.parametrize("typed", ["论语", " 论语 ", "lunyu", "论"])
def test_a_common_word_finds_the_same_first_ones_in_the_same_order(hall, monkeypatch, most, typed):
    topic = many()
    asked = [{}, {"kind": ResourceKind.AUDIO}, {"channel": topic.channel}, {"topics": [topic.pk]}]
    exact = [list(search.find(hall=hall, query=typed, **narrowed)) for narrowed in asked]
    monkeypatch.setattr(search, "COMMON", 0)
    monkeypatch.setattr(search, "MOST", most)
    assert [list(search.find(hall=hall, query=typed, **narrowed)[:most]) for narrowed in asked] == [
        found[:most] for found in exact
    ]
    assert min(map(len, exact)) > 3


def test_a_word_of_many_parts_of_few_books_is_none_the_less_found_in_all(hall, monkeypatch):
    for number in range(4):
        words.write_text(resource=described(f"书{number}"), paragraphs=["论语" * 20000])
    monkeypatch.setattr(search, "COMMON", 5)
    assert titles(search.find(hall=hall, query="论语")) == [f"书{number}" for number in range(4)]


def test_a_common_word_takes_two_queries_more(hall, monkeypatch, django_assert_num_queries):
    described("论语")
    monkeypatch.setattr(search, "COMMON", 0)
    with django_assert_num_queries(6):
        assert titles(search.find(hall=hall, query="论语")) == ["论语"]


def test_no_more_are_counted_than_anybody_turns_pages(hall, monkeypatch):
    monkeypatch.setattr(search, "MOST", 2)
    for number in range(4):
        described(f"论语{number}")
    pages = search.Pages(search.find(hall=hall, query="论语"), 2)
    assert (pages.count, titles(pages.get_page(1))) == (2, ["论语0", "论语1"])


@pytest.mark.parametrize("rows", [1, 3])
def test_what_the_hall_used_is_asked_for_in_four_queries(hall, rows, django_assert_num_queries):
    now = clock.now()
    for number in range(rows):
        HallResource.objects.create(
            hall=hall,
            resource=ResourceFactory(title=f"书{number}"),
            times=number + 1,
            last_used_at=now - timedelta(days=number),
        )
    HallResource.objects.create(hall=HallFactory(), resource=ResourceFactory(), times=99, last_used_at=now)
    withdrawn = ResourceFactory(state=ResourceState.WITHDRAWN)
    HallResource.objects.create(hall=hall, resource=withdrawn, times=99, last_used_at=now)
    with django_assert_num_queries(4):
        lately = titles(search.lately(hall))
    with django_assert_num_queries(4):
        liked = titles(search.liked(hall))
    assert lately == [f"书{number}" for number in range(rows)]
    assert liked == lately[::-1]


def test_first_page_lists_only_so_many(hall):
    for number in range(search.ON_FIRST_PAGE + 2):
        HallResource.objects.create(hall=hall, resource=ResourceFactory(), times=number, last_used_at=clock.now())
    assert len(search.lately(hall)) == len(search.liked(hall)) == search.ON_FIRST_PAGE
    assert Resource.objects.count() > search.ON_FIRST_PAGE
