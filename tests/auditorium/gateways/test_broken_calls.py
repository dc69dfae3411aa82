"""What a vendor's client that could not finish a call says about the text."""

import pytest

from auditorium.gateways import gateway_for
from auditorium.gateways.base import GatewayError, GatewayTimeout, OutgoingText
from auditorium.gateways.broken_calls import verdict
from auditorium.gateways.treatments import Treatment
from tests.peers import aliyun_peer, tencent_peer, vendor_peer
from tests.peers.certificates import self_signed

KEYS = {
    "aliyun": {"access_key_id": aliyun_peer.ID, "access_key_secret": aliyun_peer.SECRET},
    "tencent": {"secret_id": tencent_peer.ID, "secret_key": tencent_peer.KEY, "sdk_app_id": tencent_peer.APP},
}


def refusal(kind, endpoint, text):
    with pytest.raises(GatewayError) as error:
        gateway_for(kind, KEYS[kind] | {"endpoint": endpoint}).send(text)
    return error.value.code, error.value.treatment


@pytest.fixture
def text():
    return OutgoingText(
        key="7f0e2c1e-0000-4000-8000-000000000000",
        number="+8613800000021",
        body="…",
        signature="柯桥文化礼堂",
        template_code="1",
    )


@pytest.mark.parametrize("kind", KEYS)
def test_certificate_nobody_vouches_for_is_refused_before_anything_is_sent(kind, text, tmp_path):
    files = [str(file) for file in self_signed(tmp_path)]
    with vendor_peer.running(f"tests.peers.{kind}_peer", *files) as peer:
        assert refusal(kind, peer.url, text) == ("bad-certificate", Treatment.BACK_OFF)


@pytest.mark.parametrize("kind", KEYS)
def test_name_that_leads_nowhere_means_no_connection(kind, text):
    assert refusal(kind, "sms.invalid", text) == ("no-connection", Treatment.BACK_OFF)


def test_network_that_failed_somewhere_inside_means_nobody_knows():
    outer = RuntimeError("the client's own words")
    outer.inner_exception = ConnectionResetError()
    assert isinstance(verdict(outer), GatewayTimeout)


def test_what_is_no_failure_of_the_network_is_not_judged():
    assert verdict(ValueError("no JSON")) is None
