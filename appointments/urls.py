"""The addresses of bookings. A reference is random: it names nobody."""

from django.urls import URLPattern, path

from appointments.views import appointments, bookings, places, records, slips, weeks

app_name = "appointments"
urlpatterns: list[URLPattern] = [
    path("", appointments.appointment_list, name="appointment_list"),
    path("book/<int:villager_pk>/", places.place, name="place"),
    path("book/<int:villager_pk>/departments/<int:department_pk>/", weeks.week, name="week"),
    path("book/<int:villager_pk>/slots/<int:slot_pk>/", bookings.check, name="check"),
    path("record/<int:villager_pk>/", records.record, name="record"),
    path("<str:reference>/", appointments.appointment, name="appointment"),
    path("<str:reference>/change", records.change, name="record_change"),
    path("<str:reference>/slip", slips.slip, name="slip"),
    path("<str:reference>/card", slips.card, name="card"),
    path("<str:reference>/cancel", bookings.cancel, name="cancel"),
]
