"""A grant opens one resource for a while, is known by its token's keyed hash alone, and ends when the desk says so."""

from datetime import timedelta

import pytest
import time_machine

from auditorium import clock
from auditorium.crypto import keyed_hash
from auditorium.domain import hall_network
from auditorium.domain.library import grants, publishing
from auditorium.errors import DeskError
from auditorium.library_enums import ResourceKind, UsePlace
from auditorium.models import AuditEntry, Hall, HallResource, Resource, ResourceGrant, ResourceUse
from tests.factories import ChannelFactory, HallFactory, ResourceFactory, VillagerFactory, desk_user

pytestmark = pytest.mark.django_db
ORIGIN = "http://192.168.1.20:8001"


@pytest.fixture(autouse=True)
def open_network(settings):
    settings.PHONES_ORIGIN = ORIGIN


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def by(hall):
    return desk_user(hall)


def given(hall, by, **kwargs):
    return grants.give(resource=kwargs.pop("resource", None) or ResourceFactory(), hall=hall, by=by, **kwargs)


def test_grant_is_for_a_day_unless_it_is_said_and_is_found_by_its_token(hall, by):
    grant, token = given(hall, by)
    assert grant.ends_at - grant.made_at == timedelta(hours=24)
    assert grants.of_token(token) == grant
    assert grants.of_token(token.upper().replace("-", "")) == grant
    entry = AuditEntry.objects.of("resourcegrant", grant.pk).get()
    assert (entry.action, entry.hall, entry.actor) == ("grant_given", hall, by)


def test_token_is_kept_as_a_keyed_hash_and_outlives_a_new_key(hall, by, settings):
    grant, token = given(hall, by)
    assert grant.token_hash == keyed_hash(token.replace("-", ""))[0]
    row = ResourceGrant.objects.values().get()
    assert not any(token in str(value) or token.replace("-", "") in str(value) for value in row.values())
    settings.HASH_KEYS = {**settings.HASH_KEYS, 2: "newer"}
    assert grants.of_token(token) == grant


def test_token_of_each_grant_is_its_own(hall, by):
    resource = ResourceFactory()
    assert len({given(hall, by, resource=resource)[1] for _each in range(20)}) == 20


def test_grant_that_nobody_gave_is_unknown():
    with pytest.raises(grants.UnknownGrantError, match="这个地址打不开"):
        grants.of_token("aaaaa-aaaaa-aaaaa-aaaaa")


def test_grant_ends_by_itself(hall, by):
    grant, token = given(hall, by, hours=2)
    with time_machine.travel(grant.ends_at - timedelta(seconds=1), tick=False):
        assert grants.of_token(token) == grant
    with time_machine.travel(grant.ends_at, tick=False):
        with pytest.raises(grants.GrantOverError, match="过期了"):
            grants.of_token(token)
        assert list(grants.live_at(hall)) == []


def test_grant_taken_back_opens_nothing_and_is_taken_back_once(hall, by):
    grant, token = given(hall, by)
    assert grants.revoke(grant=grant, by=by) is True
    with pytest.raises(grants.GrantOverError, match="礼堂已经收回了这个二维码"):
        grants.of_token(token)
    assert (grants.revoke(grant=grant, by=by), list(grants.live_at(hall))) == (False, [])
    assert AuditEntry.objects.of("resourcegrant", grant.pk).filter(action="grant_revoked").count() == 1


def test_grant_stops_when_the_resource_is_taken_off_the_shelf(hall, by):
    grant, token = given(hall, by)
    publishing.withdraw(resources=Resource.objects.filter(pk=grant.resource_id), by=by)
    with pytest.raises(grants.GrantOverError, match="已经下架"):
        grants.of_token(token)
    assert list(grants.live_at(hall)) == []


def test_grant_stops_when_the_channel_is_shared_no_more(hall, by):
    channel = ChannelFactory(is_for_all=False)
    channel.shares.create(hall=hall)
    _grant, token = given(hall, by, resource=ResourceFactory(channel=channel))
    channel.shares.all().delete()
    with pytest.raises(grants.GrantOverError, match="已经下架"):
        grants.of_token(token)


def test_grant_stops_when_the_hall_closes_for_good(hall, by):
    _grant, token = given(hall, by)
    Hall.objects.filter(pk=hall.pk).update(is_active=False)
    with pytest.raises(grants.GrantOverError):
        grants.of_token(token)


