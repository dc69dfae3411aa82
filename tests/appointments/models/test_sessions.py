"""Which sessions somebody may book, by where their places were allotted."""

import pytest

from appointments.models import ClinicSession, Slot
from auditorium.enums import RegionLevel, RoleKind
from auditorium.models import Hall, Region, Role, User
from tests.appointments.factories import ClinicSessionFactory
from tests.factories import HallFactory, RegionFactory, UserFactory, desk_user, supervisor

pytestmark = pytest.mark.django_db

HALLS = 300

LEVELS = {2: RegionLevel.PROVINCE, 4: RegionLevel.CITY, 6: RegionLevel.COUNTY, 9: RegionLevel.TOWN}


def region(code: str) -> Region:
    """The division whose code begins so."""
    return RegionFactory(code=code.ljust(12, "0"), level=LEVELS.get(len(code), RegionLevel.VILLAGE))


def hall_in(code: str) -> Hall:
    return HallFactory(region=region(code))


def allotted_to(place: Hall | Region) -> ClinicSession:
    """A session whose places are this hall's or this division's."""
    if isinstance(place, Hall):
        return ClinicSessionFactory(allotted_hall=place)
    return ClinicSessionFactory(allotted_hall=None, allotted_region=place)


def seen_by(user: User) -> set[ClinicSession]:
    return set(ClinicSession.objects.for_user(User.objects.get(pk=user.pk)))


def parameters(user: User) -> tuple[int, int]:
    """How many values the query for a user's sessions carries, and for the slots of these."""
    user = User.objects.get(pk=user.pk)
    queries = (ClinicSession.objects.for_user(user).query, Slot.objects.for_user(user).query)
    first, second = (len(query.sql_with_params()[1]) for query in queries)
    return first, second


def test_desk_sees_sessions_of_the_hall_and_of_every_division_around_it() -> None:
    here, neighbour = hall_in("330603011258"), hall_in("330603011259")
    mine = {allotted_to(place) for place in (here, here.region, *map(region, ("330603011", "330603", "3306", "33")))}
    for elsewhere in (neighbour, neighbour.region, *map(region, ("330603012", "330604", "3302", "34"))):
        allotted_to(elsewhere)
    assert seen_by(desk_user(here)) == mine


def test_supervisor_sees_sessions_of_halls_and_divisions_inside_and_of_divisions_around() -> None:
    county = region("330603")
    inside = (hall_in("330603011258"), region("330603011259"), region("330603012"), county)
    mine = {allotted_to(place) for place in (*inside, region("3306"), region("33"))}
    for elsewhere in (hall_in("330604001201"), region("330604001"), region("330604"), region("3302"), region("34")):
        allotted_to(elsewhere)
    assert seen_by(supervisor(county)) == mine


def test_roles_add_up_and_nobody_without_one_sees_a_session() -> None:
    here, town = hall_in("330603011258"), region("330604001")
    mine = {allotted_to(here), allotted_to(town)}
    allotted_to(region("330604002"))
    both = desk_user(here)
    Role.objects.create(user=both, role=RoleKind.SUPERVISOR, region=town)
    gone = desk_user(here, is_active=False)
    assert (seen_by(both), seen_by(UserFactory()), seen_by(gone)) == (mine, set(), set())


def test_sessions_of_a_province_cost_the_same_however_many_halls_lie_in_it(django_assert_num_queries) -> None:
    province = region("33")
    of_province = supervisor(province)
    hall_in("330603011258")
    alone = parameters(of_province)
    villages = [Region(code=f"3306{n:08}", name=f"{n}村", level=RegionLevel.VILLAGE) for n in range(1, HALLS)]
    Region.objects.bulk_create(villages)
    Hall.objects.bulk_create([Hall(name=f"{village.name}文化礼堂", region=village) for village in villages])
    assert parameters(of_province) == alone
    last = allotted_to(Hall.objects.get(region="330600000299"))
    user = User.objects.get(pk=of_province.pk)
    with django_assert_num_queries(2):  # the roles, the sessions
        assert list(ClinicSession.objects.for_user(user)) == [last]
