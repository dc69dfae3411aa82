"""Channels in the admin: who keeps them, with whom they are shared, and topics that hang where they may."""

import pytest
from django.urls import reverse

from auditorium.models import AuditEntry, Channel, ChannelShare, Topic
from tests import admin_rows
from tests.factories import ChannelFactory, HallFactory, RegionFactory

pytestmark = pytest.mark.django_db
CHANNELS, TOPICS = "/admin/auditorium/channel/", "/admin/auditorium/topic/"
NO_SHARES = {"shares-TOTAL_FORMS": 0, "shares-INITIAL_FORMS": 0}


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def managing(client, hall):
    client.force_login(admin_rows.hall_manager(hall))
    return client


def filled(**said):
    return {"name": "后仓方言", "order": 10} | NO_SHARES | said


def shared(*rows, there=0):
    said = {"shares-TOTAL_FORMS": len(rows), "shares-INITIAL_FORMS": there}
    for number, row in enumerate(rows):
        said |= {f"shares-{number}-{name}": value for name, value in row.items()}
    return said


def errors(answer):
    return {name: list(said) for name, said in answer.context["adminform"].errors.items()}


def test_a_manager_keeps_a_channel_for_the_own_hall(managing, hall):
    assert managing.post(f"{CHANNELS}add/", filled(keeper_hall=hall.pk)).status_code == 302
    assert Channel.objects.get().keeper_hall == hall
    assert AuditEntry.objects.get(object_kind="channel").action == "added"


def test_a_manager_must_say_who_keeps_it_and_for_no_other_hall(managing):
    assert errors(managing.post(f"{CHANNELS}add/", filled())) == {"__all__": ["请选由哪个礼堂或哪个区域管理。"]}
    other = filled(keeper_hall=HallFactory().pk)
    assert "keeper_hall" in errors(managing.post(f"{CHANNELS}add/", other))
    region = filled(keeper_region=RegionFactory().pk)
    assert "keeper_region" in errors(managing.post(f"{CHANNELS}add/", region))
    assert not Channel.objects.exists()


def test_only_administrators_give_a_channel_to_all(managing, client, hall):
    managing.post(f"{CHANNELS}add/", filled(keeper_hall=hall.pk, is_for_all="on"))
    assert Channel.objects.get().is_for_all is False
    client.force_login(admin_rows.administrator())
    client.post(f"{CHANNELS}add/", filled(name="国学经典", is_for_all="on"))
    channel = Channel.objects.get(name="国学经典")
    assert (channel.is_for_all, channel.keeper_hall, channel.keeper_region) == (True, None, None)


def test_a_channel_is_shared_within_the_own_scope(client):
    county = RegionFactory(code="330603000000", name="柯桥区", level="county")
    inside, outside = HallFactory(), admin_rows.another_hall()
    client.force_login(admin_rows.supervisor_of())
    channel = ChannelFactory(keeper_region=county, is_for_all=False)
    page = reverse("admin:auditorium_channel_change", args=[channel.pk])
    ChannelShare.objects.create(channel=channel, hall=outside)  # an administrator did
    there = {"id": channel.shares.get().pk, "channel": channel.pk, "hall": outside.pk}
    said = filled(keeper_region=county.pk)
    refused = HallFactory(region=RegionFactory(code="330203009999"))
    assert client.post(page, said | shared(there, {"hall": refused.pk}, there=1)).status_code == 200
    assert client.post(page, said | shared(there, {"region": refused.region_id}, there=1)).status_code == 200
    answer = client.post(page, said | shared(there, {"hall": inside.pk}, {"region": county.pk}, there=1))
    assert answer.status_code == 302
    assert set(channel.shares.values_list("hall", "region")) == {
        (outside.pk, None),
        (inside.pk, None),
        (None, county.pk),
    }
    assert AuditEntry.objects.filter(object_kind="channel", action="shared").count() == 1


def test_a_topic_hangs_in_its_own_channel_and_never_under_itself(managing, hall):
    channel, other = ChannelFactory(keeper_hall=hall), ChannelFactory(keeper_hall=hall)
    top = Topic.objects.create(channel=channel, title="经典")
    below = Topic.objects.create(channel=channel, title="论语", parent=top)
    said = {"channel": channel.pk, "title": "经典", "order": 1}
    page = reverse("admin:auditorium_topic_change", args=[top.pk])
    assert errors(managing.post(page, said | {"parent": below.pk})) == {"parent": ["主题不能放到自己下面。"]}
    moved = managing.post(page, said | {"channel": other.pk})
    assert errors(moved) == {"parent": ["这个主题里已经有内容，不能换频道。"]}
    strange = managing.post(f"{TOPICS}add/", {"channel": other.pk, "title": "孟子", "order": 1, "parent": top.pk})
    assert errors(strange) == {"parent": ["上级主题要在同一个频道里。"]}
    assert managing.post(page, said).status_code == 302


def test_a_topic_without_branches_is_removed(managing, hall):
    top = Topic.objects.create(channel=ChannelFactory(keeper_hall=hall), title="经典")
    below = Topic.objects.create(channel=top.channel, title="论语", parent=top)
    gone = [managing.post(f"{TOPICS}{t.pk}/delete/", {"post": "yes"}).status_code for t in (top, below, top)]
    assert gone == [403, 302, 302]
    assert list(AuditEntry.objects.filter(object_kind="topic").values_list("action", flat=True)) == ["removed"] * 2
