"""The addresses of bookings. A reference is random: it names nobody."""

from django.urls import URLPattern, path

from appointments.views import (
    alternatives,
    appointments,
    attendance,
    board,
    bookings,
    extra_places,
    moves,
    no_shows,
    places,
    records,
    revisits,
    slips,
    weeks,
    wishes,
)

app_name = "appointments"
urlpatterns: list[URLPattern] = [
    path("", appointments.appointment_list, name="appointment_list"),
    path("board/", board.board, name="board"),
    path("book/<int:villager_pk>/hospitals/<int:hospital_pk>/lift", no_shows.lift, name="no_show_lift"),
    path("book/<int:villager_pk>/", places.place, name="place"),
    path("book/<int:villager_pk>/departments/<int:department_pk>/", weeks.week, name="week"),
    path("book/<int:villager_pk>/slots/<int:slot_pk>/", bookings.check, name="check"),
    path("book/<int:villager_pk>/sessions/<int:session_pk>/extra/", extra_places.grant, name="extra_place"),
    path("record/<int:villager_pk>/", records.record, name="record"),
    path("book/<int:villager_pk>/sessions/<int:session_pk>/wish", wishes.wish_new, name="wish_new"),
    path("waiting/", wishes.waiting, name="waiting"),
    path("wishes/<int:pk>/", wishes.wish, name="wish"),
    path("wishes/<int:pk>/cancel", wishes.wish_cancel, name="wish_cancel"),
    path("revisits/<int:pk>/", revisits.revisit, name="revisit"),
    path("revisits/<int:pk>/cancel", revisits.revisit_cancel, name="revisit_cancel"),
    path("<str:reference>/", appointments.appointment, name="appointment"),
    path("<str:reference>/change", records.change, name="record_change"),
    path("<str:reference>/mark", attendance.mark, name="mark"),
    path("<str:reference>/slip", slips.slip, name="slip"),
    path("<str:reference>/card", slips.card, name="card"),
    path("<str:reference>/revisit", revisits.revisit_new, name="revisit_new"),
    path("<str:reference>/move/", moves.week, name="move"),
    path("<str:reference>/move/<int:slot_pk>/", moves.check, name="move_check"),
    path("<str:reference>/rebook", alternatives.rebook, name="rebook"),
    path("<str:reference>/cancel", bookings.cancel, name="cancel"),
]
