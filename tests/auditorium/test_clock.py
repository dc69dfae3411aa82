from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from auditorium import clock

MONDAY_MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 in the hall


@pytest.fixture
def demo(settings, tmp_path: Path) -> Path:
    settings.DEMO = True
    settings.VAR_DIR = tmp_path
    return tmp_path / "demo-clock"


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_now_is_aware_and_the_real_time():
    assert clock.now() == MONDAY_MORNING
    assert clock.now().tzinfo is not None


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_today_turns_at_midnight_in_shanghai(moment, day):
    with time_machine.travel(moment, tick=False):
        assert clock.today() == day


def test_day_bounds_are_the_local_midnights():
    start, end = clock.day_bounds(date(2026, 11, 23))
    assert start == datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    assert end == datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    assert (start.utcoffset(), end.utcoffset()) == (timedelta(hours=8), timedelta(hours=8))


def test_local_shows_the_wall_clock():
    assert clock.local(MONDAY_MORNING).isoformat() == "2026-11-23T09:00:00+08:00"


def test_local_refuses_a_naive_moment():
    with pytest.raises(ValueError, match="aware"):
        clock.local(datetime(2026, 11, 23, 9, 0))


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_demo_without_a_file_shows_the_real_time(demo):
    assert clock.now() == MONDAY_MORNING


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_move_to_moves_now_and_today(demo):
    clock.move_to(MONDAY_MORNING + timedelta(days=2))
    assert clock.now() == MONDAY_MORNING + timedelta(days=2)
    assert clock.today() == date(2026, 11, 25)


def test_a_moved_clock_goes_on_ticking(demo):
    with time_machine.travel(MONDAY_MORNING, tick=False) as traveller:
        clock.move_to(MONDAY_MORNING + timedelta(days=2))
        traveller.shift(timedelta(minutes=5))
        assert clock.now() == MONDAY_MORNING + timedelta(days=2, minutes=5)


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_move_to_counts_from_the_real_time_each_time(demo):
    clock.move_to(MONDAY_MORNING + timedelta(days=2))
    clock.move_to(MONDAY_MORNING + timedelta(days=1))
    assert clock.now() == MONDAY_MORNING + timedelta(days=1)


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_a_move_by_another_process_is_seen_and_undone_by_removing_the_file(demo):
    clock.move_to(MONDAY_MORNING + timedelta(days=2))
    assert clock.now() == MONDAY_MORNING + timedelta(days=2)
    another = demo.with_name("made-elsewhere")
    another.write_text("3600")
    another.replace(demo)
    assert clock.now() == MONDAY_MORNING + timedelta(hours=1)
    demo.unlink()
    assert clock.now() == MONDAY_MORNING


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_move_back_ends_a_move_and_may_be_said_twice(demo):
    clock.move_to(MONDAY_MORNING + timedelta(days=2))
    clock.move_back()
    clock.move_back()
    assert clock.now() == MONDAY_MORNING


def test_move_to_leaves_nothing_beside_the_file(demo):
    clock.move_to(MONDAY_MORNING)
    assert [path.name for path in demo.parent.iterdir()] == ["demo-clock"]


def test_move_to_is_refused_outside_a_demo(demo, settings):
    settings.DEMO = False
    with pytest.raises(RuntimeError):
        clock.move_to(MONDAY_MORNING)
    assert not demo.exists()


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_a_left_over_file_moves_nothing_outside_a_demo(demo, settings):
    clock.move_to(MONDAY_MORNING + timedelta(days=2))
    settings.DEMO = False
    assert clock.now() == MONDAY_MORNING
