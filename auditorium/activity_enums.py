"""Choices of classes and events (活动), and which state may follow which."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ActivityKind(TextChoices):
    """What an activity is to whoever comes."""

    CLASS = "class", pgettext_lazy("活动", "班")
    LECTURE = "lecture", _("讲座")
    FESTIVAL = "festival", _("我们的节日")
    CLINIC = "clinic", _("义诊")
    MEETING = "meeting", _("交流会")


class ActivityState(TextChoices):
    """Whether an activity takes place at all."""

    OPEN = "open", _("照常")
    CANCELLED = "cancelled", pgettext_lazy("活动", "取消了")


ACTIVITY_TRANSITIONS: dict[str, tuple[str, ...]] = {ActivityState.CANCELLED: (ActivityState.OPEN,)}


class DateState(TextChoices):
    """Whether one of its dates does."""

    SCHEDULED = "scheduled", _("照常")
    CANCELLED = "cancelled", pgettext_lazy("活动", "取消了")


DATE_TRANSITIONS: dict[str, tuple[str, ...]] = {DateState.CANCELLED: (DateState.SCHEDULED,)}


class EnrolmentState(TextChoices):
    """Whether somebody has a place, waits for one, or does not come any more."""

    ENROLLED = "enrolled", _("报上名了")
    WAITING = "waiting", pgettext_lazy("活动", "候补")
    CANCELLED = "cancelled", _("不来了")


ENROLMENT_LIVE = (EnrolmentState.ENROLLED, EnrolmentState.WAITING)
ENROLMENT_TRANSITIONS: dict[str, tuple[str, ...]] = {
    EnrolmentState.ENROLLED: (EnrolmentState.WAITING,),
    EnrolmentState.CANCELLED: ENROLMENT_LIVE,
}


class AttendanceState(TextChoices):
    """What the roll of one date says of somebody."""

    EXPECTED = "expected", _("还没点名")
    PRESENT = "present", pgettext_lazy("点名", "来了")
    ABSENT = "absent", pgettext_lazy("点名", "没来")
    EXCUSED = "excused", _("请假")


class SkillLevel(TextChoices):
    """How far a learner has got."""

    ABLE = "able", pgettext_lazy("学会了没有", "会")
    HELPED = "helped", _("帮一下就会")
    NOT_YET = "not_yet", _("还不会")


class Satisfaction(TextChoices):
    """What somebody thought of an activity."""

    GOOD = "good", _("满意")
    FAIR = "fair", _("一般")
    BAD = "bad", _("不满意")
