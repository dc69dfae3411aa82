"""Columns that hold ciphertext: text and JSON that only this program can read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import FieldError, ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Combinable, Expression
from django.db.models.lookups import Exact, IsNull, Lookup, Transform
from django.utils.translation import gettext_lazy as _

from auditorium import crypto

if TYPE_CHECKING:
    _TextField = models.TextField[str | Combinable, str]
    _AnyField = models.Field[Any, Any]
    _Exact = Exact[Any]
else:
    _TextField = models.TextField
    _AnyField = models.Field
    _Exact = Exact


class _ExactEmpty(_Exact):
    """`field=""`: the one value stored as it is."""

    def get_prep_lookup(self) -> Any:
        if self.rhs != "":
            raise FieldError("An encrypted field can only be compared with the empty string: look for its keyed hash.")
        return ""


class EncryptedTextField(_TextField):
    """Text encrypted on the way in and decrypted on the way out; the empty string stays empty.

    The same text is another token each time, so the database cannot search it: of the look-ups only
    `isnull` and `exact` with the empty string are allowed, any other is a FieldError.
    """

    description = _("加密文字")

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return crypto.encrypt(text) if text else text

    def from_db_value(self, value: str | None, expression: Expression, connection: BaseDatabaseWrapper) -> str | None:
        return crypto.decrypt(value) if value else value

    def get_lookup(self, lookup_name: str) -> type[Lookup[Any]]:
        return _allowed(self, {"isnull": IsNull, "exact": _ExactEmpty}, lookup_name)

    def get_transform(self, lookup_name: str) -> type[Transform] | None:
        raise _refusal(self, lookup_name)


class EncryptedJSONField(_AnyField):
    """A JSON value (dict, list, str, number, bool), serialised and encrypted. Only `isnull` finds it.

    None is NULL; where NULL is not allowed it is the default, for that is what an emptied form field means.
    """

    description = _("加密资料")
    empty_strings_allowed = False
    default_error_messages = {"invalid": _("这项资料存不了，请检查内容。")}

    def get_internal_type(self) -> str:
        return "TextField"

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        if value is None and not self.null:
            value = self.get_default()
            setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        if prepared is None:
            return None
        return crypto.encrypt(json.dumps(prepared, ensure_ascii=False, separators=(",", ":")))

    def from_db_value(self, value: str | None, expression: Expression, connection: BaseDatabaseWrapper) -> Any:
        return None if value is None else json.loads(crypto.decrypt(value))

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        try:
            json.dumps(value)
        except (TypeError, ValueError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error

    def value_to_string(self, obj: models.Model) -> Any:
        return self.value_from_object(obj)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": forms.JSONField, **kwargs})

    def get_lookup(self, lookup_name: str) -> type[Lookup[Any]]:
        return _allowed(self, {"isnull": IsNull, "exact": _ExactNone}, lookup_name)

    def get_transform(self, lookup_name: str) -> type[Transform] | None:
        raise _refusal(self, lookup_name)


class _ExactNone(_Exact):
    """`field=None`, which Django turns into `isnull`; anything else cannot be compared."""

    def get_prep_lookup(self) -> Any:
        if self.rhs is not None:
            raise FieldError("An encrypted JSON field cannot be compared with a value.")
        return None


def _allowed(field: _AnyField, lookups: dict[str, type[Lookup[Any]]], name: str) -> type[Lookup[Any]]:
    if name not in lookups:
        raise _refusal(field, name)
    return lookups[name]


def _refusal(field: _AnyField, name: str) -> FieldError:
    return FieldError(f"Look-up '{name}' cannot work on the encrypted field '{field.name}': look for its keyed hash.")
