"""Writing a dialect lesson: the whole, a phrase, a speaker, and a sheet of all phrases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium import clock
from auditorium.domain.library import files
from auditorium.domain.library.lesson_sheets import MOST_SOUND
from auditorium.domain.library.lessons import SOUNDS, LessonDetails, PhraseDetails
from auditorium.domain.library.speakers import SpeakerDetails, SpokenConsent
from auditorium.enums import ConsentEvidence, ConsentGiver
from auditorium.errors import DeskError
from auditorium.library_enums import Licence
from auditorium.models import Channel, Resource, Speaker, StoredFile, Topic

if TYPE_CHECKING:
    from auditorium.models import Phrase, User

_SALT = "auditorium.phrase-sound"


class LessonForm(forms.Form):
    """A lesson as a whole; a new one says in which channel, one that is there in which topic of it."""

    channel = forms.ModelChoiceField(Channel.objects.none(), label=gettext_lazy("放在哪个频道"), empty_label=None)
    title = forms.CharField(label=gettext_lazy("课名"), max_length=120, help_text=gettext_lazy("例如：绍兴话·日常十句"))
    topic = forms.ModelChoiceField(
        Topic.objects.none(), label=gettext_lazy("主题"), required=False, empty_label=gettext_lazy("不分主题")
    )
    description = forms.CharField(
        label=gettext_lazy("内容介绍"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("哪里的话，注音用的是哪一套。"),
    )
    subject = forms.CharField(
        label=gettext_lazy("主题词"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("用顿号隔开，例如：方言、问候"),
    )
    rights_holder = forms.CharField(
        label=gettext_lazy("权利人"), max_length=120, required=False, help_text=gettext_lazy("没有权利人不能上架。")
    )
    licence = forms.ChoiceField(label=gettext_lazy("使用许可"), choices=Licence.choices, initial=Licence.OWN)
    licence_note = forms.CharField(label=gettext_lazy("许可说明"), max_length=200, required=False)

    def __init__(self, *args: Any, user: User, lesson: Resource | None = None, **kwargs: Any) -> None:
        if lesson:
            fields = LessonDetails.__dataclass_fields__
            kwargs["initial"] = {name: getattr(lesson, name) for name in fields}
        super().__init__(*args, **kwargs)
        if lesson:
            del self.fields["channel"]
            self.fields["topic"].queryset = Topic.objects.filter(channel=lesson.channel_id)  # type: ignore[attr-defined]
        else:
            del self.fields["topic"]
            self.fields["channel"].queryset = Channel.objects.written_by(user)  # type: ignore[attr-defined]

    @property
    def details(self) -> LessonDetails:
        """What was answered, for the domain."""
        return LessonDetails(**{name: value for name, value in self.cleaned_data.items() if name != "channel"})


class PhraseForm(forms.Form):
    """One phrase. A recording that was sent once is kept while the rest is put right, so nobody speaks twice."""

    words = forms.CharField(
        label=gettext_lazy("方言怎么写"), max_length=120, help_text=gettext_lazy("例如：今朝落雨哉。")
    )
    gloss = forms.CharField(
        label=gettext_lazy("普通话意思"), max_length=200, help_text=gettext_lazy("例如：今天下雨了。")
    )
    romanisation = forms.CharField(label=gettext_lazy("注音"), max_length=200, required=False)
    sound = forms.FileField(
        label=gettext_lazy("录音"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "audio/*,.m4a,.mp3,.wav,.ogg", "data-recording": "phrase-recorder"}),
        help_text=gettext_lazy("在这里录，或者用手机录好再传，一句一个文件。"),
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    speaker = forms.ModelChoiceField(
        Speaker.objects.none(), label=gettext_lazy("录音的人"), required=False, empty_label=gettext_lazy("没有录音")
    )
    note = forms.CharField(
        label=gettext_lazy("说明"), max_length=200, required=False, help_text=gettext_lazy("例如：写法待考")
    )

    def __init__(self, *args: Any, lesson: Resource, phrase: Phrase | None = None, **kwargs: Any) -> None:
        self.audio = phrase.audio if phrase else None
        if phrase:
            kwargs["initial"] = {
                name: getattr(phrase, name) for name in ("words", "gloss", "romanisation", "speaker", "note")
            }
        super().__init__(*args, **kwargs)
        self.fields["speaker"].queryset = Speaker.objects.filter(channel=lesson.channel_id)  # type: ignore[attr-defined]
        if phrase and phrase.audio:
            self.fields["sound"].label = gettext_lazy("换一段录音")

    def clean_sound(self) -> StoredFile | None:
        """The recording, in the library's storage; ValidationError when it is none or too large."""
        sent = self.cleaned_data["sound"]
        if not sent:
            return None
        if sent.size > MOST_SOUND:
            raise ValidationError(_("录音太大，一句最大 %(most)d MB。") % {"most": MOST_SOUND >> 20})
        try:
            return files.store(sent, allowed=SOUNDS)
        except DeskError as refusal:
            raise ValidationError(refusal.sentence) from None

    def clean_kept(self) -> StoredFile | None:
        """What was sent with this form before; nothing where the value is not one of ours."""
        try:
            pk = signing.loads(self.cleaned_data["kept"], salt=_SALT)
        except signing.BadSignature:
            return None
        return StoredFile.objects.filter(pk=pk).first()

    def clean(self) -> dict[str, Any]:
        """A recording has somebody who speaks; one just sent goes before one sent earlier."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.audio = cleaned.get("sound") or cleaned.get("kept") or self.audio
        if (fresh := cleaned.get("sound") or cleaned.get("kept")) and self.is_bound:
            data = QueryDict(mutable=True)
            data.update(self.data)
            data[self.add_prefix("kept")] = signing.dumps(fresh.pk, salt=_SALT)
            self.data = data
        if self.audio and not cleaned.get("speaker"):
            self.add_error("speaker", _("有录音就要写是谁录的。"))
        return cleaned

    @property
    def details(self) -> PhraseDetails:
        """What was answered, for the domain."""
        said = {name: self.cleaned_data[name] for name in ("words", "gloss", "romanisation", "speaker", "note")}
        return PhraseDetails(**said, audio=self.audio)


class SpeakerForm(forms.Form):
    """Somebody who speaks in a channel's lessons, and that they agree."""

    name = forms.CharField(
        label=gettext_lazy("怎么称呼"), max_length=40, help_text=gettext_lazy("会放给大家看，例如：阿根伯")
    )
    village = forms.CharField(
        label=gettext_lazy("哪个村"), max_length=40, required=False, help_text=gettext_lazy("例如：后仓村")
    )
    is_synthetic = forms.BooleanField(label=gettext_lazy("合成的声音，不是真人"), required=False)
    agreed = forms.BooleanField(
        label=gettext_lazy("同意把录音放给大家听"),
        required=False,
        help_text=gettext_lazy("问过本人再勾。以后不愿意了，随时可以撤回。"),
    )
    given_on = forms.DateField(
        label=gettext_lazy("同意日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    giver = forms.ChoiceField(
        label=gettext_lazy("谁同意的"),
        choices=ConsentGiver.choices,
        widget=forms.RadioSelect,
        initial=ConsentGiver.VILLAGER,
        help_text=gettext_lazy("不满14岁，要监护人同意。"),
    )
    evidence = forms.ChoiceField(
        label=gettext_lazy("凭据"),
        choices=ConsentEvidence.choices,
        widget=forms.RadioSelect,
        initial=ConsentEvidence.SIGNED,
    )

    def __init__(self, *args: Any, speaker: Speaker | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"given_on": clock.today()}
        if speaker:
            kwargs["initial"] |= {
                "name": speaker.name,
                "village": speaker.village,
                "is_synthetic": speaker.is_synthetic,
                "agreed": speaker.may_be_heard and not speaker.is_synthetic,
                "given_on": speaker.consent_given_on or clock.today(),
                "giver": speaker.consent_giver,
                "evidence": speaker.consent_evidence or ConsentEvidence.SIGNED,
            }
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Whoever agreed did so on some day."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("agreed") and not cleaned.get("given_on") and "given_on" not in self.errors:
            self.add_error("given_on", _("请填写同意日期。"))
        return cleaned

    @property
    def details(self) -> SpeakerDetails:
        """What was answered, for the domain."""
        said = self.cleaned_data
        consent = (
            SpokenConsent(given_on=said["given_on"], giver=said["giver"], evidence=said["evidence"])
            if said["agreed"]
            else None
        )
        return SpeakerDetails(
            name=said["name"], village=said["village"], is_synthetic=said["is_synthetic"], consent=consent
        )


class LessonSheetForm(forms.Form):
    """All phrases at once."""

    sheet = forms.FileField(label=gettext_lazy("表格"), widget=forms.FileInput(attrs={"accept": ".xlsx"}))
    sounds = forms.FileField(
        label=gettext_lazy("录音压缩包"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".zip"}),
        help_text=gettext_lazy("把录音文件一起打成一个 .zip。"),
    )
