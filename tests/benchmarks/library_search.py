"""How long the library's search box and first page take beside the plainest read there is, with 100,000 resources.

    python -m tests.benchmarks.library_search [--resources N]                        on SQLite
    python -m tests.servers python -m tests.benchmarks.library_search [--resources N] on PostgreSQL

Every query is timed in turns with `Resource.objects.get(pk=…)` in the same process and reported as their ratio. `found`
is what the page asks: how many there are (to a thousand), and twenty rows with their covers.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Callable

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from auditorium import clock, names  # noqa: E402
from auditorium.domain.library import search, words  # noqa: E402
from auditorium.enums import RegionLevel  # noqa: E402
from auditorium.library_enums import Licence, ResourceKind, ResourceState  # noqa: E402
from auditorium.models import Channel, Hall, HallResource, Region, Resource, Topic  # noqa: E402
from tests.benchmarks import report  # noqa: E402

CHARACTERS = (
    "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈剑号巨阙珠称夜光"
    "果珍李柰菜重芥姜海咸河淡鳞潜羽翔龙师火帝鸟官人皇始制文字乃服衣裳推位让国有虞陶唐吊民伐罪周发殷汤坐朝问道垂拱平章"
)
USUAL = ("的故事", "戏曲选", "农业技术", "健康讲座", "方言", "唱段", "读本", "课")
CHANNELS, TOPICS, BATCH, ROUNDS = 20, 10, 2_000, 40


def generate(count: int) -> Hall:
    """Fill the database: a tenth of the channels is not shared with the hall. Return the hall."""
    region = Region.objects.create(code="330603011258", name="宝善桥村", level=RegionLevel.VILLAGE)
    hall = Hall.objects.create(name="宝善桥村文化礼堂", region=region)
    channels = [Channel.objects.create(name=f"频道{n}", is_for_all=n % 10 != 9) for n in range(CHANNELS)]
    topics = [Topic.objects.create(channel=channel, title=f"主题{n}") for channel in channels for n in range(TOPICS)]
    kinds, begun, now = list(ResourceKind), time.monotonic(), clock.now()
    for first in range(1, count + 1, BATCH):
        made = []
        for pk in range(first, min(first + BATCH, count + 1)):
            chance = random.Random(pk)
            topic = topics[pk % len(topics)]
            made.append(
                Resource(
                    pk=pk,
                    channel_id=topic.channel_id,
                    topic=topic,
                    kind=kinds[pk % len(kinds)],
                    title=title(pk),
                    creator="".join(chance.choices(CHARACTERS, k=3)),
                    subject="、".join(chance.choices(USUAL, k=2)),
                    description="".join(chance.choices(CHARACTERS, k=60)),
                    rights_holder="示例",
                    licence=Licence.OWN,
                    url="https://example.org/",
                    state=ResourceState.PUBLISHED,
                    published_at=now,
                )
            )
        Resource.objects.bulk_create(made)
        words.rebuild(made)
        print(f"\r{first + len(made) - 1:,} resources, {time.monotonic() - begun:.0f} s", end="", file=sys.stderr)
    print(file=sys.stderr)
    used = [HallResource(hall=hall, resource_id=pk, times=pk % 97, last_used_at=now) for pk in range(1, count, 200)]
    HallResource.objects.bulk_create(used, batch_size=BATCH)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return hall


def title(pk: int) -> str:
    """Four characters of its own and something that many have."""
    chance = random.Random(pk * 7919)
    return "".join(chance.choices(CHARACTERS, k=4)) + chance.choice(USUAL)


def measure(count: int, hall: Hall) -> dict[str, tuple[float, str, int]]:
    """Time every kind of look-up in turns with a read by primary key."""
    names.readings("语")  # the dictionary takes a second, once in a process
    channel = Channel.objects.filter(is_for_all=True).first()
    topic = Topic.objects.filter(channel=channel).first()
    asked: dict[str, Callable[[int], object]] = {
        "title": lambda pk: _page(hall, query=title(pk)),
        "two_characters": lambda pk: _page(hall, query=title(pk)[:2]),
        "one_character": lambda pk: _page(hall, query=title(pk)[:1]),
        "in_an_eighth_of_all": lambda pk: _page(hall, query="农业技术"),
        "pinyin": lambda pk: _page(hall, query="".join(names.readings(title(pk)[:4])[0])),
        "initials": lambda pk: _page(hall, query=names.initials_of(title(pk)[:4])),
        "one_letter": lambda pk: _page(hall, query=names.initials_of(title(pk)[:1])),
        "kind": lambda pk: _page(hall, kind=ResourceKind.OPERA),
        "channel": lambda pk: _page(hall, channel=channel),
        "topic": lambda pk: _page(hall, topics=[topic.pk]),
        "lately": lambda pk: search.lately(hall),
        "liked": lambda pk: search.liked(hall),
        "newest": lambda pk: search.newest(hall),
        "kinds": lambda pk: search.kinds(hall),
    }
    chance = random.Random(1)
    figures: dict[str, tuple[float, str, int]] = {}
    for name, ask in asked.items():
        found, get = [], []
        for _round in range(ROUNDS):
            pk = chance.randint(1, count)
            get.append(_timed(lambda pk=pk: Resource.objects.get(pk=pk)))
            found.append(_timed(lambda pk=pk, ask=ask: ask(pk)))
        base = f"library.{connection.vendor}.{name}"
        figures[f"{base}.found_over_get.p50"] = (report.quantile(found, 0.5) / report.quantile(get, 0.5), "x", ROUNDS)
        figures[f"{base}.found_ms.p95"] = (report.quantile(found, 0.95) * 1000, "ms", ROUNDS)
    return figures


def _page(hall: Hall, **wanted: object) -> list[Resource]:
    return list(search.Pages(search.find(hall=hall, **wanted), search.ON_A_PAGE).get_page(1))


def _timed(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--resources", type=int, default=100_000)
    count = parser.parse_args().resources
    state = setup_databases(verbosity=0, interactive=False)
    try:
        figures = measure(count, generate(count))
    finally:
        teardown_databases(state, verbosity=0)
    report.add(figures, command=f"python -m tests.benchmarks.library_search --resources {count}")


if __name__ == "__main__":
    main()
