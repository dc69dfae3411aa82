"""Channels with whom they are shared, and their topics: kept by the halls and regions that made them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium.admin.base import EVERYBODY, ScopedAdmin, ScopedInline, actor, supervised
from auditorium.domain import audit
from auditorium.domain.library import topics
from auditorium.models import Channel, ChannelShare, Hall, Region, Topic

if TYPE_CHECKING:
    from django.db.models import ForeignKey
    from django.http import HttpRequest

    _ChannelForm = forms.ModelForm[Channel]
    _TopicForm = forms.ModelForm[Topic]
else:
    _ChannelForm = _TopicForm = forms.ModelForm


class ChannelForm(_ChannelForm):
    """A channel has a keeper, unless an administrator makes it the deployment's."""

    needs_keeper = True

    class Meta:
        model = Channel
        fields = ["name", "description", "order", "keeper_hall", "keeper_region", "is_for_all"]

    def clean(self) -> dict[str, Any]:
        """Whoever is no administrator would lose sight of a channel without a keeper."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.needs_keeper and not cleaned.get("keeper_hall") and not cleaned.get("keeper_region"):
            self.add_error(None, _("请选由哪个礼堂或哪个区域管理。"))
        return cleaned


class ChannelShareInline(ScopedInline):
    """The halls and regions that may show it, as far as the user may decide for them."""

    model = ChannelShare
    editors = EVERYBODY
    autocomplete_fields = ["hall", "region"]

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Halls and regions in scope, and those it is shared with already."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name in {"hall", "region"}:
            shared = ChannelShare.objects.filter(channel=opened_pk(request))
            others = db_field.remote_field.model._default_manager
            mine = others.filter(_halls(request) if db_field.name == "hall" else supervised(actor(request)))
            field.queryset = others.filter(Q(pk__in=mine.values("pk")) | Q(pk__in=shared.values(db_field.name)))
        return field


@admin.register(Channel)
class ChannelAdmin(ScopedAdmin):
    """Kept by a hall, a region or the deployment; only the last may be everybody's."""

    editors = EVERYBODY
    form = ChannelForm
    list_display = ["name", "keeper", "is_for_all", "order"]
    list_select_related = ["keeper_hall", "keeper_region"]
    search_fields = ["name"]
    autocomplete_fields = ["keeper_hall", "keeper_region"]
    inlines = [ChannelShareInline]

    @admin.display(description=gettext_lazy("由谁管理"))
    def keeper(self, channel: Channel) -> str:
        """The hall, the region, or the deployment."""
        return str(channel.keeper_hall or channel.keeper_region or _("本系统"))

    def get_form(self, request: HttpRequest, obj: Channel | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Who needs to name a keeper."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.needs_keeper = not actor(request).is_administrator
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Channel | None = None) -> list[str]:
        """What every hall of the deployment shows is decided for all of them."""
        return [] if actor(request).is_administrator else ["is_for_all"]

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """A keeper is a hall or a region the user answers for."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name == "keeper_hall":
            field.queryset = Hall.objects.filter(_halls(request))
        elif field is not None and db_field.name == "keeper_region":
            field.queryset = Region.objects.filter(supervised(actor(request)))
        return field

    def save_model(self, request: HttpRequest, obj: Channel, form: Any, change: bool) -> None:
        """Audited with the names of the fields."""
        super().save_model(request, obj, form, change)
        _record(request, obj, form, change=change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Whom it is shared with is audited too."""
        super().save_related(request, form, formsets, change)
        if any(formset.has_changed() for formset in formsets):
            audit.record(action="shared", what=form.instance, by=actor(request), fields=["shares"])


class TopicForm(_TopicForm):
    """A topic hangs under one of its own channel, and never under itself."""

    class Meta:
        model = Topic
        fields = ["channel", "parent", "title", "order"]

    def clean(self) -> dict[str, Any]:
        """What cannot be is said at the topic above."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("channel"):
            try:
                topics.check_place(self.instance, channel=cleaned["channel"], parent=cleaned.get("parent"))
            except ValidationError as error:
                self.add_error("parent", error)
        return cleaned


@admin.register(Topic)
class TopicAdmin(ScopedAdmin):
    """The branches of channels."""

    editors = EVERYBODY
    form = TopicForm
    list_display = ["title", "channel", "parent", "order"]
    list_filter = [("channel", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["channel", "parent"]
    search_fields = ["title"]
    autocomplete_fields = ["channel", "parent"]

    def has_delete_permission(self, request: HttpRequest, obj: Topic | None = None) -> bool:
        """What lay under it stays in the channel; a branch with branches is taken apart from its tips."""
        return self.has_change_permission(request, obj) and obj is not None and not obj.children.exists()

    def save_model(self, request: HttpRequest, obj: Topic, form: Any, change: bool) -> None:
        """Audited with the names of the fields."""
        super().save_model(request, obj, form, change)
        _record(request, obj, form, change=change)

    def delete_model(self, request: HttpRequest, obj: Topic) -> None:
        """Audited too."""
        audit.record(action="removed", what=obj, by=actor(request))
        super().delete_model(request, obj)


def opened_pk(request: HttpRequest) -> int | None:
    """The row whose page is open; none while it is being added."""
    opened = request.resolver_match.kwargs.get("object_id", "") if request.resolver_match else ""
    return int(opened) if opened.isdecimal() else None


def _halls(request: HttpRequest) -> Q:
    """Halls the user answers for."""
    return actor(request).hall_scope(kinds=EVERYBODY)


def _record(request: HttpRequest, what: Channel | Topic, form: Any, *, change: bool) -> None:
    audit.record(action="changed" if change else "added", what=what, by=actor(request), fields=set(form.changed_data))
