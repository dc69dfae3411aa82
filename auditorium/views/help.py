"""The help page: what the desk does, key by key and step by step."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Readable before login too: that is where some get stuck."""
    return render(request, "auditorium/help.html")
