"""A half-filled form is kept while its person is put aside, and shows the typed values again afterwards.

How a form page offers 先放一放:

1. inside the page's `<form method="post">`, after its submit button (Enter presses the first one):
   `{% include "auditorium/_put_aside.html" with villager=villager %}` (without `with` where nobody is chosen
   yet). The button sends the form's own content to the desk's `put_aside_form` view, no JavaScript needed. On a
   page whose form is a GET form, put the include outside of it in a POST form of its own: the address is kept.
2. in the view, after building the unbound form: `drafts.refill(request, form)`; formsets may follow.

That is all: the visit keeps `{"url": path, "data": {field: [values]}}`, encrypted; 接着办 leads back to the
page with `?resume=<visit>`, and `refill` takes the values from there. A bound form is left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from django.forms import BaseForm
from django.forms.formsets import BaseFormSet
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.http import url_has_allowed_host_and_scheme

from auditorium.enums import VisitState
from auditorium.models import User, Visit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    Draft = dict[str, Any]

RESUME = "resume"
# The page's own fields about the draft, and what no draft may hold.
URL_FIELD, VILLAGER_FIELD = "draft_url", "draft_villager"
_DROPPED = {"csrfmiddlewaretoken", URL_FIELD, VILLAGER_FIELD}
_SECRET = ("password", "secret", "token", "captcha")


def from_post(post: QueryDict) -> Draft | None:
    """The draft a page sent, without tokens, secrets and files; None when its address isn't one of ours."""
    url = post.get(URL_FIELD, "")
    if not url.startswith("/") or not url_has_allowed_host_and_scheme(url, allowed_hosts=None):
        return None
    kept = {name: values for name, values in post.lists() if name not in _DROPPED and not _is_secret(name)}
    return {"url": _without_resume(url), "data": kept}


def resume_url(draft: Draft, visit: Visit) -> str:
    """The page the draft was typed on, told to show it again."""
    url = draft["url"]
    return f"{url}{'&' if '?' in url else '?'}{urlencode({RESUME: visit.pk})}"


def refill(request: HttpRequest, *forms: BaseForm | BaseFormSet[Any]) -> None:
    """Show in unbound forms what was typed before, where this page is one being resumed; else do nothing."""
    draft = draft_for(request)
    if draft is None:
        return
    data: MultiValueDict[str, Any] = MultiValueDict(draft["data"])
    for form in forms:
        if form.is_bound:
            continue
        if isinstance(form, BaseFormSet):
            _make_room(form, data)
            for row in form.forms:
                _fill(row, data)
        else:
            _fill(form, data)


def draft_for(request: HttpRequest) -> Draft | None:
    """The draft of this page, if the user is serving its visit and came here by 接着办."""
    pk, user = request.GET.get(RESUME, ""), request.user
    if not (pk.isdecimal() and isinstance(user, User)):
        return None
    visit = Visit.objects.for_user(user).filter(pk=int(pk), served_by=user, state=VisitState.SERVING).first()
    draft: Draft | None = visit.draft if visit else None
    return draft if draft and urlsplit(draft["url"]).path == request.path else None


def _fill(form: BaseForm, data: Mapping[str, Any]) -> None:
    """Take each field as its own widget reads it: an unticked box is typed too, an absent field isn't."""
    for name, field in form.fields.items():
        prefixed = form.add_prefix(name)
        if not field.widget.value_omitted_from_data(data, {}, prefixed):
            form.initial[name] = field.widget.value_from_datadict(data, {}, prefixed)


def _make_room(formset: BaseFormSet[Any], data: MultiValueDict[str, Any]) -> None:
    """As many rows as there were when it was put aside."""
    count = str(data.get(f"{formset.prefix}-TOTAL_FORMS", ""))
    if count.isdecimal():
        formset.extra = max(min(int(count), formset.absolute_max) - formset.initial_form_count(), 0)
        formset.__dict__.pop("forms", None)  # made before, with another number of rows


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in _SECRET)


def _without_resume(url: str) -> str:
    """The address as it was before 接着办 led to it."""
    path, _mark, query = url.partition("?")
    rest = QueryDict(query, mutable=True)
    rest.pop(RESUME, None)
    return f"{path}?{rest.urlencode()}" if rest else path
