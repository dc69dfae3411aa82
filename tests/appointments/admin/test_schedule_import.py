"""Sending in a schedule through the admin: upload, preview, decide, get it back."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from appointments.admin import schedule_import
from appointments.enums import UploadState
from appointments.models import ClinicSession, ScheduleUpload
from auditorium import clock
from tests import admin_rows
from tests.appointments.domain.schedule_import.workbooks import HEADER, row, sheet_of
from tests.appointments.factories import HospitalFactory
from tests.factories import HallFactory, RegionFactory, UserFactory, desk_user

pytestmark = pytest.mark.django_db
PREVIEW_QUERIES = 9
"""Three for the session, user, roles, the upload, and four times whose clerk somebody is."""
ADD = "/admin/appointments/scheduleupload/add/"
LIST = "/admin/appointments/scheduleupload/"


@pytest.fixture
def hospital():
    return HospitalFactory(name="柯桥区示例医院")


@pytest.fixture(autouse=True)
def hall():
    return HallFactory(name="宝善桥村文化礼堂", region=RegionFactory(code="330603011258"))


@pytest.fixture
def clerk(client, hospital):
    user = admin_rows.clerk_of(hospital)
    client.force_login(user)
    return user


def good(**changes):
    return row(日期=clock.today() + timedelta(days=3), **changes)


def send(client, content, name="排班.xlsx", **answers):
    return client.post(ADD, {"file": SimpleUploadedFile(name, content), **answers})


def page(upload, name="change"):
    return reverse(f"admin:appointments_scheduleupload_{name}", args=[upload.pk])


def errors(answer):
    return {name: list(said) for name, said in answer.context["form"].errors.items()}


@pytest.mark.usefixtures("clerk")
def test_upload_leads_to_a_preview_and_changes_nothing(client):
    answer = send(client, sheet_of(good(), good(医生="孙丽", 号数=-3)))
    upload = ScheduleUpload.objects.get()
    assert (answer.status_code, answer.url, ClinicSession.objects.count()) == (302, page(upload), 0)
    text = client.get(page(upload)).content.decode()
    assert "好的先进" in text
    assert "号数是 -3，要在 1 到 999 之间。" in text
    assert "柯桥区示例医院 骨科" in text


@pytest.mark.usefixtures("clerk")
def test_confirming_brings_the_good_rows_in(client):
    send(client, sheet_of(good(), good(医生="孙丽", 号数=-3)))
    upload = ScheduleUpload.objects.get()
    answer = client.post(page(upload, "confirm"), follow=True)
    assert [str(message) for message in answer.context["messages"]] == ["已经导入：新班次 1 个，更改 0 个。"]
    assert "好的先进" not in answer.content.decode()
    assert ClinicSession.objects.count() == 1
    again = client.post(page(upload, "confirm"), follow=True)
    assert [str(message) for message in again.context["messages"]] == ["这张表已经处理过了。"]


@pytest.mark.usefixtures("clerk")
def test_discarding_brings_nothing_in(client):
    send(client, sheet_of(good()))
    upload = ScheduleUpload.objects.get()
    assert "全部导入" in client.get(page(upload)).content.decode()
    answer = client.post(page(upload, "discard"), follow=True)
    assert [str(message) for message in answer.context["messages"]] == ["这张表没有导入，一个班次也没有动。"]
    upload.refresh_from_db()
    assert (upload.state, ClinicSession.objects.count()) == (UploadState.DISCARDED, 0)
    assert client.get(page(upload, "workbook")).status_code == 404


@pytest.mark.usefixtures("clerk")
def test_confirming_what_another_tab_discarded_says_so(client):
    send(client, sheet_of(good()))
    upload = ScheduleUpload.objects.get()
    client.post(page(upload, "discard"))
    answer = client.post(page(upload, "confirm"), follow=True)
    assert [str(message) for message in answer.context["messages"]][-1] == "这张表已经处理过了。"
    assert ClinicSession.objects.count() == 0


@pytest.mark.usefixtures("clerk")
def test_deciding_needs_a_post(client):
    send(client, sheet_of(good()))
    upload = ScheduleUpload.objects.get()
    assert [client.get(page(upload, name)).status_code for name in ("confirm", "discard")] == [405, 405]


@pytest.mark.usefixtures("clerk")
def test_workbook_comes_back_marked(client):
    send(client, sheet_of(good(号数=-3)), name="十一月.xlsx")
    answer = client.get(page(ScheduleUpload.objects.get(), "workbook"))
    assert (
        answer["Content-Disposition"]
        == "attachment; filename*=utf-8''%E5%8D%81%E4%B8%80%E6%9C%88-%E5%8E%9F%E5%9B%A0.xlsx"
    )
    sheet = load_workbook(io.BytesIO(answer.content))["排班"]
    assert sheet["N2"].value == "号数：号数是 -3，要在 1 到 999 之间。"


@pytest.mark.usefixtures("clerk")
def test_sheet_that_does_not_say_whose_places_asks(client, hall):
    content = sheet_of(good()[:-1], header=HEADER[:-1])
    assert errors(send(client, content)) == {"allotment": ["表里没有“分配给”这一列，请说明这些号分给哪个礼堂或区域。"]}
    assert errors(send(client, content, allotment="不知道哪里")) == {
        "allotment": ["没有叫“不知道哪里”的礼堂或区域，请写礼堂全名，或者区划名称、代码。"]
    }
    send(client, content, allotment="宝善桥村")
    assert ScheduleUpload.objects.get().hall == hall


@pytest.mark.usefixtures("clerk")
def test_file_that_is_no_schedule_is_refused_beside_its_field(client):
    assert errors(send(client, b"\x89PNG\r\n\x1a\n\0")) == {
        "file": ["这不是 .xlsx 或 .csv 文件，或者编码不对。请存成 .xlsx 再传。"]
    }
    assert errors(send(client, b"x" * (5 * 1024 * 1024 + 1))) == {
        "file": ["文件太大，最多 5 MB。请按月份或医院分成几个文件。"]
    }
    assert ScheduleUpload.objects.count() == 0


@pytest.mark.usefixtures("clerk")
def test_hospital_of_somebody_else_is_refused(client):
    HospitalFactory(name="别家医院")
    assert errors(send(client, sheet_of(good()), hospital="别家医院")) == {"hospital": ["“别家医院”的排班不归您导入。"]}


@pytest.mark.usefixtures("clerk")
def test_clerk_of_one_hospital_finds_its_name_filled_in(client):
    assert client.get(ADD).context["form"]["hospital"].value() == "柯桥区示例医院"


@pytest.mark.usefixtures("clerk")
def test_upload_of_somebody_else_does_not_exist(client, hospital):
    send(client, sheet_of(good()))
    upload = ScheduleUpload.objects.get()
    client.force_login(admin_rows.clerk_of(hospital))
    asked = [client.get(page(upload)), client.get(page(upload, "workbook"))]
    asked += [client.post(page(upload, name)) for name in ("confirm", "discard")]
    assert [answer.status_code for answer in asked] == [404] * 4
    assert list(client.get(LIST).context["cl"].result_list) == []
    client.force_login(admin_rows.administrator())
    assert client.get(page(upload)).status_code == 200


def test_who_may_import(client, hall):
    may = {
        "administrator": admin_rows.administrator(),
        "supervisor": admin_rows.supervisor_of(),
        "clerk": admin_rows.clerk_of(HospitalFactory()),
        "manager": admin_rows.hall_manager(hall),
        "desk": desk_user(hall, is_staff=True),
        "nobody": UserFactory(is_staff=True),
    }
    statuses = {}
    for name, user in may.items():
        client.force_login(user)
        statuses[name] = (client.get(ADD).status_code, client.get(LIST).status_code)
    assert statuses == {
        "administrator": (200, 200),
        "supervisor": (200, 200),
        "clerk": (200, 200),
        "manager": (403, 403),
        "desk": (403, 403),
        "nobody": (403, 403),
    }


@pytest.mark.usefixtures("clerk")
def test_changed_outcome_is_shown_again(client):
    send(client, sheet_of(good()))
    upload = ScheduleUpload.objects.get()
    send(client, sheet_of(good()))
    client.post(page(ScheduleUpload.objects.first(), "confirm"))
    answer = client.post(page(upload, "confirm"), follow=True)
    assert [str(m) for m in answer.context["messages"]][-1] == "刚才排班有变化，结果和您看到的不一样了。请再看一遍。"
    assert "表里的班次系统里都有了，没有要改的。" in answer.content.decode()


@pytest.mark.usefixtures("clerk")
def test_long_lists_are_cut_on_the_page_and_whole_in_the_workbook(client, monkeypatch):
    monkeypatch.setattr(schedule_import, "MOST_SHOWN", 3)
    send(client, sheet_of(*(good(医生=f"李{n}", 号数=-1) for n in range(5))))
    upload = ScheduleUpload.objects.get()
    text = client.get(page(upload)).content.decode()
    assert (text.count("号数是 -1"), "还有 2 行没有列出，请下载标了原因的表。" in text) == (3, True)
    sheet = load_workbook(io.BytesIO(client.get(page(upload, "workbook")).content))["排班"]
    assert len([cell for cell in sheet["N"] if cell.value]) == 6


@pytest.mark.usefixtures("clerk")
@pytest.mark.parametrize("rows", [1, 12])
def test_preview_asks_as_little_whatever_its_length(client, django_assert_num_queries, rows):
    send(client, sheet_of(*(good(医生=f"李{n}") for n in range(rows))))
    upload = ScheduleUpload.objects.get()
    client.get(page(upload))
    with django_assert_num_queries(PREVIEW_QUERIES):
        client.get(page(upload))


@pytest.mark.usefixtures("clerk")
def test_pages_have_no_script_or_style_of_their_own(client):
    send(client, sheet_of(good()))
    for address in (ADD, page(ScheduleUpload.objects.get())):
        text = client.get(address).content.decode()
        assert ("style=" in text, "<style" in text, "onclick" in text) == (False, False, False)
        assert "<script>" not in text
