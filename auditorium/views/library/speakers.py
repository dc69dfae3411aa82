"""The desk's pages about whoever speaks in a lesson."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from auditorium.domain import preferences
from auditorium.domain.library import speakers
from auditorium.forms.library.lessons import SpeakerForm
from auditorium.models import Speaker
from auditorium.views.library.lessons import load_lesson

if TYPE_CHECKING:
    from django.http import HttpResponse

    from auditorium.views.access import StaffRequest


@require_http_methods(["GET", "POST"])
def speaker_new(request: StaffRequest, lesson_pk: int) -> HttpResponse:
    """Somebody more who speaks."""
    lesson = load_lesson(request, lesson_pk)
    form = SpeakerForm(request.POST or None)
    if form.is_valid():
        hall = preferences.hall_if_any(user=request.user)
        try:
            speakers.add(channel=lesson.channel, details=form.details, by=request.user, hall=hall)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("auditorium:lesson", lesson.pk)
    return render(request, "auditorium/library/speaker_form.html", {"form": form, "lesson": lesson})


@require_http_methods(["GET", "POST"])
def speaker_edit(request: StaffRequest, lesson_pk: int, pk: int) -> HttpResponse:
    """Who they are, and that they agree."""
    lesson, speaker = load_lesson(request, lesson_pk), _speaker(request, pk)
    form = SpeakerForm(request.POST or None, speaker=speaker)
    if form.is_valid():
        hall = preferences.hall_if_any(user=request.user)
        try:
            speakers.change(speaker=speaker, details=form.details, by=request.user, hall=hall)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("auditorium:lesson", lesson.pk)
    context = {"form": form, "lesson": lesson, "speaker": speaker}
    return render(request, "auditorium/library/speaker_form.html", context)


@require_http_methods(["GET", "POST"])
def speaker_withdraw(request: StaffRequest, lesson_pk: int, pk: int) -> HttpResponse:
    """Asks once, for recordings cannot be brought back; then they are gone from every lesson."""
    lesson, speaker = load_lesson(request, lesson_pk), _speaker(request, pk)
    if request.method == "POST":
        hall = preferences.hall_if_any(user=request.user)
        count = speakers.withdraw_consent(speaker=speaker, by=request.user, hall=hall)
        messages.success(request, _("同意撤回了，%(count)d 段录音已经从课里拿掉。") % {"count": count})
        return redirect("auditorium:lesson", lesson.pk)
    context = {"lesson": lesson, "speaker": speaker, "count": speaker.phrases.count()}
    return render(request, "auditorium/library/speaker_withdraw.html", context)


def _speaker(request: StaffRequest, pk: int) -> Speaker:
    return get_object_or_404(Speaker.objects.for_user(request.user), pk=pk)
