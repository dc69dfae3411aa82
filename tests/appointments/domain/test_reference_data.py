"""The lists an installation begins with: complete, consistent, and its own from then on."""

import pytest

from appointments.domain.reference_data import ensure_reference_data
from appointments.models import EverydayWord, Specialty

pytestmark = pytest.mark.django_db


def test_lists_are_brought_in_once():
    assert ensure_reference_data() == Specialty.objects.count() + EverydayWord.objects.count() > 300
    assert ensure_reference_data() == 0


def test_codes_are_those_of_the_national_list():
    ensure_reference_data()
    wanted = {"02": "全科医疗科", "03.04": "心血管内科专业", "04.03": "骨科专业", "50.13": "中医针灸科专业"}
    assert dict(Specialty.objects.filter(code__in=wanted).values_list("code", "name")) == wanted


def test_every_part_has_its_superior():
    ensure_reference_data()
    codes = set(Specialty.objects.values_list("code", flat=True))
    assert {code[:2] for code in codes} <= codes


def test_a_name_tells_what_it_is_alone():
    ensure_reference_data()
    names = list(Specialty.objects.values_list("name", flat=True))
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("word", "specialties"),
    [
        ("膝盖痛", ["骨科专业"]),
        ("血糖高", ["内分泌专业"]),
        ("耳朵听不见", ["耳鼻咽喉科"]),
        ("睡不着", ["神经内科专业", "临床心理专业"]),
    ],
)
def test_everyday_words_lead_to_specialties(word, specialties):
    ensure_reference_data()
    said = EverydayWord.objects.filter(word=word).order_by("specialty")
    assert [row.specialty.name for row in said] == specialties


@pytest.mark.parametrize("emergency", ["胸痛", "中风", "吐血", "昏倒", "半边"])
def test_no_word_sends_an_emergency_to_a_queue(emergency):
    ensure_reference_data()
    assert not EverydayWord.objects.filter(word__contains=emergency).exists()


def test_what_an_administrator_changed_stays():
    ensure_reference_data()
    EverydayWord.objects.filter(word="膝盖痛").delete()
    Specialty.objects.filter(code="10").update(name="眼科（五官）")
    ensure_reference_data()
    assert not EverydayWord.objects.filter(word="膝盖痛").exists()
    assert Specialty.objects.get(code="10").name == "眼科（五官）"
