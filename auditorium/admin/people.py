"""Villagers and what hangs on them: shown here, changed at the desk, where every change is checked and audited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium.admin.base import EVERYBODY, SUPERVISORS, ReadOnlyAdmin, ReadOnlyInline, ScopedAdmin, actor, may
from auditorium.domain import people_search, phones
from auditorium.models import Consent, Contact, Household, Phone, Villager, VillagerHall

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

MOST_FOUND = 100


class FoundList(ChangeList):
    """A list whose search is posted and whose links leave out what was searched for."""

    posts_search = True

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """Without the search."""
        query: str = super().get_query_string(new_params, [*(remove or ()), SEARCH_VAR])
        return query


class PrivateSearch(ScopedAdmin):
    """Names and numbers are searched for by POST, so that no address, history or log holds them.

    All that is found stands on one page, since a link to a second one would have to say what was searched for.
    """

    list_per_page = MOST_FOUND

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """With links that do not repeat the search."""
        return FoundList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, str] | None = None) -> HttpResponse:
        """What was posted to the search box is a search, all else Django's own."""
        query = QueryDict(mutable=True)
        query.update(request.GET)
        query.pop(SEARCH_VAR, None)
        if request.method == "POST" and SEARCH_VAR in request.POST:
            query[SEARCH_VAR] = request.POST[SEARCH_VAR]
            request.method = "GET"
        request.GET = query  # type: ignore[assignment]
        return super().changelist_view(request, extra_context)


class ContactInline(ReadOnlyInline):
    """How they can be reached."""

    model = Contact
    fields = ["relation", "name", "phone", "reach", "order", "gets_copies", "may_decide", "language"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the numbers, masked by their model."""
        return super().get_queryset(request).select_related("phone")


class HallInline(ReadOnlyInline):
    """Which halls serve them."""

    model = VillagerHall

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the halls' names."""
        return super().get_queryset(request).select_related("hall")


class ConsentInline(ReadOnlyInline):
    """What they agreed to."""

    model = Consent
    fields = ["purpose", "giver", "evidence", "given_at", "withdrawn_at"]


@admin.register(Villager)
class VillagerAdmin(PrivateSearch, ReadOnlyAdmin):
    """People in scope, found as at the desk."""

    list_display = ["name", "also_known_as", "sex", "birth_date", "group", "id_last4", "registered_at", "created_at"]
    list_filter = ["identity_kind", "hard_of_hearing", "low_vision", "cannot_read"]
    search_fields = ["name"]
    search_help_text = gettext_lazy("姓名、拼音首字母、手机尾号或身份证尾号")
    list_select_related = ["registered_at"]
    inlines = [ContactInline, HallInline, ConsentInline]
    ordering = ["-pk"]
    exclude = ["id_number", "other_document_number", "erased_at"]
    readonly_fields = ["at_the_desk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Villager]:
        """Without decrypting what is not shown."""
        return super().get_queryset(request).defer("id_number", "other_document_number")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By the same keys as the desk's search box, each an index range."""
        if not search_term.strip():
            return queryset, False
        found = people_search.matching(query=search_term, user=actor(request))[:MOST_FOUND]
        return queryset.filter(pk__in=found), False

    @admin.display(description=gettext_lazy("服务台"))
    def at_the_desk(self, villager: Villager) -> SafeString:
        """Where they can be changed."""
        url = reverse("auditorium:villager", args=[villager.pk])
        return format_html('<a href="{}">{}</a>', url, _("在服务台打开"))


@admin.register(Household)
class HouseholdAdmin(PrivateSearch, ScopedAdmin):
    """Groups of villagers."""

    editors = EVERYBODY
    hall_path = "hall__"
    list_display = ["name", "address", "hall"]
    search_fields = ["name"]
    list_select_related = ["hall"]
    autocomplete_fields = ["hall"]


@admin.register(Phone)
class PhoneAdmin(ReadOnlyAdmin):
    """Numbers that do not answer or want no texts."""

    list_display = ["__str__", "bad_since", "bad_reason", "opted_out_at"]
    list_filter = [("bad_since", admin.EmptyFieldListFilter), ("opted_out_at", admin.EmptyFieldListFilter)]
    exclude = ["number"]
    ordering = ["-pk"]
    actions = ["changed_hands"]

    def has_clear_permission(self, request: HttpRequest) -> bool:
        """A number may be shared by people of many halls: supervisors."""
        return may(request, *SUPERVISORS)

    @admin.action(description=gettext_lazy("选中的号码换了人用：大家都不再用它"), permissions=["clear"])
    def changed_hands(self, request: HttpRequest, queryset: QuerySet[Phone]) -> None:
        """Nobody is reached on them any more, and everybody who was is asked for another."""
        asked = sum(phones.changed_hands(phone=phone, by=actor(request)) for phone in queryset)
        self.message_user(request, _("%(count)d 位村民要问新号码，已经列成待办。") % {"count": asked}, messages.SUCCESS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Phone]:
        """Those on which a villager in scope is reached."""
        reached = Contact.objects.for_user(actor(request)).values("phone")
        return super().get_queryset(request).filter(pk__in=reached)
