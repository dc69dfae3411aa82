"""From draft to the shelf: in this order, by somebody, and only with what nothing is shown without."""

import pytest

from auditorium.domain.library import publishing
from auditorium.library_enums import FileRole, ResourceKind, ResourceState
from auditorium.models import AuditEntry, CourseItem, Resource
from tests.factories import ResourceFactory, ResourceFileFactory, UserFactory

pytestmark = pytest.mark.django_db


def one(resource):
    return Resource.objects.filter(pk=resource.pk)


def book(state=ResourceState.DRAFT, **said):
    resource = ResourceFactory(state=state, published_at=None, **said)
    ResourceFileFactory(resource=resource)
    return resource


def test_a_draft_is_reviewed_then_published_then_withdrawn_then_a_draft_again():
    resource, by = book(), UserFactory()
    moves = [publishing.review, publishing.publish, publishing.withdraw, publishing.back_to_draft]
    states = []
    for move in moves:
        assert move(resources=one(resource), by=by) == 1
        resource.refresh_from_db()
        states.append((resource.state, resource.reviewed_by, resource.published_at is not None))
    assert states == [("reviewed", by, False), ("published", by, True), ("withdrawn", by, True), ("draft", None, True)]
    acts = AuditEntry.objects.of("resource", resource.pk).order_by("pk").values_list("action", "actor")
    assert list(acts) == [(state, by.pk) for state in ("reviewed", "published", "withdrawn", "draft")]


def test_why_it_was_taken_off_the_shelf_stands_in_the_audit():
    resource = book(ResourceState.PUBLISHED)
    publishing.withdraw(resources=one(resource), by=None, why="来源处已经下架")
    assert AuditEntry.objects.of("resource", resource.pk).get().why == "来源处已经下架"


def test_nothing_is_published_that_nobody_reviewed():
    resource = book()
    assert publishing.publish(resources=one(resource), by=UserFactory()) == 0
    resource.refresh_from_db()
    assert resource.state == ResourceState.DRAFT


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ({"rights_holder": ""}, ["权利人"]),
        ({"licence": ""}, ["使用许可"]),
        ({"rights_holder": "", "licence": ""}, ["权利人", "使用许可"]),
        ({"kind": ResourceKind.LINK}, ["网址"]),
        ({"kind": ResourceKind.LINK, "url": "https://www.culturedc.cn/"}, []),
        ({"kind": ResourceKind.COURSE}, ["课程内容"]),
        ({"kind": ResourceKind.PRINTED_BOOK}, []),
        ({}, []),
    ],
)
def test_what_lacks_something_stays_and_says_what(said, missing):
    resource = book(ResourceState.REVIEWED, **said)
    assert publishing.lacking(resource) == missing
    assert publishing.publish(resources=one(resource), by=UserFactory()) == (0 if missing else 1)
    resource.refresh_from_db()
    assert resource.state == (ResourceState.REVIEWED if missing else ResourceState.PUBLISHED)


def test_a_cover_alone_is_no_book():
    resource = ResourceFactory(state=ResourceState.REVIEWED)
    ResourceFileFactory(resource=resource, role=FileRole.COVER)
    assert publishing.lacking(resource) == ["正文文件"]
    assert publishing.publish(resources=one(resource), by=UserFactory()) == 0


def test_a_course_with_a_step_is_published():
    course = ResourceFactory(state=ResourceState.REVIEWED, kind=ResourceKind.COURSE)
    CourseItem.objects.create(course=course, resource=book(ResourceState.PUBLISHED))
    assert publishing.publish(resources=one(course), by=UserFactory()) == 1


def test_of_many_the_complete_ones_are_published():
    ready, lacking = book(ResourceState.REVIEWED), book(ResourceState.REVIEWED, licence="")
    assert publishing.publish(resources=Resource.objects.all(), by=UserFactory()) == 1
    states = dict(Resource.objects.values_list("pk", "state"))
    assert states == {ready.pk: "published", lacking.pk: "reviewed"}
