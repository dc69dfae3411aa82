"""The first start of an installation: its administrator and its first hall."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from auditorium.domain import audit
from auditorium.enums import RegionLevel, RoleKind
from auditorium.models import Hall, Region, Role, User


def is_opened() -> bool:
    """Whether somebody can log in and there is a hall to log in to."""
    return User.objects.filter(is_active=True).exists() and Hall.objects.exists()


def validate_village_code(code: str) -> None:
    """Raise ValidationError unless this is a village's 12-digit division code."""
    if len(code) != 12 or not (code.isascii() and code.isdecimal()) or code.endswith("000"):
        raise ValidationError(_("区划代码是村或社区的12位数字，最后三位不是000。请用英文输入法输入。"))


def validate_first_password(password: str, username: str) -> None:
    """Raise ValidationError when the administrator-to-be chose a password that is too easy."""
    validate_password(password, User(username=username))


@transaction.atomic
def open_first_hall(*, username: str, password: str, hall_name: str, region_code: str, region_name: str) -> Hall:
    """Create the administrator, the village where it is not known yet, and the hall; ValidationError when one is wrong.

    The village's superiors come with the next import of the division data.
    """
    validate_village_code(region_code)
    validate_first_password(password, username)
    region, _created = Region.objects.get_or_create(
        code=region_code, defaults={"name": region_name, "level": RegionLevel.VILLAGE}
    )
    region.full_clean()
    hall = Hall(name=hall_name, region=region)
    hall.full_clean()
    hall.save()
    user = User(username=username, is_staff=True, is_superuser=True, current_hall=hall)
    user.set_password(password)
    user.full_clean()
    user.save()
    Role.objects.create(user=user, role=RoleKind.ADMINISTRATOR)
    audit.record(action="opened", what=hall, by=user, hall=hall)
    return hall
