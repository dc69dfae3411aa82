"""A service of the tests' own, so that what the hall owes its villagers is tested without any real service."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from auditorium import ports
from auditorium.enums import AHEAD, TOGETHER, MessageAudience, ReminderPurpose, TextLanguage
from auditorium.ports import Answered, TextVariable

KIND = "errand"
CHINESE = TextLanguage.CHINESE
_WHEN = TextVariable("when", "几点", longest="11月24日周二上午10:30", required=True)
_DAY = TextVariable("day", "哪天", longest="11月27日周五", required=True)
_WHERE = TextVariable("where", "哪里", longest="柯桥区行政服务中心社保窗口", shortest=8)
_TOGETHER = {
    (TOGETHER, MessageAudience.OWN): "{people}，{day}到{where}。问{ask}",
    (TOGETHER, MessageAudience.DISCREET): "请提醒{people}，{day}到{where}。问{ask}",
}
_ENGLISH = {
    (purpose, audience): (
        "{name}: {when}, {where}. Call {ask}"
        if audience == MessageAudience.OWN
        else "Please tell {name}: {when}. Call {ask}"
    )
    for purpose in (*AHEAD, ReminderPurpose.CONFIRMATION, ReminderPurpose.CHANGED, ReminderPurpose.CANCELLED)
    for audience in MessageAudience
}


@dataclass
class Errands:
    """Something at an office: all of it is due but what is in `over`; `where` is a secret kept from others' phones.

    `meetings` are those that may be told together: `day`, `time` and `place` of each.
    """

    kind: str = KIND
    label: str = "事情"
    over: set[int] = field(default_factory=set)
    where: str = "社保窗口"
    missing: set[str] = field(default_factory=set)
    meetings: dict[int, dict[str, str]] = field(default_factory=dict)
    answers: Answered = field(default_factory=Answered)
    answered: list[tuple[int, bool, bool, bool]] = field(default_factory=list)
    cancelled: list[int] = field(default_factory=list)
    why_not: str = ""

    def timeline(self, villager, user):
        return []

    def today(self, hall, user):
        return []

    def still_due(self, about_ids: Collection[int]) -> set[int]:
        return set(about_ids) - self.over

    def variables_of(
        self, about_ids: Collection[int], audience: str, language: str = CHINESE
    ) -> dict[int, dict[str, str]]:
        in_english = language == TextLanguage.ENGLISH
        values = {"when": "Fri 27 Nov 8:30" if in_english else "11月27日周五上午8:30"}
        if audience == MessageAudience.OWN:
            values["where"] = self.where
        return {
            pk: {name: value for name, value in values.items() if name not in self.missing} | self.meetings.get(pk, {})
            for pk in about_ids
        }

    def text_variables(self, audience: str, *, purpose: str = "", language: str = CHINESE) -> tuple[TextVariable, ...]:
        if purpose == TOGETHER:
            return (_DAY, _WHERE)
        return (_WHEN, _WHERE) if audience == MessageAudience.OWN else (_WHEN,)

    def default_texts(self, language: str = CHINESE) -> dict[tuple[str, str], str]:
        if language == TextLanguage.ENGLISH:
            return _ENGLISH
        said = {
            ReminderPurpose.CONFIRMATION: "约好",
            ReminderPurpose.THREE_DAYS: "三天后",
            ReminderPurpose.ONE_DAY: "明天",
            ReminderPurpose.TWO_HOURS: "快到了",
            ReminderPurpose.CHANGED: "改了",
            ReminderPurpose.CANCELLED: "取消",
        }
        return _TOGETHER | {
            (purpose, audience): (
                f"{{name}}，{words}：{{when}}到{{where}}。问{{ask}}"
                if audience == MessageAudience.OWN
                else f"请转告{{name}}，{words}：{{when}}。问{{ask}}"
            )
            for purpose, words in said.items()
            for audience in MessageAudience
        }

    def words(self, about_id: int, purpose: str) -> str:
        return f"说一说第{about_id}件事"

    def choices(self, villager):
        return []

    def url(self, about_id: int) -> str:
        return f"/errands/{about_id}"

    def short(self, about_id: int, language: str = CHINESE) -> str:
        return f"errand {about_id}" if language == TextLanguage.ENGLISH else f"第{about_id}件事"

    def on_reply(self, about_id: int, *, yes: bool, own: bool, may_decide: bool) -> Answered:
        self.answered.append((about_id, yes, own, may_decide))
        return self.answers

    def cancel(self, about_id: int, *, why: str) -> str:
        self.cancelled.append(about_id)
        return self.why_not

    def staff_ids(self) -> tuple[int, ...]:
        return ()


@contextmanager
def registered() -> Iterator[Errands]:
    """The service, known to the hall until the block ends."""
    service = Errands()
    before = dict(ports._services)
    ports.register(service)
    try:
        yield service
    finally:
        ports._services.clear()
        ports._services.update(before)
