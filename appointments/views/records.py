"""Writing down a booking made elsewhere, and changing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appointments.domain import desk, pasted_text, records
from appointments.enums import AppointmentSource
from appointments.errors import BookingError
from appointments.forms.records import PasteForm, RecordForm, as_recorded, read_into
from appointments.models import BookingChannel, Department, Hospital
from appointments.views.requests import StaffRequest, open_appointment, open_person, trail
from auditorium import clock
from auditorium.domain import drafts, preferences

if TYPE_CHECKING:
    from django.http import HttpResponse

    from appointments.domain.pasted_text import Pasted
    from appointments.views.requests import Person


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: StaffRequest, villager_pk: int) -> HttpResponse:
    """Hospital and date are enough; a live booking of that day is shown before another is written down."""
    hall = preferences.current_hall(user=request.user)
    person = open_person(request, villager_pk)
    if "read" in request.POST:
        return _page(request, person, **_read(request, person))
    form = RecordForm(request.POST or None)
    drafts.refill(request, form)
    if not form.is_valid():
        return _page(request, person, form=form)
    details, key = form.details(), form.cleaned_data["key"]
    same_day = list(records.look_alikes(villager=person.villager, day=details.date, key=key))
    if same_day and not form.cleaned_data["another"]:
        return _page(request, person, form=form, same_day=same_day)
    try:
        made = desk.record(details=details, villager=person.villager, hall=hall, by=request.user, key=key)
    except BookingError as error:
        form.add_error(None, error.sentence)
        return _page(request, person, form=form)
    messages.success(request, _("登记好了，到时候会提醒。"))
    return redirect("appointments:appointment", made.reference)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: StaffRequest, reference: str) -> HttpResponse:
    """Correct what was written down; reminders follow a changed day or time. Only of bookings made elsewhere."""
    appointment = open_appointment(request, reference)
    if appointment.source != AppointmentSource.ELSEWHERE:
        raise Http404
    person = open_person(request, appointment.villager_id)
    if "read" in request.POST:
        return _page(request, person, appointment=appointment, **_read(request, person))
    form = RecordForm(request.POST or None, initial=as_recorded(appointment))
    if form.is_valid():
        try:
            records.change(appointment=appointment, details=form.details(), by=request.user)
        except BookingError as error:
            form.add_error(None, error.sentence)
        else:
            messages.success(request, _("改好了，提醒也跟着改了。"))
            return redirect("appointments:appointment", appointment.reference)
    return _page(request, person, form=form, appointment=appointment)


def _read(request: StaffRequest, person: Person) -> dict[str, Any]:
    """The form filled from the pasted text, to be checked by eye; what was typed and is not in the text stays."""
    paste = PasteForm(request.POST)
    text = paste.cleaned_data["text"] if paste.is_valid() else ""
    found = pasted_text.read(
        text,
        today=clock.today(),
        hospitals=Hospital.objects.active().values_list("name", flat=True),
        departments=Department.objects.filter(is_active=True).values_list("name", flat=True).distinct(),
    )
    typed = {bound.name: bound.value() for bound in RecordForm(request.POST)}
    return {"form": RecordForm(initial=read_into(typed, found)), "paste": paste, "notices": _notices(found, person)}


def _notices(found: Pasted, person: Person) -> list[str]:
    """What somebody should look at before they go on."""
    notices = []
    if not found.hospital and found.day is None:
        notices.append(_("没读出医院和日期，请看着短信填。"))
    else:
        notices.append(_("已经填上，请和短信核对一遍。"))
    if found.patient and found.patient != person.villager.name:
        notices.append(
            _("短信里写的是%(patient)s，现在登记的是%(name)s，请看看是不是同一个人。")
            % {"patient": found.patient, "name": person.villager.name}
        )
    return notices


def _page(request: StaffRequest, person: Person, *, form: RecordForm, **extra: Any) -> HttpResponse:
    named = str(form["hospital"].value() or "").strip()
    context = {
        "person": person,
        "trail": trail(person),
        "form": form,
        "paste": PasteForm(),
        "channels": BookingChannel.objects.filter(hospital__name=named) if named else [],
        **extra,
    }
    return render(request, "appointments/record.html", context)
