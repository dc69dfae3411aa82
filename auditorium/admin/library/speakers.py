"""Those whose voices are heard in lessons, their consent, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium.admin.base import EVERYBODY, ScopedAdmin, actor
from auditorium.domain.library import speakers
from auditorium.domain.library.speakers import SpeakerDetails
from auditorium.models import Channel, Speaker

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    _ModelForm = forms.ModelForm[Speaker]
else:
    _ModelForm = forms.ModelForm


class SpeakerForm(_ModelForm):
    """Who they are, once in a channel."""

    class Meta:
        model = Speaker
        fields = ["name", "village"]

    def clean(self) -> dict[str, Any]:
        """ValidationError for somebody who is there already."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        same = Speaker.objects.filter(channel=self.instance.channel_id, **cleaned)
        if same.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("这个人已经有了。"))
        return cleaned


@admin.register(Speaker)
class SpeakerAdmin(ScopedAdmin):
    """Written down where a lesson is made, with what they agreed to; here a name is mended, or a voice falls silent."""

    form = SpeakerForm
    editors = EVERYBODY
    list_display = ["name", "village", "channel", "is_synthetic", "consent_given_on", "consent_withdrawn_at"]
    list_filter = ["is_synthetic"]
    search_fields = ["name", "village"]
    list_select_related = ["channel"]
    readonly_fields = [
        *("channel", "is_synthetic", "consent_given_on", "consent_giver"),
        *("consent_evidence", "consent_recorded_by", "consent_withdrawn_at"),
    ]
    fields = ["name", "village", *readonly_fields]
    actions = ["withdraw"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Speaker]:
        """Those of the channels the user looks after; whoever writes for one at a desk does so there."""
        rows: QuerySet[Speaker] = super().get_queryset(request)
        return rows.filter(channel__in=Channel.objects.for_user(actor(request)))

    def has_add_permission(self, request: HttpRequest, *args: object) -> bool:
        """A speaker comes in with a lesson, and with the consent that is asked for there."""
        return False

    def save_model(self, request: HttpRequest, obj: Speaker, form: Any, change: bool) -> None:
        """As at the desk."""
        details = SpeakerDetails(name=obj.name, village=obj.village, is_synthetic=obj.is_synthetic)
        speakers.change(speaker=obj, details=details, by=actor(request))

    @admin.action(description=gettext_lazy("不同意了：停用选中的人的录音"), permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Speaker]) -> None:
        """Their recordings leave every lesson at once."""
        count = sum(speakers.withdraw_consent(speaker=speaker, by=actor(request)) for speaker in list(queryset))
        self.message_user(request, _("停用了 %(count)d 段录音。") % {"count": count}, messages.SUCCESS)
