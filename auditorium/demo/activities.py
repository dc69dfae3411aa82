"""What the demo's halls hold: a smartphone class of four weeks with its first roll, a festival, a lecture; notices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from auditorium import clock
from auditorium.activity_enums import ActivityKind, AttendanceState, Satisfaction, SkillLevel
from auditorium.dates import age_on
from auditorium.demo.past import Story, open_moment
from auditorium.demo.places import MAIN_HALL, SECOND_HALL
from auditorium.domain.activities import (
    enrolling,
    feedback,
    handouts,
    learning,
    notices,
    programme,
    roll,
    rooms,
    schedule,
)
from auditorium.domain.activities.schedule import ActivityDetails, Time
from auditorium.library_enums import ResourceKind
from auditorium.models import Activity, Hall, Resource, Room, User, Villager

ROOMS = (("大厅", 120), ("二楼教室", 24))

SMARTPHONES = ActivityDetails(
    title="智能手机班",
    kind=ActivityKind.CLASS,
    summary="学扫码、出示医保码、手机上预约挂号、识破诈骗电话，一步一步带着做。",
    audience="想学用手机的乡亲",
    from_age=60,
    teacher="志愿者茹小琴",
    places=8,
    materials="手机、充电线",
)
LECTURE = ActivityDetails(
    title="防诈骗讲座",
    kind=ActivityKind.LECTURE,
    summary="民警讲最近村里出过的几个骗局：冒充亲戚借钱、保健品、中奖短信。",
    teacher="辖区民警",
    places=60,
)
TOGETHER = "一起过节：做点心，讲老底子的规矩，带上孩子一起来。"
NOTICE = "居民医保开始缴费了，到服务台办，带身份证"
_LEARNED = (SkillLevel.ABLE, SkillLevel.HELPED, SkillLevel.ABLE, SkillLevel.NOT_YET, SkillLevel.ABLE)
_HANDS: dict[str, int] = {Satisfaction.GOOD: 5, Satisfaction.FAIR: 1}
_SAID = "老师讲得清楚，字再大一点就好了"
_CAME = (AttendanceState.PRESENT, AttendanceState.PRESENT, AttendanceState.ABSENT, AttendanceState.PRESENT)


def tell(
    story: Story, *, halls: Mapping[str, Hall], desks: Mapping[str, User], villagers: Mapping[str, Villager]
) -> None:
    """The same at both halls: made two weeks ago, people signed up since, the first date was last week."""
    for name in (MAIN_HALL, SECOND_HALL):
        hall = halls[name]
        _Held(story, hall, desks[name], _elderly(hall, villagers)).tell()


@dataclass
class _Held:
    """One hall's activities and who comes to them."""

    story: Story
    hall: Hall
    by: User
    people: list[Villager]

    def tell(self) -> None:
        """Each thing at its time."""
        classroom: dict[str, Room] = {}
        made: dict[str, Activity] = {}
        begun = open_moment(self.hall, days_ago=5)
        day, festival = programme.coming_festivals()[0]  # as of today: one of two weeks ago may be over

        def make() -> None:
            for name, places in ROOMS:
                classroom[name] = rooms.add(hall=self.hall, name=name, places=places, by=self.by)
            hall, small = classroom["大厅"], classroom["二楼教室"]
            first = Time(begun, begun + timedelta(hours=1, minutes=30), small)
            made["class"] = self._create(SMARTPHONES, schedule.weekly(first, 4), skills=learning.SMARTPHONES)
            self._hand_out(made["class"])
            talk = self._at(clock.local(begun).date() + timedelta(days=12), 14)
            made["lecture"] = self._create(LECTURE, [Time(talk, talk + timedelta(hours=1), hall)])
            feast = self._at(day, 9)
            details = ActivityDetails(
                title=programme.festival_title(festival), kind=ActivityKind.FESTIVAL, summary=TOGETHER
            )
            made["festival"] = self._create(details, [Time(feast, feast + timedelta(hours=2), hall)])

        def sign_up(which: str, few: list[Villager]) -> None:
            enrolling.sign_up(activity=made[which], villagers=few, by=self.by, in_person=True)

        self.story.tell(open_moment(self.hall, days_ago=14, after=30), make)
        for place, villager in enumerate(self.people[:7]):
            moment = open_moment(self.hall, days_ago=12 - place, after=20 + 7 * place)
            if moment < begun:
                self.story.tell(moment, partial(sign_up, "class", [villager]))
            else:
                self.story.tell(begun - timedelta(days=1, minutes=10 * place), partial(sign_up, "class", [villager]))
        self.story.tell(begun + timedelta(hours=2), lambda: self._after_class(made["class"]))
        self.story.tell(open_moment(self.hall, days_ago=2, after=40), self._put_up_notice)
        self.story.tell(open_moment(self.hall, days_ago=1, after=50), lambda: sign_up("class", self.people[7:10]))
        self.story.tell(open_moment(self.hall, days_ago=1, after=65), lambda: sign_up("lecture", self.people[:4]))
        self.story.tell(open_moment(self.hall, days_ago=1, after=80), lambda: sign_up("festival", self.people[2:5]))

    def _create(self, details: ActivityDetails, times: list[Time], skills: tuple[str, ...] = ()) -> Activity:
        return schedule.create(hall=self.hall, details=details, times=times, skills=skills, by=self.by)

    def _hand_out(self, activity: Activity) -> None:
        """The national platform's site, to be tried out together."""
        for resource in Resource.objects.for_hall(self.hall).filter(kind=ResourceKind.LINK)[:1]:
            handouts.add(activity=activity, resource=resource, by=self.by)

    def _put_up_notice(self) -> None:
        today = clock.today()
        notices.put_up(hall=self.hall, words=NOTICE, first_day=today, last_day=today + timedelta(days=30), by=self.by)

    def _after_class(self, activity: Activity) -> None:
        """Most came; some learned to scan, and most were content."""
        first = activity.dates.earliest("starts_at")
        lines = roll.of_date(date=first, user=self.by)
        marks = {line.pk: _CAME[place % len(_CAME)] for place, line in enumerate(lines)}
        roll.mark(date=first, marks=marks, by=self.by)
        here = [line for line in lines if marks[line.pk] == AttendanceState.PRESENT]
        levels = {
            (line.enrolment_id, skill.pk): str(_LEARNED[(place + ahead) % len(_LEARNED)])
            for ahead, skill in enumerate(activity.skills.all()[:2])
            for place, line in enumerate(here)
        }
        learning.mark(activity=activity, levels=levels, by=self.by)
        feedback.count_hands(date=first, hands=_HANDS, by=self.by)
        feedback.say(date=first, satisfaction=Satisfaction.GOOD, words=_SAID, villager=here[0].villager, by=self.by)

    def _at(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), tzinfo=clock.SHANGHAI)


def _elderly(hall: Hall, villagers: Mapping[str, Villager]) -> list[Villager]:
    """Those of the hall who are sixty or older, in the order of their file."""
    here = [one for one in villagers.values() if one.registered_at_id == hall.pk and one.birth_date and not one.died_on]
    return [one for one in here if one.birth_date and age_on(one.birth_date, clock.today()) >= 60]
