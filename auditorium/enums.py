"""Choices of the hall's models, and which state may follow which."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RegionLevel(TextChoices):
    """The five levels of the statistical division code (2, 4, 6, 9 and 12 significant digits)."""

    PROVINCE = "province", _("省")
    CITY = "city", _("市")
    COUNTY = "county", _("县")
    TOWN = "town", _("乡镇街道")
    VILLAGE = "village", _("村社区")


class RoleKind(TextChoices):
    """What a user may do inside a role's scope."""

    DESK = "desk", _("服务台")
    HALL_MANAGER = "hall_manager", _("礼堂负责人")
    SUPERVISOR = "supervisor", _("区域主管")
    ADMINISTRATOR = "administrator", _("系统管理员")


class TextSize(TextChoices):
    """Base size of the screen's text: 18, 24 or 30 px."""

    NORMAL = "normal", _("标准")
    LARGE = "large", _("大字")
    LARGEST = "largest", _("特大")


class Sex(TextChoices):
    """FHIR administrative gender."""

    MALE = "male", _("男")
    FEMALE = "female", _("女")
    UNKNOWN = "unknown", _("未说明")


class IdentityKind(TextChoices):
    """What the desk knows of a villager's identity document.

    RESIDENT_ID_SEEN: number checked against the card at the desk.
    RESIDENT_ID_TOLD: number known, card not here: may be booked, the card must be brought.
    UNKNOWN: no number yet: only bookings made elsewhere can be recorded.
    OTHER: no mainland ID: a passport or permit; hospitals decide whether they accept it.
    """

    RESIDENT_ID_SEEN = "resident_id_seen", _("身份证已核对")
    RESIDENT_ID_TOLD = "resident_id_told", _("知道号码，证没带来")
    UNKNOWN = "unknown", _("号码还不知道")
    OTHER = "other", _("没有大陆身份证")


class OtherDocument(TextChoices):
    """Documents of people without a mainland resident ID."""

    HOME_RETURN_PERMIT = "home_return_permit", _("港澳居民来往内地通行证")
    TAIWAN_PERMIT = "taiwan_permit", _("台湾居民来往大陆通行证")
    PASSPORT = "passport", _("护照")
    OTHER = "other", _("其他证件")


class ServedAs(TextChoices):
    """Why a hall serves a villager."""

    REGISTERED = "registered", _("户籍地")
    RESIDENT = "resident", _("常住地")
    TEMPORARY = "temporary", _("临时")


class Relation(TextChoices):
    """Whose phone it is, seen from the villager."""

    SELF = "self", _("本人")
    SPOUSE = "spouse", _("老伴")
    SON = "son", _("儿子")
    DAUGHTER = "daughter", _("女儿")
    CHILD_IN_LAW = "child_in_law", _("儿媳/女婿")
    GRANDCHILD = "grandchild", _("孙辈")
    PARENT = "parent", _("父母")
    SIBLING = "sibling", _("兄弟姐妹")
    NEIGHBOUR = "neighbour", _("邻居")
    CARER = "carer", _("照料人")
    OTHER = "other", _("其他")


class Reach(TextChoices):
    """How a contact can be told something."""

    TEXT = "text", _("看短信")
    CALL = "call", _("接电话")
    IN_PERSON = "in_person", _("只能当面")


class ConsentPurpose(TextChoices):
    """What a villager, or a guardian, agreed to (PIPL articles 13, 29, 31)."""

    SERVICE = "service", _("登记和代办")
    HEALTH = "health", _("代办看病预约")
    REMINDERS = "reminders", _("短信提醒")
    RELATIVE_COPIES = "relative_copies", _("也告诉家人")


class ConsentGiver(TextChoices):
    """Who agreed."""

    VILLAGER = "villager", pgettext_lazy("谁同意的", "本人")
    GUARDIAN = "guardian", _("监护人")


class ConsentEvidence(TextChoices):
    """What shows that somebody agreed."""

    SPOKEN = "spoken", _("当面口头同意")
    SIGNED = "signed", _("签字")
    PHONE = "phone", _("电话里同意")


class VisitChannel(TextChoices):
    """How the villager came to the desk."""

    WALK_IN = "walk_in", _("到场")
    PHONE = "phone", _("电话")
    HOME = "home", _("上门")


class VisitState(TextChoices):
    """Where a visit at the desk stands."""

    WAITING = "waiting", _("等候")
    SERVING = "serving", _("办理中")
    PUT_ASIDE = "put_aside", _("先放一放")
    DONE = "done", _("已办结")
    LEFT = "left", _("已离开")


VISIT_OPEN = (VisitState.WAITING, VisitState.SERVING, VisitState.PUT_ASIDE)
VISIT_TRANSITIONS: dict[str, tuple[str, ...]] = {
    # DONE and LEFT too: a press by mistake is taken back
    VisitState.SERVING: (VisitState.WAITING, VisitState.PUT_ASIDE, VisitState.DONE, VisitState.LEFT),
    VisitState.PUT_ASIDE: (VisitState.SERVING, VisitState.WAITING),
    VisitState.DONE: VISIT_OPEN,
    VisitState.LEFT: VISIT_OPEN,
}


