"""Nobody gives, edits or takes over an account above or beside their own."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from auditorium.domain import accounts
from auditorium.enums import RoleKind
from auditorium.models import AuditEntry, Role, User
from tests import admin_rows
from tests.appointments.factories import HospitalFactory
from tests.factories import HallFactory, RegionFactory, UserFactory, desk_user

pytestmark = pytest.mark.django_db
LIST = "/admin/auditorium/user/"


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def manager(hall):
    return admin_rows.hall_manager(hall)


def superuser():
    return UserFactory(is_staff=True, is_superuser=True)


def role_of_two(hall):
    """At this hall's desk and at another one's."""
    user = desk_user(hall)
    Role.objects.create(user=user, role=RoleKind.DESK, hall=admin_rows.another_hall())
    return user


def former_superuser(hall):
    user = desk_user(hall)
    user.is_superuser = True
    user.save()
    return user


def clerk_at_the_desk(hall):
    clerk = admin_rows.clerk_of(HospitalFactory())
    Role.objects.create(user=clerk, role=RoleKind.DESK, hall=hall)
    return clerk


NOT_BELOW = {
    "another manager": admin_rows.hall_manager,
    "a superuser": lambda hall: superuser(),
    "a superuser with a desk role": former_superuser,
    "an administrator": lambda hall: admin_rows.administrator(),
    "a supervisor": lambda hall: admin_rows.supervisor_of(),
    "another hall's desk": lambda hall: desk_user(admin_rows.another_hall()),
    "a desk of two halls": role_of_two,
    "a hospital's clerk": lambda hall: admin_rows.clerk_of(HospitalFactory()),
    "a clerk with a desk role": clerk_at_the_desk,
    "somebody without a role, made by others": lambda hall: UserFactory(),
}


@pytest.mark.parametrize("who", NOT_BELOW)
def test_accounts_not_below_do_not_exist(client, hall, manager, who):
    other = NOT_BELOW[who](hall)
    client.force_login(manager)
    assert accounts.users_below(manager).filter(pk=other.pk).exists() is False
    assert client.get(f"{LIST}{other.pk}/change/").status_code == 302
    assert client.get(f"{LIST}{other.pk}/password/").status_code == 404
    new = {"password1": "xin-mima-123456", "password2": "xin-mima-123456", "usable_password": "true"}
    assert client.post(f"{LIST}{other.pk}/password/", new).status_code == 404
    before = other.password
    other.refresh_from_db()
    assert other.password == before


def test_own_account_is_not_below(client, manager):
    client.force_login(manager)
    assert client.get(f"{LIST}{manager.pk}/change/").status_code == 302


@pytest.mark.parametrize("who", ["another manager", "another hall's desk", "a desk of two halls"])
def test_supervisor_looks_after_accounts_inside_the_region(hall, who):
    other = NOT_BELOW[who](hall)
    expected = {"another manager": True, "another hall's desk": False, "a desk of two halls": False}
    assert accounts.users_below(admin_rows.supervisor_of()).filter(pk=other.pk).exists() is expected[who]


def test_supervisors_of_the_same_region_are_beside_each_other():
    one, _beside = admin_rows.supervisor_of(), admin_rows.supervisor_of()
    town = admin_rows.supervisor_of("330603001000", "town")
    assert list(accounts.users_below(one)) == [town]
    assert list(accounts.users_below(town)) == []


def form(user, *roles, **said):
    fields = {"username": user.username, "full_name": user.full_name, "is_active": "on"} | said
    initial = sum("id" in role for role in roles)
    fields |= {"roles-TOTAL_FORMS": len(roles), "roles-INITIAL_FORMS": initial}
    for number, role in enumerate(roles):
        fields |= {f"roles-{number}-{name}": value for name, value in role.items()}
        fields[f"roles-{number}-user"] = user.pk
    return fields


def existing(role, **said):
    return {"id": role.pk, "role": role.role, "hall": role.hall_id or "", "region": role.region_id or ""} | said


def kinds(user):
    return sorted(Role.objects.filter(user=user).values_list("role", flat=True))


def test_manager_gives_the_desk_of_their_hall_only(client, hall, manager):
    user = desk_user(hall)
    own = existing(user.roles.get())
    other, village = admin_rows.another_hall(), hall.region_id
    client.force_login(manager)
    for asked in (
        {"role": "administrator"},
        {"role": "supervisor", "region": village},
        {"role": "hall_manager", "hall": hall.pk},
        {"role": "desk", "hall": other.pk},
    ):
        answer = client.post(f"{LIST}{user.pk}/change/", form(user, own, asked))
        assert (asked, answer.status_code, kinds(user)) == (asked, 200, ["desk"])
        answer = client.post(f"{LIST}{user.pk}/change/", form(user, own | asked))
        assert (asked, answer.status_code, kinds(user)) == (asked, 200, ["desk"])


def test_manager_makes_an_account_for_the_desk(client, hall, manager):
    client.force_login(manager)
    new = {"username": "xin", "full_name": "新来的", "password1": "xin-mima-123456", "password2": "xin-mima-123456"}
    none = {"roles-TOTAL_FORMS": 0, "roles-INITIAL_FORMS": 0, "usable_password": "true"}
    assert client.post(f"{LIST}add/", new | none).status_code == 302
    user = User.objects.get(username="xin")
    answer = client.post(f"{LIST}{user.pk}/change/", form(user, {"role": "desk", "hall": hall.pk}))
    assert (answer.status_code, kinds(user)) == (302, ["desk"])
    noted = AuditEntry.objects.of("user", user.pk).values_list("action", "actor", "fields")
    assert noted[0] == ("changed", manager.pk, ["roles"])
    assert accounts.users_below(admin_rows.hall_manager(hall)).filter(pk=user.pk).exists() is True


def test_role_less_account_stays_with_its_maker(client, hall, manager):
    client.force_login(manager)
    new = {"username": "xin", "full_name": "新来的", "password1": "xin-mima-123456", "password2": "xin-mima-123456"}
    none = {"roles-TOTAL_FORMS": 0, "roles-INITIAL_FORMS": 0, "usable_password": "true"}
    client.post(f"{LIST}add/", new | none)
    user = User.objects.get(username="xin")
    assert [user in accounts.users_below(who) for who in (manager, admin_rows.hall_manager(hall))] == [True, False]


def test_supervisor_gives_roles_inside_the_region(client, hall):
    region, user = admin_rows.supervisor_of(), desk_user(hall)
    own, town = existing(user.roles.get()), RegionFactory(code="330603001000", level="town")
    client.force_login(region)
    for asked in (
        {"role": "administrator"},
        {"role": "supervisor", "region": "330603000000"},
        {"role": "supervisor", "region": RegionFactory(code="330200000000", level="city").pk},
    ):
        answer = client.post(f"{LIST}{user.pk}/change/", form(user, own, asked))
        assert (asked, answer.status_code, kinds(user)) == (asked, 200, ["desk"])
    for asked in ({"role": "supervisor", "region": town.pk}, {"role": "hall_manager", "hall": hall.pk}):
        own_roles = [existing(role) for role in user.roles.all()]
        assert client.post(f"{LIST}{user.pk}/change/", form(user, *own_roles, asked)).status_code == 302
    assert kinds(user) == ["desk", "hall_manager", "supervisor"]


def test_switches_not_offered_cannot_be_set(client, hall, manager):
    user = desk_user(hall)
    seen = Permission.objects.get(codename="view_full_identity")
    client.force_login(manager)
    said = form(user, existing(user.roles.get()), is_superuser="on", user_permissions=seen.pk, groups="1")
    assert client.post(f"{LIST}{user.pk}/change/", said).status_code == 302
    user.refresh_from_db()
    assert (user.is_superuser, list(user.user_permissions.all())) == (False, [])


def test_administrator_gives_the_one_permission(client, hall):
    user = desk_user(hall)
    seen = Permission.objects.get(codename="view_full_identity")
    other = Permission.objects.exclude(pk=seen.pk).first()
    client.force_login(admin_rows.administrator())
    own = existing(user.roles.get())
    assert client.post(f"{LIST}{user.pk}/change/", form(user, own, user_permissions=other.pk)).status_code == 200
    assert client.post(f"{LIST}{user.pk}/change/", form(user, own, user_permissions=seen.pk)).status_code == 302
    assert list(user.user_permissions.all()) == [seen]


def test_new_password_is_audited(client, hall, manager):
    user = desk_user(hall)
    client.force_login(manager)
    new = {"password1": "xin-mima-123456", "password2": "xin-mima-123456", "usable_password": "true"}
    assert client.post(f"{LIST}{user.pk}/password/", new).status_code == 302
    entry = AuditEntry.objects.of("user", user.pk).get()
    assert (entry.actor, entry.fields) == (manager, ["password"])


def test_switching_off_ends_the_session(client, hall, manager):
    user = desk_user(hall)
    client.force_login(user)
    assert client.get(reverse("auditorium:desk")).status_code == 200
    user.is_active = False
    user.save()
    assert client.get(reverse("auditorium:desk")).status_code == 302
