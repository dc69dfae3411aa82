"""The demo's farm reading rooms: a dozen printed books at two halls, weeks of lending, one book overdue, one lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from auditorium import clock
from auditorium.demo.past import Story, clock_kept, open_moment
from auditorium.demo.places import MAIN_HALL, SECOND_HALL
from auditorium.domain.library import catalogue, publishing
from auditorium.domain.library.lending import asking, copies, loans
from auditorium.library_enums import Licence, ResourceKind
from auditorium.models import BookCopy, Channel, Hall, Loan, Resource, Topic, User, Villager

SHELF = "农家书屋"
SET_UP = 60
"""How many days ago the books were put on the shelf."""

BOOKS: tuple[tuple[str, str, str, str, int], ...] = (
    ("种养技术", "水稻高产栽培技术", "县农业技术推广中心", "育秧、插秧、施肥到收割，一步一步说。", 2),
    ("种养技术", "家庭养鸡一本通", "县农业技术推广中心", "鸡舍、饲料、防病，房前屋后就能养。", 1),
    ("种养技术", "茶园四季管理", "县农业技术推广中心", "修剪、施肥、防虫、采摘的时节。", 1),
    ("身体健康", "高血压自己管", "县疾病预防控制中心", "怎么量血压，怎么吃，怎么动，药怎么吃。", 2),
    ("身体健康", "老年人膝盖保养", "县疾病预防控制中心", "上下楼、蹲起、锻炼要注意的事。", 1),
    ("身体健康", "家常饭菜少盐做法", "县疾病预防控制中心", "五十道家常菜，味道不淡，盐少一半。", 1),
    ("文学", "阿Q正传", "鲁迅", "绍兴乡下的人和事。", 2),
    ("文学", "故乡", "鲁迅", "“其实地上本没有路，走的人多了，也便成了路。”", 1),
    ("文学", "背影", "朱自清", "散文集，字大。", 1),
    ("孩子看的", "十万个为什么（农村版）", "县图书馆", "庄稼、天气、牲口，孩子问得最多的事。", 2),
    ("孩子看的", "二十四节气歌", "县图书馆", "每个节气一首歌，一幅画。", 1),
    ("法律常识", "村民身边的法律", "县司法局", "宅基地、赡养、借钱、被骗了怎么办。", 1),
)
"""Topic, title, whose, what it is about, how many copies a hall has. Made up for the demo, but for the classics."""


def load(*, halls: Mapping[str, Hall], by: User) -> None:
    """Describe the books and put their copies on the shelves of two halls, some weeks ago."""
    with clock_kept():
        clock.move_to(open_moment(halls[MAIN_HALL], days_ago=SET_UP))
        channel = Channel.objects.create(name=SHELF, description="借回家看的书", order=20, is_for_all=True)
        names = dict.fromkeys(topic for topic, *_said in BOOKS)
        topics = {name: Topic.objects.create(channel=channel, title=name, order=n) for n, name in enumerate(names, 1)}
        made = [
            catalogue.describe(resource=_book(topics[topic], order, *said), by=by)
            for order, (topic, *said, _count) in enumerate(BOOKS, 1)
        ]
        found = Resource.objects.filter(pk__in=[book.pk for book in made])
        publishing.review(resources=found, by=by)
        publishing.publish(resources=found, by=by)
        for prefix, name in (("B", MAIN_HALL), ("H", SECOND_HALL)):
            number = 0
            for book, (*_said, count) in zip(found.order_by("order"), BOOKS, strict=True):
                numbers = [f"{prefix}{number + each:03}" for each in range(1, count + 1)]
                copies.add(resource=book, hall=halls[name], numbers=numbers, by=by)
                number += count


def tell(
    story: Story, *, halls: Mapping[str, Hall], desks: Mapping[str, User], villagers: Mapping[str, Villager]
) -> None:
    """Six weeks of lending at both halls: most came back, some are out, one is overdue, one was lost."""
    for name in (MAIN_HALL, SECOND_HALL):
        people = [one for one in villagers.values() if one.registered_at_id == halls[name].pk and not one.died_on]
        _Room(story, halls[name], desks[name], people).tell()


@dataclass
class _Room:
    """One hall's reading room."""

    story: Story
    hall: Hall
    by: User
    people: list[Villager]

    def tell(self) -> None:
        """The first copies went out and came back, then others; the last are with people now."""
        numbers = [copy.number for copy in BookCopy.objects.filter(hall=self.hall).order_by("number")]
        for place, number in enumerate(numbers[:8]):
            self._at(54 - 4 * place, place, partial(self._lend, number, place))
            self._at(42 - 4 * place, place, partial(self._give_back, number))
        self._at(44, 9, lambda: self._lend(numbers[8], 8))  # overdue since two weeks
        self._at(30, 9, lambda: self._lend(numbers[9], 3))
        self._at(9, 9, lambda: loans.report_lost(loan=self._out(numbers[9]), by=self.by))
        self._at(27, 10, lambda: self._lend(numbers[10], 1))  # due in some days
        self._at(5, 12, asking.ask_for_overdue)
        for place, number in enumerate(numbers[11:14]):
            self._at(12 - 3 * place, 11, partial(self._lend, number, 4 + place))

    def _at(self, days_ago: int, after: int, act: Callable[[], object]) -> None:
        self.story.tell(open_moment(self.hall, days_ago=days_ago, after=8 * after + 3), act)

    def _lend(self, number: str, whose: int) -> None:
        copy = copies.find(number=number, hall=self.hall, user=self.by)
        loans.lend(copy=copy, villager=self.people[whose % len(self.people)], by=self.by)

    def _give_back(self, number: str) -> None:
        loans.give_back(copy=copies.find(number=number, hall=self.hall, user=self.by), by=self.by)

    def _out(self, number: str) -> Loan:
        return Loan.objects.out().get(hall=self.hall, copy__number=number)


def _book(topic: Topic, order: int, *said: str) -> Resource:
    title, creator, description = said
    return Resource(
        channel=topic.channel,
        topic=topic,
        kind=ResourceKind.PRINTED_BOOK,
        title=title,
        creator=creator,
        description=description,
        source="农家书屋配送",
        rights_holder="出版社",
        licence=Licence.PERMITTED,
        licence_note="纸质书，只在礼堂借阅；演示用的书目",
        order=order,
    )
