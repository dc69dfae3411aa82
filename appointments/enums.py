"""Choices of the booking models, and which state may follow which."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Period(TextChoices):
    """The part of a day a clinic session covers."""

    MORNING = "morning", _("上午")
    AFTERNOON = "afternoon", _("下午")
    EVENING = "evening", _("晚上")


class ClinicClass(TextChoices):
    """The class of a clinic session, which sets its fee."""

    ORDINARY = "ordinary", _("普通")
    EXPERT = "expert", _("专家")
    SPECIAL = "special", _("特需")


class SessionState(TextChoices):
    """Whether a clinic session takes place."""

    OPEN = "open", _("正常")
    SUSPENDED = "suspended", _("停诊")


class SlotKind(TextChoices):
    """Ordinary places, or extra ones a doctor granted (加号)."""

    REGULAR = "regular", _("普通号")
    EXTRA = "extra", _("加号")


class DoctorGrade(TextChoices):
    """Professional grade, highest first."""

    CHIEF = "chief", _("主任医师")
    ASSOCIATE_CHIEF = "associate_chief", _("副主任医师")
    ATTENDING = "attending", _("主治医师")
    RESIDENT = "resident", _("住院医师")


class ChannelKind(TextChoices):
    """How a hospital is booked elsewhere."""

    APP = "app", _("手机应用")
    PHONE = "phone", _("电话")
    WINDOW = "window", _("医院窗口")
    WECHAT = "wechat", _("微信公众号")


class AppointmentSource(TextChoices):
    """Where the booking was made."""

    SCHEDULE = "schedule", _("礼堂号源")
    ELSEWHERE = "elsewhere", _("别处约的")
    CONNECTED = "connected", _("医院系统")


class AppointmentState(TextChoices):
    """Where a booking stands. UNMARKED: nobody said whether the villager came."""

    HELD = "held", _("占号中")
    PENDING_EXTERNAL = "pending_external", _("等医院回复")
    BOOKED = "booked", _("已约好")
    ARRIVED = "arrived", _("已到院")
    FULFILLED = "fulfilled", _("已就诊")
    NO_SHOW = "no_show", _("没去就诊")
    UNMARKED = "unmarked", _("没人登记")
    LAPSED = "lapsed", _("占号过期")
    CANCELLED_BY_VILLAGER = "cancelled_by_villager", _("已取消")
    CANCELLED_BY_CLINIC = "cancelled_by_clinic", _("医院停诊")
    RESCHEDULED = "rescheduled", _("已改约")
    REJECTED = "rejected", _("医院没接受")


LIVE = ("held", "pending_external", "booked", "arrived")
"""Still to come: reminded of, counted against limits, cancellable."""

OCCUPYING = (*LIVE, "fulfilled", "no_show", "unmarked")
"""Has a place and a number: `slot.taken` counts these."""

APPOINTMENT_TRANSITIONS: dict[str, tuple[str, ...]] = {
    AppointmentState.BOOKED: (AppointmentState.HELD, AppointmentState.PENDING_EXTERNAL),
    AppointmentState.ARRIVED: (AppointmentState.BOOKED, AppointmentState.UNMARKED),
    AppointmentState.FULFILLED: (AppointmentState.BOOKED, AppointmentState.ARRIVED, AppointmentState.UNMARKED),
    AppointmentState.NO_SHOW: (AppointmentState.BOOKED, AppointmentState.UNMARKED),
    AppointmentState.UNMARKED: (AppointmentState.BOOKED, AppointmentState.ARRIVED),
    AppointmentState.LAPSED: (AppointmentState.HELD,),
    AppointmentState.CANCELLED_BY_VILLAGER: (
        AppointmentState.HELD,
        AppointmentState.PENDING_EXTERNAL,
        AppointmentState.BOOKED,
    ),
    AppointmentState.CANCELLED_BY_CLINIC: (
        AppointmentState.HELD,
        AppointmentState.PENDING_EXTERNAL,
        AppointmentState.BOOKED,
    ),
    AppointmentState.RESCHEDULED: (AppointmentState.BOOKED,),
    AppointmentState.REJECTED: (AppointmentState.PENDING_EXTERNAL,),
}


class HospitalKnows(TextChoices):
    """What the hospital knows of a booking; until ACKNOWLEDGED, everything says 待医院确认."""

    NOT_NEEDED = "not_needed", _("不需要")
    UNSENT = "unsent", _("还没报给医院")
    SENT = "sent", _("已报给医院")
    ACKNOWLEDGED = "acknowledged", _("医院已确认")
    REFUSED = "refused", _("医院没接受")


AWAITING_HOSPITAL = ("unsent", "sent")


class UploadState(TextChoices):
    """What became of a schedule that was sent in."""

    PREVIEWED = "previewed", _("等您决定")
    APPLIED = "applied", _("已导入")
    DISCARDED = "discarded", _("没有导入")


UPLOAD_TRANSITIONS: dict[str, tuple[str, ...]] = {
    UploadState.APPLIED: (UploadState.PREVIEWED,),
    UploadState.DISCARDED: (UploadState.PREVIEWED,),
}
