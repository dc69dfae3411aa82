"""Copies, loans and terms in the admin: in the user's halls only, moved through the same front door as at the desk."""

import pytest
from django.urls import reverse

from auditorium.domain.library.lending import loans
from auditorium.models import AuditEntry, BookCopy, LendingPolicy
from tests.admin_rows import administrator, hall_manager
from tests.factories import BookCopyFactory, HallFactory, PrintedBookFactory, VillagerFactory

pytestmark = pytest.mark.django_db
COPIES = reverse("admin:auditorium_bookcopy_changelist")


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def manager(hall):
    return hall_manager(hall)


@pytest.fixture
def admin(client, manager):
    client.force_login(manager)
    return client


def act(client, action, copies):
    posted = {"action": action, "_selected_action": [copy.pk for copy in copies]}
    return [str(one) for one in client.post(COPIES, posted, follow=True).context["messages"]]


def states():
    return list(BookCopy.objects.order_by("pk").values_list("state", flat=True))


def test_copies_are_moved_but_not_those_that_are_out(admin, hall, manager):
    shelved, lent = BookCopyFactory.create_batch(2, hall=hall)
    loans.lend(copy=lent, villager=VillagerFactory(registered_at=hall), by=manager)
    both = [shelved, lent]
    assert (act(admin, "withdraw", both), states()) == (["改了 1 册；借出去的不动。"], ["withdrawn", "lent"])
    assert (act(admin, "put_back", both), states()) == (["改了 1 册；借出去的不动。"], ["on_shelf", "lent"])
    assert (act(admin, "miss", both), states()) == (["改了 1 册；借出去的不动。"], ["lost", "lent"])


def test_copies_of_other_halls_are_not_there(admin, hall):
    other = BookCopyFactory()
    assert act(admin, "withdraw", [other]) != ["改了 1 册；借出去的不动。"]
    assert states() == ["on_shelf"]
    assert admin.get(reverse("admin:auditorium_bookcopy_change", args=[other.pk])).status_code == 302


def test_a_number_is_kept_as_the_scanner_reads_it(client, hall):
    user = administrator()
    client.force_login(user)
    book = PrintedBookFactory()
    posted = {
        "resource": book.pk,
        "hall": hall.pk,
        "number": " ｎ 12",
        "loans-TOTAL_FORMS": 0,
        "loans-INITIAL_FORMS": 0,
    }
    client.post(reverse("admin:auditorium_bookcopy_add"), posted)
    copy = BookCopy.objects.get()
    assert (copy.number, copy.resource, copy.hall) == ("N12", book, hall)
    assert AuditEntry.objects.filter(action="added", object_kind="bookcopy", actor=user, hall=hall).count() == 1


def test_a_hall_sets_its_own_terms(admin, hall):
    posted = {"hall": hall.pk, "days": 14, "books": 3, "renewals": 2, "call_after": 5}
    admin.post(reverse("admin:auditorium_lendingpolicy_add"), posted)
    policy = LendingPolicy.objects.get()
    assert (policy.hall, policy.days, policy.books, policy.renewals, policy.call_after) == (hall, 14, 3, 2, 5)
    refused = admin.post(reverse("admin:auditorium_lendingpolicy_change", args=[policy.pk]), {**posted, "days": 0})
    assert "days" in refused.context["adminform"].form.errors


def test_a_printed_book_shows_its_copies(client, hall):
    client.force_login(administrator())
    copy = BookCopyFactory(hall=hall, number="N77")
    page = client.get(reverse("admin:auditorium_resource_change", args=[copy.resource_id]))
    assert "N77" in page.content.decode()
