"""The topics of channels: a tree however deep, with nothing under itself and nothing moved away from its content."""

import pytest
from django.core.exceptions import ValidationError

from auditorium.domain.library import topics
from auditorium.models import Topic
from tests.factories import ChannelFactory, ResourceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel():
    return ChannelFactory()


def refusal(topic, *, channel, parent=None):
    with pytest.raises(ValidationError) as refused:
        topics.check_place(topic, channel=channel, parent=parent)
    return refused.value.messages


def test_a_branch_is_walked_to_its_very_end(channel, django_assert_num_queries):
    top = Topic.objects.create(channel=channel, title="一")
    middle = Topic.objects.create(channel=channel, title="二", parent=top)
    end = Topic.objects.create(channel=channel, title="三", parent=middle)
    other = Topic.objects.create(channel=ChannelFactory(), title="别处")
    with django_assert_num_queries(1):
        found = topics.trees([channel, other.channel])
    assert [branch.topic for branch in found[channel.pk][0].walk()] == [top, middle, end]
    assert [branch.topic for branch in found[other.channel_id]] == [other]


def test_what_has_something_in_it_stays_in_its_channel(channel):
    said = ["这个主题里已经有内容，不能换频道。"]
    above, filled, empty = (Topic.objects.create(channel=channel, title=title) for title in "甲乙丙")
    Topic.objects.create(channel=channel, title="丁", parent=above)
    ResourceFactory(channel=channel, topic=filled)
    for topic in (above, filled):
        assert refusal(topic, channel=ChannelFactory()) == said
        topics.check_place(topic, channel=channel, parent=None)
    topics.check_place(empty, channel=ChannelFactory(), parent=None)


def test_nothing_hangs_under_itself_or_in_another_channel(channel):
    top = Topic.objects.create(channel=channel, title="一")
    middle = Topic.objects.create(channel=channel, title="二", parent=top)
    end = Topic.objects.create(channel=channel, title="三", parent=middle)
    for beneath in (top, middle, end):
        assert refusal(top, channel=channel, parent=beneath) == ["主题不能放到自己下面。"]
    assert refusal(end, channel=channel, parent=Topic.objects.create(channel=ChannelFactory(), title="别处")) == [
        "上级主题要在同一个频道里。"
    ]
    topics.check_place(end, channel=channel, parent=top)
