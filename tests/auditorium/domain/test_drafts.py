"""What was typed is kept and shown again."""

import pytest
from django import forms
from django.http import QueryDict
from django.test import RequestFactory

from auditorium.domain import drafts, visits
from auditorium.models import Visit
from tests.factories import HallFactory, VisitFactory, desk_user

pytestmark = pytest.mark.django_db
PAGE = "/people/new"


class PersonForm(forms.Form):
    """One of each way a browser sends a field."""

    name = forms.CharField()
    born = forms.DateField(required=False)
    halls = forms.MultipleChoiceField(choices=[("1", "a"), ("2", "b"), ("3", "c")], required=False)
    low_vision = forms.BooleanField(required=False)
    reminders = forms.BooleanField(required=False, initial=True)
    when = forms.SplitDateTimeField(required=False)
    key = forms.CharField(widget=forms.HiddenInput, initial="fresh")


TYPED = "name=张小明&born=1950-13&halls=1&halls=3&low_vision=on&when_0=2026-11-24&when_1="


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def user(hall):
    return desk_user(hall)


def sent(typed: str, url: str = PAGE) -> QueryDict:
    post = QueryDict(f"{typed}&csrfmiddlewaretoken=abc&draft_villager=7", mutable=True)
    post["draft_url"] = url
    return post


def resumed(user, draft, path=PAGE, by=None):
    """The request by which 接着办 leads back to the page."""
    visit = VisitFactory(hall=user.current_hall)
    visits.put_aside(visit=visit, by=user, draft=draft)
    visits.resume(visit=visit, by=user)
    request = RequestFactory().get(path, {"resume": visit.pk})
    request.user = by or user
    return request


def test_from_post_keeps_fields_and_no_tokens():
    assert drafts.from_post(sent("name=张小明&halls=1&halls=3&new_password=x&api_token=y")) == {
        "url": PAGE,
        "data": {"name": ["张小明"], "halls": ["1", "3"]},
    }


@pytest.mark.parametrize(
    "url", ["", "people/new", "//evil.example/x", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_from_post_refuses_an_address_that_is_not_ours(url):
    assert drafts.from_post(sent("name=x", url)) is None


def test_from_post_keeps_the_address_without_an_older_resume():
    draft = drafts.from_post(sent("", "/book/5/?resume=3&q=膝盖"))
    assert draft["url"] == "/book/5/?q=%E8%86%9D%E7%9B%96"


@pytest.mark.parametrize(
    ("url", "expected"), [("/people/new", "/people/new?resume={pk}"), ("/book/5/?q=a", "/book/5/?q=a&resume={pk}")]
)
def test_resume_url_says_which_visit(hall, url, expected):
    visit = VisitFactory(hall=hall)
    assert drafts.resume_url({"url": url, "data": {}}, visit) == expected.format(pk=visit.pk)


def test_refill_shows_every_kind_of_field_as_typed(user):
    form = PersonForm()
    drafts.refill(resumed(user, drafts.from_post(sent(TYPED))), form)
    page = form.as_p()
    assert 'value="张小明"' in page
    assert 'value="1950-13"' in page
    assert [option.data["value"] for option in form["halls"].subwidgets if option.data["selected"]] == ["1", "3"]
    assert (form["low_vision"].value(), form["reminders"].value()) == (True, False)
    assert form["when"].value() == ["2026-11-24", ""]
    assert 'value="2026-11-24"' in page
    assert not form.is_bound
    assert "errorlist" not in page


def test_refill_leaves_what_was_not_sent_fresh(user):
    form = PersonForm()
    drafts.refill(resumed(user, drafts.from_post(sent(TYPED))), form)
    assert form["key"].value() == "fresh"


def test_refill_minds_prefixes_and_rows_of_a_formset(user):
    rows = forms.formset_factory(PersonForm, extra=1, max_num=5)
    typed = (
        "contacts-TOTAL_FORMS=3&contacts-INITIAL_FORMS=0&contacts-0-name=张丽&contacts-2-name=阿根&person-name=张小明"
    )
    form, formset = PersonForm(prefix="person"), rows(prefix="contacts")
    assert len(formset.forms) == 1  # some views look at the rows before
    drafts.refill(resumed(user, drafts.from_post(sent(typed))), form, formset)
    assert form["name"].value() == "张小明"
    assert [row["name"].value() for row in formset.forms] == ["张丽", None, "阿根"]


def test_refill_makes_no_more_rows_than_allowed(user):
    rows = forms.formset_factory(PersonForm, extra=1, max_num=2, absolute_max=4)
    formset = rows(prefix="contacts")
    drafts.refill(resumed(user, drafts.from_post(sent("contacts-TOTAL_FORMS=100000"))), formset)
    assert len(formset.forms) <= 4


def test_refill_leaves_a_bound_form_alone(user):
    form = PersonForm({"name": "李阿根"})
    drafts.refill(resumed(user, drafts.from_post(sent(TYPED))), form)
    assert form["name"].value() == "李阿根"


def test_refill_only_on_the_page_it_was_typed_on(user):
    form = PersonForm()
    drafts.refill(resumed(user, drafts.from_post(sent(TYPED)), path="/elsewhere"), form)
    assert form["name"].value() is None


def test_draft_for_nobody_but_who_serves_the_visit(user, hall):
    draft = drafts.from_post(sent(TYPED))
    assert drafts.draft_for(resumed(user, draft, by=desk_user(hall))) is None


def test_draft_for_a_visit_put_aside_again_is_none(user):
    request = resumed(user, drafts.from_post(sent(TYPED)))
    visits.put_aside(visit=Visit.objects.get(), by=user)
    assert drafts.draft_for(request) is None


@pytest.mark.parametrize("resume", ["", "x", "99999", "²"])
def test_draft_for_a_made_up_visit_is_none(user, resume):
    request = RequestFactory().get(PAGE, {"resume": resume})
    request.user = user
    assert drafts.draft_for(request) is None


def test_draft_is_encrypted_in_the_database(user):
    from django.db import connection

    resumed(user, drafts.from_post(sent(TYPED)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT draft FROM auditorium_visit")
        (stored,) = cursor.fetchone()
    assert "张小明" not in stored
    assert "\\u5f20" not in stored
