"""How a villager can be told something, and what they agreed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from auditorium.enums import ConsentEvidence, ConsentGiver, ConsentPurpose, Reach, Relation, TextLanguage
from auditorium.masks import mask_phone
from auditorium.models.halls import Hall
from auditorium.models.villagers import Villager

if TYPE_CHECKING:
    from auditorium.models.users import User


class Phone(models.Model):
    """One row per number, shared or not: what holds for the number holds for everybody reached on it."""

    number = PhoneNumberField(_("号码"), unique=True)
    opted_out_at = models.DateTimeField(_("退订时间"), null=True, blank=True)
    bad_since = models.DateTimeField(_("打不通起"), null=True, blank=True)
    bad_reason = models.CharField(_("原因"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("号码")
        verbose_name_plural = _("号码")

    def __str__(self) -> str:
        return mask_phone(str(self.number.as_e164))

    @property
    def takes_texts(self) -> bool:
        """Whether a text may be sent there: not opted out and not known to be bad."""
        return self.opted_out_at is None and self.bad_since is None


class ContactQuerySet(models.QuerySet["Contact"]):
    """Contacts in the order they are tried."""

    def for_user(self, user: User) -> ContactQuerySet:
        """Those of villagers in scope."""
        return self.filter(villager__in=Villager.objects.for_user(user))

    def in_order(self) -> ContactQuerySet:
        """First the one to be tried first."""
        return self.order_by("order", "pk")


class Contact(models.Model):
    """A villager can be reached on this phone, whoever holds it."""

    villager = models.ForeignKey(Villager, models.CASCADE, related_name="contacts", verbose_name=_("村民"))
    phone = models.ForeignKey(
        Phone, models.PROTECT, null=True, blank=True, related_name="contacts", verbose_name=_("号码")
    )
    name = models.CharField(_("称呼"), max_length=40, blank=True, help_text=_("例如：张丽"))
    relation = models.CharField(_("是谁的电话"), max_length=16, choices=Relation, default=Relation.SELF)
    order = models.PositiveSmallIntegerField(_("先后"), default=1)
    reach = models.CharField(_("怎么告诉"), max_length=12, choices=Reach, default=Reach.TEXT)
    gets_copies = models.BooleanField(_("也发一份"), default=False, help_text=_("要村民本人同意。"))
    language = models.CharField(_("看哪种文字"), max_length=8, choices=TextLanguage, default=TextLanguage.CHINESE)
    may_decide = models.BooleanField(_("可以代为确认或取消"), default=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("联系人")
        verbose_name_plural = _("联系人")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["villager", "phone"],
                name="contact_once",
                violation_error_message=_("这个号码已经在联系人里了。"),
            ),
            models.CheckConstraint(
                condition=Q(phone__isnull=False) | Q(reach=Reach.IN_PERSON),
                name="contact_has_phone_or_is_in_person",
                violation_error_message=_("没有号码的联系人只能当面告诉。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_relation_display()} {self.phone or ''}".strip()

    @property
    def is_own(self) -> bool:
        """Whether the phone is the villager's own."""
        return self.relation == Relation.SELF


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Consents by what they still allow."""

    def in_force(self) -> ConsentQuerySet:
        """Those not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class Consent(models.Model):
    """What was agreed to, by whom, shown by what, and until when."""

    villager = models.ForeignKey(Villager, models.CASCADE, related_name="consents", verbose_name=_("村民"))
    purpose = models.CharField(_("同意什么"), max_length=20, choices=ConsentPurpose)
    giver = models.CharField(_("谁同意的"), max_length=10, choices=ConsentGiver, default=ConsentGiver.VILLAGER)
    evidence = models.CharField(_("凭据"), max_length=10, choices=ConsentEvidence, default=ConsentEvidence.SPOKEN)
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name=_("礼堂"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("记录人")
    )
    given_at = models.DateTimeField(_("同意时间"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("同意")
        verbose_name_plural = _("同意")
        ordering = ["-given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["villager", "purpose"], condition=Q(withdrawn_at__isnull=True), name="consent_in_force_once"
            ),
        ]

    def __str__(self) -> str:
        return self.get_purpose_display()
