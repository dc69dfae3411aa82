"""The hall's addresses: desk, people, visits, tasks."""

from django.urls import URLPattern

app_name = "auditorium"
urlpatterns: list[URLPattern] = []
