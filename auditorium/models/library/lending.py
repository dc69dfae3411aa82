"""The farm reading room (农家书屋): copies of printed books at halls, who has them, and on what terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from auditorium import clock
from auditorium.library_enums import COPY_KEPT, CopyState, LoanState
from auditorium.models.halls import Hall
from auditorium.models.library.resources import Resource
from auditorium.models.villagers import Villager

if TYPE_CHECKING:
    from datetime import date

    from auditorium.models.users import User


class LendingPolicy(models.Model):
    """How a hall lends; a hall that has set nothing lends by what a new row says."""

    hall = models.OneToOneField(Hall, models.CASCADE, related_name="lending_policy", verbose_name=_("礼堂"))
    days = models.PositiveSmallIntegerField(
        _("借几天"), default=30, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    books = models.PositiveSmallIntegerField(
        _("一个人最多借几本"), default=5, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    renewals = models.PositiveSmallIntegerField(_("可以续借几次"), default=1, validators=[MaxValueValidator(12)])
    call_after = models.PositiveSmallIntegerField(
        _("过期几天打电话去问"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
        help_text=_("还没还的，每过这么多天再问一次。"),
    )

    class Meta:
        verbose_name = _("借书规则")
        verbose_name_plural = _("借书规则")

    def __str__(self) -> str:
        return str(self.hall)


class BookCopyQuerySet(models.QuerySet["BookCopy"]):
    """Copies in scope, and those that are there to be read."""

    def for_user(self, user: User) -> BookCopyQuerySet:
        """Those at the halls inside the user's roles."""
        return self.filter(user.hall_scope("hall__"))

    def kept(self) -> BookCopyQuerySet:
        """Those on the shelf or out with somebody."""
        return self.filter(state__in=COPY_KEPT)


class BookCopy(models.Model):
    """One volume of a printed book, at a hall, with the number (册号) that stands on it."""

    resource = models.ForeignKey(
        Resource, models.PROTECT, db_index=False, related_name="copies", verbose_name=_("纸质书")
    )
    hall = models.ForeignKey(Hall, models.PROTECT, db_index=False, related_name="book_copies", verbose_name=_("礼堂"))
    number = models.CharField(_("册号"), max_length=24, help_text=_("贴在书上的号码或条码，本礼堂里不重复。"))
    state = models.CharField(_("状态"), max_length=10, choices=CopyState, default=CopyState.ON_SHELF, editable=False)
    added_at = models.DateTimeField(_("登记时间"), default=clock.now, editable=False)

    objects = BookCopyQuerySet.as_manager()

    class Meta:
        verbose_name = _("册")
        verbose_name_plural = _("册")
        ordering = ["number", "pk"]
        indexes = [
            # a book's copies, this hall's and the others'
            models.Index(fields=["resource", "hall", "number"], name="book_copy_of_resource"),
        ]
        constraints = [
            # it also finds what was typed or scanned
            models.UniqueConstraint(
                fields=["hall", "number"],
                name="book_copy_number_once",
                violation_error_message=_("本礼堂已经有这个册号了。"),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_in(self) -> bool:
        """Whether it stands on the shelf."""
        return self.state == CopyState.ON_SHELF

    @property
    def is_kept(self) -> bool:
        """Whether the hall lends it."""
        return self.state in COPY_KEPT


class LoanQuerySet(models.QuerySet["Loan"]):
    """Loans in scope and by how they stand."""

    def for_user(self, user: User) -> LoanQuerySet:
        """Those of the halls inside the user's roles."""
        return self.filter(user.hall_scope("hall__"))

    def out(self) -> LoanQuerySet:
        """Those whose book is still with the borrower."""
        return self.filter(state=LoanState.OUT)

    def overdue(self, today: date) -> LoanQuerySet:
        """Those of them whose day has passed."""
        return self.out().filter(due_on__lt=today)

    def with_book(self) -> LoanQuerySet:
        """With copy and title."""
        return self.select_related("copy__resource")

    def with_villager(self) -> LoanQuerySet:
        """With who has it, identity numbers left unread."""
        return self.select_related("villager").defer("villager__id_number", "villager__other_document_number")


class Loan(models.Model):
    """A copy that a villager took home, to be back by the end of `due_on`.

    `ask_on` is the day from which somebody asks for it, later each time somebody was told to.
    """

    copy = models.ForeignKey(BookCopy, models.PROTECT, db_index=False, related_name="loans", verbose_name=_("册"))
    hall = models.ForeignKey(Hall, models.PROTECT, db_index=False, related_name="loans", verbose_name=_("礼堂"))
    villager = models.ForeignKey(
        Villager, models.PROTECT, db_index=False, related_name="loans", verbose_name=_("借书人")
    )
    state = models.CharField(_("状态"), max_length=10, choices=LoanState, default=LoanState.OUT)
    lent_at = models.DateTimeField(_("借出时间"))
    lent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("经办人")
    )
    due_on = models.DateField(_("哪天前还"))
    renewals = models.PositiveSmallIntegerField(_("续借次数"), default=0)
    ask_on = models.DateField(_("哪天去问"))
    ended_at = models.DateTimeField(_("归还时间"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁收的")
    )

    objects = LoanQuerySet.as_manager()

    class Meta:
        verbose_name = _("借阅")
        verbose_name_plural = _("借阅")
        ordering = ["-lent_at", "-pk"]
        indexes = [
            # what a hall has out, and what of it is overdue
            models.Index(fields=["hall", "due_on"], condition=Q(state="out"), name="loan_out_at_hall"),
            # the nightly look for what somebody should ask for
            models.Index(fields=["ask_on"], condition=Q(state="out"), name="loan_to_ask_for"),
            # the villager's timeline, and how many they have
            models.Index(fields=["villager", "-lent_at"], name="loan_of_villager"),
            # who had a copy
            models.Index(fields=["copy", "-lent_at"], name="loan_of_copy"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["copy"],
                condition=Q(state="out"),
                name="loan_out_once",
                violation_error_message=_("这一册已经借出去了。"),
            ),
            models.CheckConstraint(
                condition=Q(state="out", ended_at__isnull=True) | ~Q(state="out") & Q(ended_at__gte=F("lent_at")),
                name="loan_ends_after_it_began",
                violation_error_message=_("归还时间不能早于借出时间。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.copy_id} {self.get_state_display()}"

    @property
    def is_out(self) -> bool:
        """Whether the borrower still has it."""
        return self.state == LoanState.OUT

    @property
    def days_over(self) -> int:
        """How many days past its day it is; 0 while it is not, or is back."""
        return max((clock.today() - self.due_on).days, 0) if self.is_out else 0
