"""How long the desk's search box takes beside the plainest read there is, with a million villagers.

    python -m tests.benchmarks.people_search [--villagers N]                        on SQLite
    python -m tests.servers python -m tests.benchmarks.people_search [--villagers N] on PostgreSQL

Every query is timed in turns with `Villager.objects.get(pk=…)` in the same process and reported as their ratio, so that
figures of different machines can be compared. `find` is all the box does: the range of keys, the people, their
contacts. `keys` is the range alone.
"""

import argparse
import os
import random
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.db.models import Model, Q  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from auditorium import clock, names  # noqa: E402
from auditorium.domain import people_search  # noqa: E402
from auditorium.enums import RegionLevel, RoleKind  # noqa: E402
from auditorium.models import Hall, KeyKind, Region, Role, User, Villager, VillagerHall, VillagerKey  # noqa: E402
from tests.benchmarks import report  # noqa: E402

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟"
)
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰珍梅红建国文志海荣根土水阿福生金宝银花月仙素琴彩凤爱菊小春"
PER_HALL = 2000
HALLS_PER_TOWN = 10
ROUNDS = 400
BATCH = 20_000


def generate(count: int) -> tuple[User, User, Hall]:
    """Fill the database; return somebody at one hall's desk, a supervisor of its town, and the hall."""
    chance = random.Random(20261123)
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA cache_size = -1000000")  # for filling it; reading takes another connection
    halls = [_hall(index) for index in range(max(count // PER_HALL, 1))]
    town = Region.objects.create(code=halls[0].region_id[:9] + "000", name="柯桥街道", level=RegionLevel.TOWN)
    _copy(Villager, _villagers(count, halls, chance))
    _copy(VillagerHall, _links(count, halls))
    _copy(VillagerKey, _keys(count, halls))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    desk = User.objects.create(username="desk", current_hall=halls[0])
    Role.objects.create(user=desk, role=RoleKind.DESK, hall=halls[0])
    supervisor = User.objects.create(username="supervisor", current_hall=halls[0])
    Role.objects.create(user=supervisor, role=RoleKind.SUPERVISOR, region=town)
    return desk, supervisor, halls[0]


def _hall(index: int) -> Hall:
    code = f"3306{index // HALLS_PER_TOWN:05}{200 + index % HALLS_PER_TOWN:03}"
    region = Region.objects.create(code=code, name=f"{index}村", level=RegionLevel.VILLAGE)
    return Hall.objects.create(name=f"{index}村文化礼堂", region=region)


def _name(pk: int) -> str:
    chance = random.Random(pk)
    return chance.choice(SURNAMES) + "".join(chance.choice(GIVEN) for _ in range(chance.choice((1, 2, 2, 2))))


def _tail(pk: int) -> str:
    return f"{pk * 7919 % 10000:04}"


def _villagers(count: int, halls: list[Hall], chance: random.Random) -> Iterator[dict[str, object]]:
    now = clock.now()
    for pk in range(1, count + 1):
        yield {
            "id": pk,
            "uid": uuid.UUID(int=chance.getrandbits(128)),
            "name": _name(pk),
            "id_hash": f"{pk:064x}",
            "id_hash_version": 1,
            "id_last4": _tail(pk + 1),
            "registered_at_id": halls[pk % len(halls)].pk,
            "created_at": now,
            "updated_at": now,
        }


def _links(count: int, halls: list[Hall]) -> Iterator[dict[str, object]]:
    for pk in range(1, count + 1):
        yield {"id": pk, "villager_id": pk, "hall_id": halls[pk % len(halls)].pk, "since": "2026-11-23"}


def _keys(count: int, halls: list[Hall]) -> Iterator[dict[str, object]]:
    number = 0
    for pk in range(1, count + 1):
        keys = names.search_keys(_name(pk)) | {
            (KeyKind.ID, _tail(pk + 1)),
            (KeyKind.PHONE, _tail(pk)),
            (KeyKind.PHONE, f"1380{pk:07}"),
        }
        for kind, key in sorted(keys):
            number += 1
            yield {"id": number, "villager_id": pk, "hall_id": halls[pk % len(halls)].pk, "kind": str(kind), "key": key}


def _copy(model: type[Model], rows: Iterable[dict[str, object]]) -> None:
    """Write rows past the ORM, with the model's defaults for what they leave out."""
    fields = model._meta.concrete_fields
    plain = model()
    defaults = {field.attname: getattr(plain, field.attname) for field in fields}
    begun, total = time.monotonic(), 0
    columns = [field.column for field in fields]
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        values = [
            [
                field.get_db_prep_save({**defaults, **row}[field.attname], connection)
                if field.attname not in row or field.get_internal_type() in {"UUIDField", "DateTimeField"}
                else row[field.attname]
                for field in fields
            ]
            for row in batch
        ]
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                quoted = ", ".join(f'"{column}"' for column in columns)
                with cursor.cursor.copy(f'COPY "{model._meta.db_table}" ({quoted}) FROM STDIN') as copy:
                    for row in values:
                        copy.write_row(row)
            else:
                marks, quoted = ", ".join("?" * len(columns)), ", ".join(f'"{column}"' for column in columns)
                connection.connection.executemany(
                    f'INSERT INTO "{model._meta.db_table}" ({quoted}) VALUES ({marks})', values
                )
        total += len(batch)
        print(f"\r{model._meta.model_name}: {total:,} rows, {time.monotonic() - begun:.0f} s", end="", file=sys.stderr)
    print(file=sys.stderr)


def measure(count: int, desk: User, supervisor: User, hall: Hall) -> dict[str, tuple[float, str, int]]:
    """Time every kind of query in turns with a read by primary key."""
    chance = random.Random(1)
    own = list(Villager.objects.of_hall(hall).values_list("pk", flat=True)[:PER_HALL])
    kinds: dict[str, Callable[[int], str]] = {
        "name_whole": _name,
        "name_start": lambda pk: _name(pk)[:2],
        "name_inside": lambda pk: _name(pk)[1:],
        "pinyin": lambda pk: "".join(names.readings(_name(pk))[0]),
        "initials": lambda pk: names.initials_of(_name(pk)),
        "phone_tail": _tail,
        "id_tail": lambda pk: _tail(pk + 1),
    }
    figures: dict[str, tuple[float, str, int]] = {}
    for who, user in (("desk", desk), ("supervisor", supervisor)):
        for kind, query_of in kinds.items():
            found, keys, get = [], [], []
            for _round in range(ROUNDS):
                query = query_of(chance.choice(own))
                pk = chance.randint(1, count)
                get.append(_timed(lambda pk=pk: Villager.objects.get(pk=pk)))
                key = names.fold_query(query)
                keys.append(_timed(lambda key=key: people_search._scan(key, "", Q(hall=hall))))
                found.append(
                    _timed(lambda query=query, user=user: people_search.find(query=query, user=user, hall=hall))
                )
            base = f"search.{connection.vendor}.{who}.{kind}"
            for share in (0.5, 0.95):
                plain = report.quantile(get, share)
                label = f"p{round(share * 100)}"
                name = f"{base}.find_over_get.p50" if share == 0.5 else base.replace("search", "search_p95_over_pk", 1)
                figures[name] = (report.quantile(found, share) / plain, "x", ROUNDS)
                if who == "desk":
                    figures[f"{base}.keys_over_get.{label}"] = (report.quantile(keys, share) / plain, "x", ROUNDS)
            figures[f"{base}.find_ms.p95"] = (report.quantile(found, 0.95) * 1000, "ms", ROUNDS)
    return figures


def _timed(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--villagers", type=int, default=1_000_000)
    count = parser.parse_args().villagers
    state = setup_databases(verbosity=0, interactive=False)
    try:
        people = generate(count)
        connection.close()
        figures = measure(count, *people)
    finally:
        teardown_databases(state, verbosity=0)
    report.add(figures, command=f"python -m tests.benchmarks.people_search --villagers {count}")


if __name__ == "__main__":
    main()
