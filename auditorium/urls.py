"""The hall's addresses: desk, people, visits, tasks."""

from django.urls import URLPattern, path

from auditorium.views import demo_phone, desk, follow_ups, people, preferences, receipts, villagers, visits
from auditorium.views import help as help_views

app_name = "auditorium"
urlpatterns: list[URLPattern] = [
    path("", desk.desk, name="desk"),
    path("people/find", people.people_find, name="people_find"),
    path("people/new", people.villager_register, name="villager_register"),
    path("people/link", people.villager_link, name="villager_link"),
    path("people/<int:pk>/", villagers.villager, name="villager"),
    path("people/<int:pk>/edit", villagers.villager_edit, name="villager_edit"),
    path("people/<int:pk>/contacts", villagers.contacts_edit, name="contacts_edit"),
    path("people/<int:pk>/contacts/<int:contact_pk>/texts", villagers.contact_texts, name="contact_texts"),
    path("people/<int:pk>/consents", villagers.consents_edit, name="consents_edit"),
    path("people/<int:pk>/full", villagers.villager_full, name="villager_full"),
    path("people/<int:pk>/death", villagers.villager_death, name="villager_death"),
    path("people/<int:pk>/move", villagers.villager_move, name="villager_move"),
    path("visits/add", visits.visit_add, name="visit_add"),
    path("visits/put-aside", visits.put_aside_form, name="put_aside_form"),
    path("visits/close-left-over", visits.visits_close_left_over, name="visits_close_left_over"),
    path("visits/matters/<int:pk>/tick", visits.matter_tick, name="matter_tick"),
    path("visits/<int:pk>/", visits.visit, name="visit"),
    path("visits/<int:pk>/start", visits.visit_start, name="visit_start"),
    path("visits/<int:pk>/put-aside", visits.visit_put_aside, name="visit_put_aside"),
    path("visits/<int:pk>/finish", visits.visit_finish, name="visit_finish"),
    path("visits/<int:pk>/leave", visits.visit_leave, name="visit_leave"),
    path("visits/<int:pk>/identify", visits.visit_identify, name="visit_identify"),
    path("visits/<int:pk>/matters", visits.matter_add, name="matter_add"),
    path("tasks/", follow_ups.follow_ups, name="follow_ups"),
    path("tasks/door-list", follow_ups.door_list, name="door_list"),
    path("tasks/door-list/hand", follow_ups.door_list_hand, name="door_list_hand"),
    path("tasks/<int:pk>/", follow_ups.follow_up, name="follow_up"),
    path("tasks/<int:pk>/take", follow_ups.follow_up_take, name="follow_up_take"),
    path("tasks/<int:pk>/put-back", follow_ups.follow_up_put_back, name="follow_up_put_back"),
    path("tasks/<int:pk>/hand", follow_ups.follow_up_hand, name="follow_up_hand"),
    path("tasks/<int:pk>/outcome", follow_ups.follow_up_outcome, name="follow_up_outcome"),
    path("sms/receipts/<uuid:line_uid>/<str:secret>/", receipts.sms_receipts, name="sms_receipts"),
    path("sms/replies/<uuid:line_uid>/<str:secret>/", receipts.sms_replies, name="sms_replies"),
    path("demo/phone/", demo_phone.demo_phone, name="demo_phone"),
    path("demo/phone/<int:phone_pk>/reply", demo_phone.demo_reply, name="demo_reply"),
    path("demo/clock/", demo_phone.demo_clock, name="demo_clock"),
    path("help/", help_views.help_page, name="help"),
    path("preferences/language", preferences.set_language, name="set_language"),
    path("preferences/text-size", preferences.set_text_size, name="set_text_size"),
    path("preferences/shortcuts", preferences.set_shortcuts, name="set_shortcuts"),
    path("preferences/hall", preferences.choose_hall, name="choose_hall"),
]
