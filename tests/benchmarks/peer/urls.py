"""Its addresses where its README puts them, and Django's admin to log in through."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("admin/", admin.site.urls), path("appointment/", include("appointment.urls"))]
