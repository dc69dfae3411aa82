#!/usr/bin/env python
"""Django's command line; with no DJANGO_SETTINGS_MODULE it runs the one-PC settings."""

import os
import sys


def main() -> None:
    """Check what can be checked without Django, then hand over to it."""
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python gets a sentence, not a traceback
        sys.exit(
            "需要 Python 3.11 或更新的版本，现在是 {0}。\nPython 3.11 or newer is needed; this is {0}.".format(
                sys.version.split()[0]
            )
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    try:
        from config.preflight import Refused, prepare_environment
    except ModuleNotFoundError as error:
        sys.exit(
            f"还没有安装依赖（缺少 {error.name}）。请先运行：python -m pip install -r requirements.txt\n"
            f"The requirements are not installed ({error.name} is missing). "
            "First run: python -m pip install -r requirements.txt"
        )
    try:
        prepare_environment(sys.argv)
    except Refused as refusal:
        sys.exit(str(refusal))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