@pytest.mark.parametrize("kind", [ResourceKind.COURSE, ResourceKind.LINK, ResourceKind.PRINTED_BOOK])
def test_what_no_phone_can_open_is_not_given(hall, by, kind):
    with pytest.raises(DeskError, match="这一种不能带回家。"):
        given(hall, by, resource=ResourceFactory(kind=kind, url="https://example.com/" if kind == "link" else ""))


def test_what_the_hall_does_not_show_is_not_given(hall, by):
    with pytest.raises(DeskError, match="礼堂现在没有这份内容。"):
        given(hall, by, resource=ResourceFactory(state="draft"))


def test_nothing_is_given_while_phones_are_not_served(hall, by, settings, monkeypatch):
    settings.PHONES_ORIGIN = ""
    with pytest.raises(DeskError, match="还没有打开给手机用的网络"):
        given(hall, by)
    settings.PHONES_ORIGIN = "http://auto:8001"
    monkeypatch.setattr(hall_network, "_own_address", lambda: "")
    with pytest.raises(DeskError, match="没有连上礼堂的网络"):
        given(hall, by)
    assert not ResourceGrant.objects.exists()


def test_hall_has_so_many_live_grants_and_no_more(hall, by, monkeypatch):
    monkeypatch.setattr(grants, "MOST_LIVE", 1)
    first, _token = given(hall, by)
    with pytest.raises(DeskError, match="请先收回一些"):
        given(hall, by)
    grants.revoke(grant=first, by=by)
    given(hall, by)


def test_opening_counts_as_a_use_of_the_villager_it_was_given_to(hall, by):
    villager = VillagerFactory(registered_at=hall)
    grant, _token = given(hall, by, villager=villager)
    use = grants.open_resource(grant=grant)
    assert (use.villager, use.hall, use.people, use.opened_by, use.place) == (villager, hall, 1, None, "taken_home")
    assert HallResource.objects.get(hall=hall, resource=grant.resource).times == 1
    grant.refresh_from_db()
    assert grant.times == 1


def test_opening_without_a_name_counts_as_nobodys(hall, by):
    use = grants.open_resource(grant=given(hall, by)[0])
    assert (use.villager, use.place) == (None, UsePlace.TAKEN_HOME)


def test_grant_is_opened_so_often_and_no_more(hall, by, monkeypatch):
    monkeypatch.setattr(grants, "MOST_OPENINGS", 2)
    grant, _token = given(hall, by)
    grants.open_resource(grant=grant)
    grants.open_resource(grant=grant)
    with pytest.raises(grants.GrantOverError, match="次数太多"):
        grants.open_resource(grant=grant)
    assert ResourceUse.objects.count() == 2


def test_use_is_found_through_its_own_grant_alone(hall, by):
    grant, _token = given(hall, by)
    other, _token = given(hall, by)
    named, _token = given(hall, by, resource=grant.resource, villager=VillagerFactory(registered_at=hall))
    use = grants.open_resource(grant=grant)
    assert [list(grants.uses_of(one)) for one in (grant, other, named)] == [[use], [], []]


def test_grants_over_for_a_month_are_dropped_and_their_uses_stay(hall, by):
    old, _token = given(hall, by)
    fresh, _token = given(hall, by)
    grants.open_resource(grant=old)
    ResourceGrant.objects.filter(pk=old.pk).update(
        made_at=clock.now() - timedelta(days=40), ends_at=clock.now() - timedelta(days=31)
    )
    assert (grants.drop_over(clock.now()), grants.drop_over(clock.now())) == (1, 0)
    assert (ResourceGrant.objects.get(), ResourceUse.objects.count()) == (fresh, 1)


@pytest.mark.parametrize(
    ("setting", "own", "origin"),
    [
        ("", "192.168.1.7", ""),
        ("https://desk.example.cn/", "192.168.1.7", "https://desk.example.cn"),
        ("http://auto:8001", "192.168.1.7", "http://192.168.1.7:8001"),
        ("http://auto:8001", "", ""),
    ],
)
def test_origin_is_what_is_set_or_this_computers_address(settings, monkeypatch, setting, own, origin):
    settings.PHONES_ORIGIN = setting
    monkeypatch.setattr(hall_network, "_own_address", lambda: own)
    assert hall_network.origin() == origin
