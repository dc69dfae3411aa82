from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.domain.session_layout import Standing, is_laid_out, rearranged, slot_times, spread
from auditorium.clock import SHANGHAI

DAY = date(2026, 11, 24)


def at(hour, minute=0):
    return datetime(2026, 11, 24, hour, minute, tzinfo=SHANGHAI)


def shown(times):
    return [f"{first:%H:%M}-{last:%H:%M}" for first, last in times]


@pytest.mark.parametrize(
    ("ends", "minutes", "expected"),
    [
        (time(9), 30, ["08:00-08:30", "08:30-09:00"]),
        (time(9, 10), 30, ["08:00-08:30", "08:30-09:10"]),
        (time(9, 15), 30, ["08:00-08:30", "08:30-09:00", "09:00-09:15"]),
        (time(8, 20), 30, ["08:00-08:20"]),
        (time(8, 10), 30, ["08:00-08:10"]),
    ],
)
def test_slot_times_give_a_long_rest_its_own_slot(ends, minutes, expected):
    assert shown(slot_times(DAY, time(8), ends, minutes)) == expected


@given(st.integers(1, 24 * 60 - 481), st.integers(5, 240))
def test_slot_times_cover_the_session_without_gap(length, minutes):
    ends = time((480 + length) // 60, (480 + length) % 60)
    times = slot_times(DAY, time(8), ends, minutes)
    assert times[0][0] == at(8)
    assert times[-1][1] == at(ends.hour, ends.minute)
    assert all(first < last for first, last in times)
    assert [last for _, last in times[:-1]] == [first for first, _ in times[1:]]


def test_spread_gives_the_rest_to_earlier_slots():
    assert spread(30, 7) == [5, 5, 4, 4, 4, 4, 4]
    assert spread(3, 5) == [1, 1, 1, 0, 0]


@given(st.integers(0, 999), st.integers(1, 60))
def test_spread_loses_no_place(places, slots):
    result = spread(places, slots)
    assert (sum(result), len(result), sorted(result, reverse=True)) == (places, slots, result)
    assert max(result) - min(result) <= 1


def standing(*slots, starts=8):
    """Half hours from eight, given as (capacity, taken)."""
    times = slot_times(DAY, time(starts), time(starts + 4), 30)
    return [Standing(n + 1, times[n], *places) for n, places in enumerate(slots)]


def wanted(count, minutes=30):
    return slot_times(DAY, time(8), time(12), minutes)[:count]


def test_laid_out_when_cut_as_wanted():
    assert is_laid_out(standing((5, 0), (5, 0)), wanted(2))
    assert not is_laid_out(standing((5, 0), (5, 0)), wanted(3))
    assert not is_laid_out(standing((5, 0), (5, 0)), wanted(1))
    assert not is_laid_out(standing((5, 0), (5, 0)), wanted(2, minutes=20))


def test_laid_out_needs_no_slots_for_which_there_were_no_places():
    assert is_laid_out(standing((1, 0), (1, 0)), wanted(4))
    assert is_laid_out(standing((1, 0), (0, 0), (0, 0)), wanted(1))


def test_rearranged_grows_evenly():
    plan = rearranged(standing((5, 3), (5, 0)), wanted(2), 13)
    assert (plan.stay, plan.opened, plan.taken_away, plan.short_of) == (
        {1: (wanted(1)[0], 7), 2: (wanted(2)[1], 6)},
        {},
        [],
        0,
    )


def test_rearranged_takes_from_later_slots_what_booked_ones_need():
    plan = rearranged(standing((5, 5), (5, 0), (5, 0)), wanted(3), 7)
    assert [capacity for _, capacity in plan.stay.values()] == [5, 2, 0]


def test_rearranged_stops_at_what_is_booked():
    plan = rearranged(standing((5, 4), (5, 3)), wanted(2), 5)
    assert ([capacity for _, capacity in plan.stay.values()], plan.short_of) == ([4, 3], 2)


def test_rearranged_refuses_to_drop_a_booked_slot():
    plan = rearranged(standing((5, 0), (5, 1)), wanted(1), 10)
    assert ([slot.slot_id for slot in plan.in_the_way], plan.stay, plan.opened) == ([2], {}, {})


def test_rearranged_reuses_an_empty_slot_that_begins_at_the_same_time():
    plan = rearranged(standing((5, 0), (5, 0)), wanted(2, minutes=60), 10)
    assert plan.stay == {1: (wanted(1, minutes=60)[0], 5)}
    assert plan.opened == {wanted(2, minutes=60)[1]: 5}
    assert plan.taken_away == [2]


places = st.integers(0, 9).flatmap(lambda capacity: st.tuples(st.just(capacity), st.integers(0, capacity)))


@given(st.lists(places, min_size=1, max_size=8), st.integers(1, 8), st.integers(1, 60), st.sampled_from([20, 30, 60]))
def test_rearranged_never_drops_a_booked_place(there, count, wish, minutes):
    slots = standing(*there)
    plan = rearranged(slots, wanted(count, minutes), wish)
    if plan.in_the_way:
        assert all(slot.taken for slot in plan.in_the_way)
        return
    booked = {slot.slot_id: slot for slot in slots if slot.taken}
    assert booked.keys() <= plan.stay.keys()
    for pk, slot in booked.items():
        times, capacity = plan.stay[pk]
        assert times == slot.times
        assert capacity >= slot.taken
    total = sum(capacity for _, capacity in plan.stay.values()) + sum(plan.opened.values())
    assert total == max(wish, sum(slot.taken for slot in slots))
    assert plan.short_of == total - wish
