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


class SessionKind(TextChoices):
    """What a clinic session is; only CLINIC is always held at the hospital."""

    CLINIC = "clinic", _("门诊")
    OUTREACH = "outreach", _("巡回义诊")
    VILLAGE_DOCTOR = "village_doctor", _("村医坐诊")
    FAMILY_DOCTOR = "family_doctor", _("家庭医生")


class QueueMode(TextChoices):
    """How people are seen: by a numbered place, or as they come (then there is nothing to book)."""

    NUMBERED = "numbered", _("按号看")
    WALK_IN = "walk_in", _("先到先看")


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
    LAPSED = "lapsed", _("没及时答复")
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
    # FULFILLED and NO_SHOW into each other: a mark made by mistake, or the hospital knows better
    AppointmentState.ARRIVED: (AppointmentState.BOOKED, AppointmentState.UNMARKED, AppointmentState.NO_SHOW),
    AppointmentState.FULFILLED: (
        AppointmentState.BOOKED,
        AppointmentState.ARRIVED,
        AppointmentState.UNMARKED,
        AppointmentState.NO_SHOW,
    ),
    AppointmentState.NO_SHOW: (
        AppointmentState.BOOKED,
        AppointmentState.ARRIVED,
        AppointmentState.UNMARKED,
        AppointmentState.FULFILLED,
    ),
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

MARKS = ("arrived", "fulfilled", "no_show")
"""What somebody said of whether the villager went."""

UNDONE_MARKS: dict[str, tuple[str, ...]] = {
    # Apart from the table above: nothing but taking a mark back leads here from a mark.
    AppointmentState.BOOKED: MARKS,
    AppointmentState.UNMARKED: MARKS,
}


class HospitalKnows(TextChoices):
    """What the hospital knows of a booking; until ACKNOWLEDGED, everything says 待医院确认."""

    NOT_NEEDED = "not_needed", _("不需要")
    UNSENT = "unsent", _("还没报给医院")
    SENT = "sent", _("已报给医院")
    ACKNOWLEDGED = "acknowledged", _("医院已确认")
    REFUSED = "refused", _("医院没接受")


AWAITING_HOSPITAL = ("unsent", "sent")


class StopRule(TextChoices):
    """When places stop being given: the day before, the workday before, or on the day itself by period."""

    PREVIOUS_DAY = "previous_day", _("前一天")
    PREVIOUS_WORKDAY = "previous_workday", _("前一个工作日")
    SAME_DAY = "same_day", _("当天，按上午下午")


class NoShowScope(TextChoices):
    """Whose no-shows count: those at this hospital, or at every hospital booked here."""

    HOSPITAL = "hospital", _("本医院")
    EVERYWHERE = "everywhere", _("所有医院")


class SuspensionState(TextChoices):
    """Where a suspension stands. CLOSED: nothing can be booked any more, people are still being told."""

    CLOSED = "closed", _("正在通知")
    SETTLED = "settled", _("都已通知")
    RESUMED = "resumed", _("已恢复")


SUSPENSION_TRANSITIONS: dict[str, tuple[str, ...]] = {
    SuspensionState.SETTLED: (SuspensionState.CLOSED,),
    SuspensionState.RESUMED: (SuspensionState.CLOSED, SuspensionState.SETTLED),
}


class WaitlistState(TextChoices):
    """Where somebody who queues stands. OFFERED: a place is held for them. LAPSED: they did not answer in time."""

    WAITING = "waiting", _("排队中")
    OFFERED = "offered", _("有号了，等答复")
    BOOKED = "booked", _("约上了")
    LAPSED = "lapsed", _("没有答复")
    LEFT = "left", _("不排了")
    REFUSED = "refused", _("不能约")
    OVER = "over", _("没排到")


WAITLIST_PENDING = ("waiting", "offered")
WAITLIST_TRANSITIONS: dict[str, tuple[str, ...]] = {
    # OFFERED too: a place that was held for them and suspended gives them their place in the queue back
    WaitlistState.WAITING: (WaitlistState.OFFERED,),
    WaitlistState.OFFERED: (WaitlistState.WAITING,),
    WaitlistState.BOOKED: WAITLIST_PENDING,
    WaitlistState.LAPSED: (WaitlistState.OFFERED,),
    WaitlistState.LEFT: WAITLIST_PENDING,
    WaitlistState.REFUSED: WAITLIST_PENDING,
    WaitlistState.OVER: (WaitlistState.WAITING,),
}


class WishState(TextChoices):
    """What became of "book this when it is released"."""

    WAITING = "waiting", _("等放号")
    BOOKED = "booked", _("约上了")
    MISSED = "missed", _("没约上")
    CANCELLED = "cancelled", _("不约了")


WISH_TRANSITIONS: dict[str, tuple[str, ...]] = {
    WishState.BOOKED: (WishState.WAITING,),
    WishState.MISSED: (WishState.WAITING,),
    WishState.CANCELLED: (WishState.WAITING,),
}


class RevisitState(TextChoices):
    """What became of "come back in N weeks"."""

    WAITING = "waiting", _("还没到时候")
    DUE = "due", _("可以约了")
    BOOKED = "booked", _("约上了")
    CANCELLED = "cancelled", _("不用了")


REVISIT_TRANSITIONS: dict[str, tuple[str, ...]] = {
    RevisitState.DUE: (RevisitState.WAITING,),
    RevisitState.BOOKED: (RevisitState.WAITING, RevisitState.DUE),
    RevisitState.CANCELLED: (RevisitState.WAITING, RevisitState.DUE),
}


class UploadState(TextChoices):
    """What became of a schedule that was sent in."""

    PREVIEWED = "previewed", _("等您决定")
    APPLIED = "applied", _("已导入")
    DISCARDED = "discarded", _("没有导入")


UPLOAD_TRANSITIONS: dict[str, tuple[str, ...]] = {
    UploadState.APPLIED: (UploadState.PREVIEWED,),
    UploadState.DISCARDED: (UploadState.PREVIEWED,),
}
