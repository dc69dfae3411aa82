"""Five weeks in which the demo's halls read and listened: villagers, groups in the afternoon, people nobody asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle

from auditorium.demo.library import WEEKS
from auditorium.demo.past import Story, open_moment
from auditorium.domain.library import use
from auditorium.library_enums import ResourceKind
from auditorium.models import Hall, Resource, ResourceUse, User, Villager

LIKED = ("唐诗三百首", "三字经", "唐诗三百首", "论语", "三字经", "朱子家训", "弟子规")
"""What is asked for in turn, the usual more often."""

TOGETHER = (ResourceKind.OPERA, ResourceKind.LESSON)
GROUP_DAYS = (2, 5)
"""Days of each week, counted back, on which people listen together."""
_ALONE_AT = (25, 70, 110)


@dataclass(frozen=True)
class _Sitting:
    """One time somebody sat down: for how many minutes, and how far they got in thousandths."""

    resource: Resource
    hall: Hall
    by: User
    villager: Villager | None = None
    people: int = 1
    minutes: int = 15
    position: int = 300

    def tell(self, story: Story, begins: datetime) -> None:
        """It happened then."""
        opened: list[ResourceUse] = []
        begin = partial(
            use.open_resource,
            resource=self.resource,
            hall=self.hall,
            by=self.by,
            villager=self.villager,
            people=self.people,
        )
        story.tell(begins, lambda: opened.append(begin()))
        story.tell(begins + timedelta(minutes=self.minutes), lambda: self._end(opened[0]))

    def _end(self, opened: ResourceUse) -> None:
        is_read = self.resource.kind == ResourceKind.BOOK
        use.progress(
            use=opened,
            position=self.position,
            seconds=self.minutes * 60,
            file=next(iter(use.parts(self.resource)), None),
            locator={"n": 1 + self.position // 300, "share": 0.4} if is_read else None,
        )


def tell(story: Story, *, desks: dict[Hall, User], villagers: dict[str, Villager]) -> None:
    """Let it happen at each of these halls' desks, most days they are open."""
    for turn, (hall, by) in enumerate(desks.items()):
        shelf = {resource.title: resource for resource in Resource.objects.for_hall(hall).order_by("pk")}
        readers = cycle(sorted((v for v in villagers.values() if v.registered_at_id == hall.pk), key=lambda v: v.pk))
        titles = cycle(LIKED[turn:] + LIKED[:turn])
        days = [day for day in range(WEEKS * 7, 0, -1) if (day + turn) % 7 not in {0, 4}]
        for number, day in enumerate(days):
            alone = _Sitting(
                resource=shelf[next(titles)],
                hall=hall,
                by=by,
                villager=next(readers) if number % 4 else None,
                minutes=8 + number * 7 % 30,
                position=1000 if number % 5 == 0 else 150 + number * 130 % 800,
            )
            alone.tell(story, open_moment(hall, days_ago=day, after=_ALONE_AT[number % 3]))
        for number, resource in enumerate(one for one in shelf.values() if one.kind in TOGETHER):
            for week in range(WEEKS):
                day = week * 7 + GROUP_DAYS[number % 2]
                together = _Sitting(resource, hall, by, people=6 + (week * 5 + number) % 9, minutes=40, position=1000)
                together.tell(story, open_moment(hall, days_ago=day, after=290))
