"""The desk's pages on which a dialect lesson is written, phrase by phrase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from auditorium.domain import preferences
from auditorium.domain.library import lesson_checks, lesson_sheets, lessons
from auditorium.errors import DeskError
from auditorium.forms.library.lessons import LessonForm, LessonSheetForm, PhraseForm
from auditorium.models import Phrase
from auditorium.views.library.serving import send
from auditorium.views.refusals import saying_refusals

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from auditorium.models import Hall, Resource
    from auditorium.views.access import StaffRequest

PER_PAGE = 20
HEARS_RECORDINGS = {"media-src": [SELF, "blob:"]}
"""What was just recorded in the page is heard before it is sent."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def lesson_list(request: StaffRequest) -> HttpResponse:
    """The lessons somebody may write."""
    page = Paginator(lessons.listed_for(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "auditorium/library/lessons.html", {"page_obj": page})


@require_http_methods(["GET", "POST"])
def lesson_new(request: StaffRequest) -> HttpResponse:
    """A lesson to begin."""
    form = LessonForm(request.POST or None, user=request.user)
    if form.is_valid():
        channel = form.cleaned_data["channel"]
        started = lessons.start(channel=channel, details=form.details, by=request.user)
        return redirect("auditorium:lesson", started.pk)
    return render(request, "auditorium/library/lesson_form.html", {"form": form})


@require_safe
def lesson(request: StaffRequest, pk: int) -> HttpResponse:
    """Its phrases, who speaks, and what it still lacks."""
    found = load_lesson(request, pk)
    context = {
        "lesson": found,
        "phrases": found.phrases.select_related("speaker"),
        "speakers": found.channel.speakers.all(),
        "is_open": lessons.is_open(found),
        "missing": lesson_checks.whats_missing(found),
    }
    return render(request, "auditorium/library/lesson.html", context)


@require_http_methods(["GET", "POST"])
def lesson_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """What is said of it as a whole."""
    found = load_lesson(request, pk)
    form = LessonForm(request.POST or None, user=request.user, lesson=found)
    if form.is_valid():
        try:
            lessons.describe(lesson=found, details=form.details, by=request.user)
        except DeskError as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return redirect("auditorium:lesson", pk)
    return render(request, "auditorium/library/lesson_form.html", {"form": form, "lesson": found})


@csp_update(HEARS_RECORDINGS)  # type: ignore[arg-type] # its types know views of one argument only
@require_http_methods(["GET", "POST"])
def phrase_new(request: StaffRequest, pk: int) -> HttpResponse:
    """The next phrase; whoever spoke the last one probably speaks this one too."""
    found = load_lesson(request, pk)
    before = found.phrases.last()
    initial = {"speaker": before.speaker_id} if before else {}
    form = PhraseForm(request.POST or None, request.FILES or None, lesson=found, initial=initial)
    if form.is_valid():
        try:
            lessons.add_phrase(lesson=found, details=form.details, by=request.user, hall=_hall(request))
        except DeskError as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("加上了：%(words)s") % {"words": form.cleaned_data["words"]})
            return redirect("auditorium:phrase_new" if "another" in request.POST else "auditorium:lesson", pk)
    return render(request, "auditorium/library/phrase_form.html", {"form": form, "lesson": found})


@csp_update(HEARS_RECORDINGS)  # type: ignore[arg-type] # its types know views of one argument only
@require_http_methods(["GET", "POST"])
def phrase_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """One phrase, put right."""
    phrase = _phrase(request, pk)
    form = PhraseForm(request.POST or None, request.FILES or None, lesson=phrase.resource, phrase=phrase)
    if form.is_valid():
        try:
            lessons.change_phrase(phrase=phrase, details=form.details, by=request.user, hall=_hall(request))
        except DeskError as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return redirect("auditorium:lesson", phrase.resource_id)
    context = {"form": form, "lesson": phrase.resource, "phrase": phrase}
    return render(request, "auditorium/library/phrase_form.html", context)


@require_POST
@saying_refusals
def phrase_move(request: StaffRequest, pk: int) -> HttpResponse:
    """One place up or down."""
    phrase = _phrase(request, pk)
    lessons.move_phrase(phrase=phrase, up=request.POST.get("to") == "up")
    return redirect("auditorium:lesson", phrase.resource_id)


@require_http_methods(["GET", "POST"])
@saying_refusals
def phrase_remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Asks once, then takes it out."""
    phrase = _phrase(request, pk)
    if request.method == "POST":
        lessons.remove_phrase(phrase=phrase, by=request.user, hall=_hall(request))
        return redirect("auditorium:lesson", phrase.resource_id)
    return render(request, "auditorium/library/phrase_remove.html", {"phrase": phrase, "lesson": phrase.resource})


@require_http_methods(["GET", "POST"])
def lesson_import(request: StaffRequest, pk: int) -> HttpResponse:
    """A sheet and a zip; what is wrong is listed by row."""
    found = load_lesson(request, pk)
    form = LessonSheetForm(request.POST or None, request.FILES or None)
    outcome = None
    if form.is_valid():
        sent = {"sheet": form.cleaned_data["sheet"], "sounds": form.cleaned_data["sounds"]}
        try:
            outcome = lesson_sheets.import_sheet(lesson=found, **sent, by=request.user, hall=_hall(request))
        except DeskError as refusal:
            form.add_error(None, refusal.sentence)
        if outcome and not outcome.problems:
            said = {"added": outcome.added, "changed": outcome.changed}
            messages.success(request, _("导入好了：新加 %(added)d 句，改了 %(changed)d 句。") % said)
            return redirect("auditorium:lesson", pk)
    columns = _("、").join(map(str, lesson_sheets.COLUMNS.values()))
    context = {"form": form, "lesson": found, "outcome": outcome, "columns": columns}
    return render(request, "auditorium/library/lesson_import.html", context)


@require_safe
def lesson_sheet(request: StaffRequest) -> HttpResponse:
    """An empty sheet to fill in."""
    headers = {"Content-Disposition": 'attachment; filename="lesson.xlsx"'}
    return HttpResponse(lesson_sheets.blank_sheet(), content_type=XLSX, headers=headers)


@require_safe
def phrase_sound(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The recording of a phrase, for learners and for whoever writes the lesson."""
    heard = lessons.heard_by(user=request.user, hall=_hall(request))
    phrase = get_object_or_404(heard, pk=pk)
    if phrase.audio is None:
        raise Http404
    return send(request, phrase.audio, name=phrase.words)


def load_lesson(request: StaffRequest, pk: int) -> Resource:
    """A lesson somebody may write, or 404."""
    return get_object_or_404(lessons.written_by(request.user).select_related("channel"), pk=pk)


def _phrase(request: StaffRequest, pk: int) -> Phrase:
    rows = Phrase.objects.for_user(request.user).select_related("resource__channel", "audio", "speaker")
    return get_object_or_404(rows, pk=pk)


def _hall(request: StaffRequest) -> Hall | None:
    return preferences.hall_if_any(user=request.user)
