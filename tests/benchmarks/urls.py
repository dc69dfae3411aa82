"""The product's addresses, and the plainest authenticated POST that writes what a booking writes."""

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path
from django.views.decorators.http import require_POST

from appointments.forms.bookings import BookingForm
from appointments.models import Slot
from tests.benchmarks import bare_rows

words = cache(bare_rows.words)


@require_POST
def plain(request: HttpRequest, villager_pk: int, slot_pk: int, number: int) -> HttpResponse:
    """A form, one SELECT and the writes: no rule, no lock, no scope."""
    form = BookingForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    slot = Slot.objects.select_related("session__department").get(pk=slot_pk)
    made = bare_rows.write_with_visit(
        slot=slot,
        villager_id=villager_pk,
        hall_id=request.user.current_hall_id,
        by=request.user,
        number=number,
        words=words(),
    )
    return redirect("appointments:appointment", made.reference)


urlpatterns = [
    path("plain/<int:villager_pk>/<int:slot_pk>/<int:number>/", plain),
    path("", include("config.urls")),
]
