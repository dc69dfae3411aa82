"""Asks a new installation's two questions, on the terminal or from the environment: who administers, and which hall."""

import os
import sys
from collections.abc import Callable
from functools import partial
from getpass import getpass

from django.core.exceptions import ValidationError
from django.utils import translation

from appointments.domain.default_templates import ensure_templates
from appointments.domain.reference_data import ensure_reference_data
from auditorium.domain import installation
from auditorium.models import Region
from config.preflight import Refused
from config.serving import Say

VARIABLES = ("ADMIN_USERNAME", "ADMIN_PASSWORD", "HALL_NAME", "HALL_REGION_CODE")


def open_installation(say: Say) -> None:
    """Bring in the lists and words to begin with; create administrator and hall where there are none.

    Refused when nobody says which.
    """
    ensure_reference_data()
    ensure_templates()
    if installation.is_opened():
        return
    missing = [name for name in VARIABLES if not os.environ.get(name)]
    if not missing:
        code = os.environ["HALL_REGION_CODE"]
        answers = {
            "username": os.environ["ADMIN_USERNAME"],
            "password": os.environ["ADMIN_PASSWORD"],
            "hall_name": os.environ["HALL_NAME"],
            "region_code": code,
            "region_name": os.environ.get("HALL_REGION_NAME") or code,
        }
    elif sys.stdin.isatty():
        answers = ask(say)
    else:
        raise Refused(
            f"第一次开要知道管理员和礼堂。请在终端里运行，或设好环境变量 {'、'.join(missing)}。",
            "The first start must know administrator and hall. "
            f"Run it in a terminal, or set {', '.join(missing)} in the environment.",
        )
    if faults := _faults(partial(installation.open_first_hall, **answers)):
        raise Refused(*faults)


def ask(say: Say) -> dict[str, str]:
    """Ask on the terminal until each answer is usable."""
    say("第一次开，先说说这个礼堂。 / First start: about this hall.")
    hall_name = _ask_for("礼堂名称，例如 宝善桥村文化礼堂 / Name of the hall: ")
    while True:
        code = _ask_for("村的12位统计用区划代码 / The village's 12-digit division code: ")
        if not (faults := _faults(partial(installation.validate_village_code, code))):
            break
        say("\n".join(faults))
    known = Region.objects.filter(code=code).first()
    region_name = known.name if known else _ask_for("村或社区的名称 / Name of the village: ")
    username = _ask_for("管理员用户名 / Administrator's user name: ")
    while True:
        password = getpass("管理员密码（输入时不显示） / Password: ")
        if faults := _faults(partial(installation.validate_first_password, password, username)):
            say("\n".join(faults))
            continue
        if password == getpass("再输一遍 / Once more: "):
            break
        say("两次不一样，请再来一遍。 / They differ; once more.")
    return {
        "username": username,
        "password": password,
        "hall_name": hall_name,
        "region_code": code,
        "region_name": region_name,
    }


def _ask_for(question: str) -> str:
    answer = ""
    while not answer:
        answer = input(question).strip()
    return answer


def _faults(act: Callable[[], object]) -> tuple[str, ...]:
    """Try it; when it can't be, return why in Chinese and in English, having changed nothing."""
    texts = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            try:
                act()
            except ValidationError as error:
                texts.append(" ".join(error.messages))
            else:
                break
    return tuple(texts)
