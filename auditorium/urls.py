"""The hall's addresses: desk, people, visits, tasks."""

from django.urls import URLPattern, path

from auditorium.views import help as help_views
from auditorium.views import preferences

app_name = "auditorium"
urlpatterns: list[URLPattern] = [
    path("help/", help_views.help_page, name="help"),
    path("preferences/language", preferences.set_language, name="set_language"),
    path("preferences/text-size", preferences.set_text_size, name="set_text_size"),
    path("preferences/shortcuts", preferences.set_shortcuts, name="set_shortcuts"),
    path("preferences/hall", preferences.choose_hall, name="choose_hall"),
]
