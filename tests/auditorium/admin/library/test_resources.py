"""Resources in the admin: described, moved by buttons, kept complete while they are on the shelf."""

import io

import pytest
from django.urls import reverse

from auditorium.domain.library import covers, words
from auditorium.domain.library.files import store
from auditorium.library_enums import ResourceKind, ResourceState
from auditorium.models import AuditEntry, CourseItem, Resource, Topic
from tests import admin_rows
from tests.appointments.admin.test_lists import shown
from tests.factories import ChannelFactory, HallFactory, ResourceFactory, ResourceFileFactory

pytestmark = pytest.mark.django_db
RESOURCES = "/admin/auditorium/resource/"
NO_MORE_FILES = {"files-TOTAL_FORMS": 0, "files-INITIAL_FORMS": 0}


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def channel(hall):
    return ChannelFactory(keeper_hall=hall)


@pytest.fixture
def managing(client, hall):
    client.force_login(admin_rows.hall_manager(hall))
    return client


def filled(resource_or_channel, **said):
    fields = ("kind", "title", "creator", "order", "language", "rights_holder", "licence", "url")
    if isinstance(resource_or_channel, Resource):
        known = {name: getattr(resource_or_channel, name) for name in fields}
        return known | {"channel": resource_or_channel.channel_id} | NO_MORE_FILES | said
    return {
        "channel": resource_or_channel.pk,
        "kind": "book",
        "title": "论语",
        "creator": "孔子及弟子",
        "order": 100,
        "language": "lzh-Hans",
    } | said


def change(resource):
    return reverse("admin:auditorium_resource_change", args=[resource.pk])


def messages_of(answer):
    return [str(message) for message in answer.context["messages"]]


def errors(answer):
    return {name: list(said) for name, said in answer.context["adminform"].errors.items()}


def test_a_resource_is_added_as_a_draft_that_is_found_and_audited(managing, channel):
    assert managing.post(f"{RESOURCES}add/", filled(channel)).status_code == 302
    resource = Resource.objects.get()
    assert resource.state == ResourceState.DRAFT
    assert [row.resource for row in words.holding("lunyu")] == [resource]
    assert AuditEntry.objects.of("resource", resource.pk).get().action == "added"


def test_a_channel_of_others_is_no_choice(managing):
    other = ChannelFactory(keeper_hall=HallFactory())
    assert list(errors(managing.post(f"{RESOURCES}add/", filled(other)))) == ["channel"]
    assert not Resource.objects.exists()


def test_a_topic_of_another_channel_is_refused(managing, hall, channel):
    topic = Topic.objects.create(channel=ChannelFactory(keeper_hall=hall), title="启蒙")
    answer = managing.post(f"{RESOURCES}add/", filled(channel, topic=topic.pk))
    assert errors(answer) == {"topic": ["主题要在同一个频道里。"]}


def test_buttons_move_it_and_say_so(managing, hall, channel):
    resource = ResourceFactory(channel=channel, state=ResourceState.DRAFT, published_at=None)
    ResourceFileFactory(resource=resource)
    said = []
    for button in ("_review", "_publish", "_withdraw", "_back_to_draft"):
        answer = managing.post(change(resource), filled(resource) | {button: "1"}, follow=True)
        said.append((Resource.objects.get().state, *messages_of(answer)))
    assert said == [
        ("reviewed", "审核通过 1 项。"),
        ("published", "上架 1 项。"),
        ("withdrawn", "下架 1 项。"),
        ("draft", "退回草稿 1 项。"),
    ]
    assert Resource.objects.get().reviewed_by is None


def test_what_is_lacking_is_said(managing, channel):
    resource = ResourceFactory(channel=channel, state=ResourceState.REVIEWED, rights_holder="")
    page = managing.get(change(resource)).content.decode()
    assert "上架以前还缺" in page
    answer = managing.post(change(resource), filled(resource) | {"_publish": "1"}, follow=True)
    assert messages_of(answer) == ["上架 0 项。", f"《{resource.title}》还不能上架，缺：权利人、正文文件。"]


def test_what_is_on_the_shelf_keeps_rights_and_licence(managing, channel):
    resource = ResourceFactory(channel=channel)
    ResourceFileFactory(resource=resource)
    answer = managing.post(change(resource), filled(resource, licence="", rights_holder=""))
    assert errors(answer) == {"__all__": ["已经上架，不能没有权利人、使用许可。要改请先下架。"]}
    assert Resource.objects.get().licence == "public_domain"


def test_only_a_draft_never_shown_is_deleted(managing, channel):
    shown_once = ResourceFactory(channel=channel, state=ResourceState.DRAFT)
    draft = ResourceFactory(channel=channel, state=ResourceState.DRAFT, published_at=None)
    words.rebuild([draft])
    gone = {
        r: managing.post(change(r).replace("change", "delete"), {"post": "yes"}).status_code
        for r in (shown_once, draft)
    }
    assert gone == {shown_once: 403, draft: 302}
    assert list(Resource.objects.all()) == [shown_once]


def test_the_list_is_searched_as_at_the_desk(managing, channel):
    lunyu = ResourceFactory(channel=channel, title="论语", creator="孔子")
    words.rebuild([lunyu, ResourceFactory(channel=channel)])
    found = {typed: shown(managing.get(RESOURCES, {"q": typed})) for typed in ("论语", "ly", "kongzi")}
    assert found == {typed: {lunyu.pk} for typed in found}


def test_filters_name_no_channel_of_others(managing, channel):
    ResourceFactory(channel=channel)
    ResourceFactory(channel=ChannelFactory(keeper_hall=HallFactory(), name="别村的书"))
    assert "别村的书" not in managing.get(RESOURCES).content.decode()


def test_a_course_is_put_together_of_what_is_ones_own(managing, channel):
    course = ResourceFactory(channel=channel, kind=ResourceKind.COURSE, state=ResourceState.DRAFT)
    step, foreign = ResourceFactory(channel=channel), ResourceFactory()
    there = ResourceFactory()
    CourseItem.objects.create(course=course, resource=there, order=1)
    item = course.items.get()
    rows = {"items-TOTAL_FORMS": 2, "items-INITIAL_FORMS": 1, "items-0-id": item.pk, "items-0-course": course.pk}
    rows |= {"items-0-order": 1, "items-0-resource": there.pk, "items-1-order": 2, "items-1-course": course.pk}
    refused = managing.post(change(course), filled(course) | rows | {"items-1-resource": foreign.pk})
    assert refused.status_code == 200
    assert managing.post(change(course), filled(course) | rows | {"items-1-resource": step.pk}).status_code == 302
    assert [item.resource for item in course.items.all()] == [there, step]


@pytest.mark.usefixtures("library_folder")
def test_what_stood_in_a_file_taken_away_finds_nothing(managing, channel):
    resource = ResourceFactory(channel=channel, state=ResourceState.DRAFT)
    row = ResourceFileFactory(resource=resource, file=store(io.BytesIO("学而时习之".encode())))
    covers.make()
    assert words.holding("时习之").count() == 1
    rows = {"files-TOTAL_FORMS": 1, "files-INITIAL_FORMS": 1, "files-0-id": row.pk, "files-0-resource": resource.pk}
    rows |= {"files-0-role": "content", "files-0-order": 1, "files-0-DELETE": "on"}
    assert managing.post(change(resource), filled(resource) | rows).status_code == 302
    assert (resource.files.count(), words.holding("时习之").count()) == (0, 0)