class MatterKind(TextChoices):
    """What somebody came for."""

    BOOKING = "booking", _("预约挂号")
    RECORD_BOOKING = "record_booking", _("登记已约好的号")
    RESOURCE = "resource", _("看书听戏")
    CLASS = "class", _("报名上课")
    SOCIAL_SECURITY = "social_security", _("社保医保")
    FARM_SHOP = "farm_shop", _("农货上网")
    OTHER = "other", _("其他事")


class FollowUpKind(TextChoices):
    """What a person must do."""

    CALL = "call", _("打电话")
    KNOCK = "knock", _("上门")
    REBOOK = "rebook", _("改约")
    COMPLETE = "complete", _("补齐信息")
    BRING_PAPER = "bring_paper", _("带材料")
    TELL_PLATFORM = "tell_platform", _("到原平台取消")
    REPLY = "reply", _("回复村民")


class FollowUpState(TextChoices):
    """Where a follow-up stands."""

    OPEN = "open", pgettext_lazy("状态", "待办")
    TAKEN = "taken", _("有人在办")
    DONE = "done", _("办好了")
    NOT_REACHED = "not_reached", _("没联系上")
    WRONG_NUMBER = "wrong_number", _("号码不对")
    CANCELLED = "cancelled", _("不用办了")


FOLLOW_UP_OPEN = (FollowUpState.OPEN, FollowUpState.TAKEN)
FOLLOW_UP_TRANSITIONS: dict[str, tuple[str, ...]] = {
    FollowUpState.TAKEN: FOLLOW_UP_OPEN,
    FollowUpState.OPEN: (FollowUpState.TAKEN,),
    FollowUpState.DONE: FOLLOW_UP_OPEN,
    FollowUpState.NOT_REACHED: FOLLOW_UP_OPEN,
    FollowUpState.WRONG_NUMBER: FOLLOW_UP_OPEN,
    FollowUpState.CANCELLED: FOLLOW_UP_OPEN,
}


class HelperKind(TextChoices):
    """Who helps the hall without a login."""

    GRID_WORKER = "grid_worker", _("网格员")
    VILLAGE_DOCTOR = "village_doctor", _("村医")
    VOLUNTEER = "volunteer", _("志愿者")


class ReminderPurpose(TextChoices):
    """What a reminder tells."""

    CONFIRMATION = "confirmation", _("约好了")
    THREE_DAYS = "three_days", _("提前几天")
    ONE_DAY = "one_day", _("提前一天")
    TWO_HOURS = "two_hours", _("提前几小时")
    CHANGED = "changed", _("改了")
    CANCELLED = "cancelled", _("取消了")
    SUSPENDED = "suspended", _("停诊了")
    OFFERED = "offered", _("候补有号了")


SAYS_THAT_IT_ENDED = (ReminderPurpose.CANCELLED, ReminderPurpose.SUSPENDED)
"""What is told although, and because, the thing itself is no longer to come."""

AHEAD = (ReminderPurpose.THREE_DAYS, ReminderPurpose.ONE_DAY, ReminderPurpose.TWO_HOURS)
"""What is told some time before; the rest is told at once."""

TOGETHER = "together"
"""The words of one text that stands for several people's: a purpose of templates, never owed by itself."""

TEXT_PURPOSES = [*ReminderPurpose.choices, (TOGETHER, _("几个人一起"))]


class ReminderState(TextChoices):
    """What became of what is owed to a villager.

    PLANNED: due later. SENDING: texts are on their way. RELAYED: one arrived on the phone of a relative of somebody
    who cannot read, who has not answered yet. TOLD: a text was delivered, or a person said it or said that it is
    known. FOLLOW_UP: a person has it as a task. CANCELLED: its reason is gone. MISSED: its time passed and nobody
    could be told, or nobody knows.
    """

    PLANNED = "planned", _("等发送")
    SENDING = "sending", _("发送中")
    RELAYED = "relayed", _("等家人回话")
    TOLD = "told", _("已告知")
    FOLLOW_UP = "follow_up", _("转人工")
    CANCELLED = "cancelled", _("不用了")
    MISSED = "missed", _("没来得及")


REMINDER_LIVE = (ReminderState.PLANNED, ReminderState.SENDING, ReminderState.RELAYED, ReminderState.FOLLOW_UP)
REMINDER_TRANSITIONS: dict[str, tuple[str, ...]] = {
    ReminderState.SENDING: (ReminderState.PLANNED,),
    ReminderState.RELAYED: (ReminderState.SENDING,),
    ReminderState.TOLD: REMINDER_LIVE,
    ReminderState.FOLLOW_UP: (
        ReminderState.PLANNED,
        ReminderState.SENDING,
        ReminderState.RELAYED,
        ReminderState.TOLD,
    ),
    ReminderState.CANCELLED: REMINDER_LIVE,
    ReminderState.MISSED: REMINDER_LIVE,
}


