"""Which gateway a line gets."""

import os
import subprocess
import sys

from auditorium.enums import GatewayKind
from auditorium.gateways import gateway_for
from auditorium.gateways.console import ConsoleGateway
from auditorium.gateways.http import HttpGateway

SETTINGS = {
    "url": "https://sms.example.cn/send",
    "body": {"to": "{number}", "text": "{body}"},
    "success": {"status": 200},
}


def test_line_gets_the_gateway_it_names():
    assert isinstance(gateway_for(GatewayKind.HTTP, SETTINGS), HttpGateway)
    assert isinstance(gateway_for(GatewayKind.CONSOLE, {}), ConsoleGateway)


def test_line_of_a_demo_sends_nothing_whatever_it_names(settings):
    settings.DEMO = True
    assert isinstance(gateway_for(GatewayKind.HTTP, SETTINGS), ConsoleGateway)


LOADED = """
import sys
import django
django.setup()
import config.celery, config.urls, config.wsgi
from auditorium.gateways import gateway_for
for kind, settings in {chosen!r}.items():
    gateway_for(kind, settings)
clients = {{"alibabacloud_dysmsapi20170525", "darabonba", "smpplib", "tencentcloud"}}
print(sorted(clients & {{name.partition(".")[0] for name in sys.modules}}))
"""


def test_no_client_is_imported_before_something_is_sent_through_it():
    """Whoever takes a receipt needs none, nor does a line of another kind."""
    chosen = {
        "console": {},
        "http": SETTINGS,
        "aliyun": {"access_key_id": "a", "access_key_secret": "b"},
        "tencent": {"secret_id": "a", "secret_key": "b", "sdk_app_id": "c"},
        "smpp": {"host": "127.0.0.1", "system_id": "a", "password": "b", "source": "1069"},
    }
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(chosen=chosen)],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
