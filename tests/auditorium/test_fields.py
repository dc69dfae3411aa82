from collections.abc import Iterator

import pytest
from cryptography.fernet import InvalidToken
from django import forms
from django.core.exceptions import FieldError, ValidationError
from django.db import connection, models
from django.test.utils import isolate_apps

from auditorium import crypto
from auditorium.fields import EncryptedJSONField, EncryptedTextField

pytestmark = pytest.mark.django_db


@pytest.fixture
def letters() -> Iterator[type[models.Model]]:
    """A table of its own with both fields."""
    with isolate_apps("auditorium"):

        class Letter(models.Model):  # noqa: DJ008 - lives in this test only
            body = EncryptedTextField(blank=True, default="")
            details = EncryptedJSONField(null=True, blank=True)
            settings = EncryptedJSONField(default=dict, blank=True)

            class Meta:
                app_label = "auditorium"
                db_table = "test_letter"

        with connection.cursor() as cursor:  # SQLite enters a schema editor only outside a transaction
            cursor.execute(*connection.schema_editor().table_sql(Letter))
        yield Letter


def stored(pk: int) -> tuple[str, str | None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT body, details FROM test_letter WHERE id = %s", [pk])
        row: tuple[str, str | None] = cursor.fetchone()
    return row


def test_text_is_read_back_and_stored_encrypted(letters):
    letter = letters.objects.create(body="330603194503070013")
    letter.refresh_from_db()
    assert letter.body == "330603194503070013"
    token, _ = stored(letter.pk)
    assert "330603194503070013" not in token
    assert crypto.decrypt(token) == "330603194503070013"


def test_empty_text_stays_empty_and_can_be_found(letters):
    empty, full = letters.objects.create(body=""), letters.objects.create(body="张小明")
    assert stored(empty.pk)[0] == ""
    assert list(letters.objects.filter(body="")) == [empty]
    assert list(letters.objects.exclude(body="")) == [full]
    assert letters.objects.filter(body__isnull=True).count() == 0


def test_text_is_encrypted_by_every_way_of_writing(letters):
    made = letters.objects.bulk_create([letters(body="甲"), letters(body="甲"), letters(body="甲")])
    ids = [letter.pk for letter in made]
    letters.objects.filter(pk=ids[1]).update(body="乙")
    changed = letters.objects.get(pk=ids[2])
    changed.body = "丙"
    letters.objects.bulk_update([changed], ["body"])
    assert [crypto.decrypt(stored(pk)[0]) for pk in ids] == ["甲", "乙", "丙"]
    assert list(letters.objects.order_by("pk").values_list("body", flat=True)) == ["甲", "乙", "丙"]


def test_text_in_the_column_that_is_no_token_is_an_error(letters):
    letter = letters.objects.create(body="张小明")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE test_letter SET body = 'plain' WHERE id = %s", [letter.pk])
    with pytest.raises(InvalidToken):
        letter.refresh_from_db()


@pytest.mark.parametrize(
    "condition",
    [{"body": "张小明"}, {"body__contains": "张"}, {"body__in": ["张小明"]}, {"body__gt": "a"}, {"body__length": 3}],
)
def test_text_refuses_comparisons_that_cannot_work(letters, condition):
    with pytest.raises(FieldError):
        letters.objects.filter(**condition).exists()


def test_json_is_read_back_and_stored_encrypted(letters):
    letter = letters.objects.create(details={"姓名": "张小明", "电话": ["13812340021"]})
    letter.refresh_from_db()
    assert letter.details == {"姓名": "张小明", "电话": ["13812340021"]}
    token = stored(letter.pk)[1]
    assert token is not None
    assert crypto.decrypt(token) == '{"姓名":"张小明","电话":["13812340021"]}'


@pytest.mark.parametrize("value", [{}, [], 0, False, "", "text"])
def test_json_keeps_values_that_are_empty(letters, value):
    letter = letters.objects.create(details=value)
    letter.refresh_from_db()
    assert letter.details == value


def test_json_none_is_null_and_can_be_found(letters):
    empty, full = letters.objects.create(details=None), letters.objects.create(details={})
    assert stored(empty.pk)[1] is None
    assert list(letters.objects.filter(details__isnull=True)) == [empty]
    assert list(letters.objects.filter(details=None)) == [empty]
    assert list(letters.objects.exclude(details=None)) == [full]


def test_json_none_is_the_default_where_null_is_not_allowed(letters):
    letter = letters.objects.create(settings=None)
    assert letter.settings == {}
    letter.refresh_from_db()
    assert letter.settings == {}


@pytest.mark.parametrize("condition", [{"details": {}}, {"details__contains": "张"}, {"details__姓名": "张小明"}])
def test_json_refuses_comparisons_that_cannot_work(letters, condition):
    with pytest.raises(FieldError):
        letters.objects.filter(**condition).exists()


def test_json_validation_refuses_what_cannot_be_serialised(letters):
    letter = letters(details={"moment": object()})
    with pytest.raises(ValidationError) as caught:
        letter.full_clean()
    assert list(caught.value.message_dict) == ["details"]


def test_json_form_field_reads_json():
    field = EncryptedJSONField().formfield()
    assert isinstance(field, forms.JSONField)
    assert field.clean('{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    ("field", "path", "options"),
    [
        (EncryptedTextField(blank=True), "auditorium.fields.EncryptedTextField", {"blank": True}),
        (EncryptedJSONField(null=True), "auditorium.fields.EncryptedJSONField", {"null": True}),
    ],
)
def test_fields_deconstruct_for_migrations(field, path, options):
    assert field.deconstruct() == (None, path, [], options)
    assert type(field.clone()) is type(field)