class MessageState(TextChoices):
    """Where one text to one number stands.

    CLAIMED is a lease that runs out; SENDING is committed just before the gateway is called;
    UNKNOWN means the call was cut off and the provider must be asked before any resend.
    """

    PENDING = "pending", _("等发送")
    CLAIMED = "claimed", _("准备发送")
    SENDING = "sending", _("发送中")
    SENT = "sent", _("已发出")
    DELIVERED = "delivered", _("已送达")
    UNDELIVERED = "undelivered", _("没送到")
    FAILED = "failed", _("发送失败")
    CANCELLED = "cancelled", _("已取消")
    EXPIRED = "expired", _("已过时")
    UNKNOWN = "unknown", _("不清楚")


MESSAGE_UNSENT = (MessageState.PENDING, MessageState.CLAIMED)
MESSAGE_TRANSITIONS: dict[str, tuple[str, ...]] = {
    MessageState.PENDING: (MessageState.CLAIMED, MessageState.SENDING, MessageState.UNKNOWN),
    MessageState.CLAIMED: (MessageState.PENDING,),
    MessageState.SENDING: (MessageState.CLAIMED,),
    MessageState.SENT: (MessageState.SENDING, MessageState.UNKNOWN),
    MessageState.UNKNOWN: (MessageState.SENDING,),
    MessageState.DELIVERED: (MessageState.SENDING, MessageState.SENT, MessageState.UNKNOWN, MessageState.UNDELIVERED),
    MessageState.UNDELIVERED: (MessageState.SENDING, MessageState.SENT, MessageState.UNKNOWN),
    MessageState.FAILED: (MessageState.CLAIMED, MessageState.SENDING, MessageState.UNKNOWN),
    MessageState.CANCELLED: MESSAGE_UNSENT,
    MessageState.EXPIRED: MESSAGE_UNSENT,
}


class TextOutcome(TextChoices):
    """How a text is counted: by its state, and answers beside them."""

    PENDING = MessageState.PENDING.value, MessageState.PENDING.label
    CLAIMED = MessageState.CLAIMED.value, MessageState.CLAIMED.label
    SENDING = MessageState.SENDING.value, MessageState.SENDING.label
    SENT = MessageState.SENT.value, MessageState.SENT.label
    DELIVERED = MessageState.DELIVERED.value, MessageState.DELIVERED.label
    UNDELIVERED = MessageState.UNDELIVERED.value, MessageState.UNDELIVERED.label
    FAILED = MessageState.FAILED.value, MessageState.FAILED.label
    CANCELLED = MessageState.CANCELLED.value, MessageState.CANCELLED.label
    EXPIRED = MessageState.EXPIRED.value, MessageState.EXPIRED.label
    UNKNOWN = MessageState.UNKNOWN.value, MessageState.UNKNOWN.label
    REPLIED = "replied", _("有回复")


class MessageAudience(TextChoices):
    """Whose eyes a template is written for: the villager's own phone, or anybody else's."""

    OWN = "own", _("本人手机")
    DISCREET = "discreet", _("别人手机")


class ReplyMeaning(TextChoices):
    """What an answer by text says."""

    YES = "yes", _("好")
    NO = "no", _("不去了")
    KEEP = "keep", _("不取消了")
    STOP = "stop", _("退订")
    CHOICE = "choice", _("选的是哪一个")
    UNCLEAR = "unclear", _("看不懂")


class ReplyState(TextChoices):
    """What became of an answer. WAITING: a cancellation that takes effect in a while. ASKED: we asked which."""

    RECEIVED = "received", _("刚收到")
    SETTLED = "settled", _("已处理")
    WAITING = "waiting", _("等着取消")
    TAKEN_BACK = "taken_back", _("又不取消了")
    ASKED = "asked", _("问了是哪一个")
    TASK = "task", _("转人工")


REPLY_TRANSITIONS: dict[str, tuple[str, ...]] = {
    ReplyState.SETTLED: (ReplyState.RECEIVED, ReplyState.WAITING, ReplyState.ASKED),
    ReplyState.WAITING: (ReplyState.RECEIVED,),
    ReplyState.TAKEN_BACK: (ReplyState.WAITING,),
    ReplyState.ASKED: (ReplyState.RECEIVED,),
    ReplyState.TASK: (ReplyState.RECEIVED, ReplyState.WAITING, ReplyState.ASKED),
}


class GatewayKind(TextChoices):
    """The kinds of SMS line this installation can use."""

    CONSOLE = "console", _("演示（只记录）")
    HTTP = "http", _("HTTP 接口")
    ALIYUN = "aliyun", _("阿里云短信")
    TENCENT = "tencent", _("腾讯云短信")
    SMPP = "smpp", _("SMPP 3.4 专线")
    MODEM = "modem", _("礼堂里的短信猫")


class TextLanguage(TextChoices):
    """The language a text is written in."""

    CHINESE = "zh-hans", _("中文")
    ENGLISH = "en", "English"
