"""Which gateway a line gets."""

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
