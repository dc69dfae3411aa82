"""The settings of an HTTP line: every mistake gets its own sentence."""

import copy

import pytest
from django.core.exceptions import ValidationError

from auditorium.gateways import http_config

GOOD = {
    "url": "https://sms.example.cn/send",
    "method": "POST",
    "format": "json",
    "headers": {"Authorization": "Bearer secret", "Idempotency-Key": "{key}"},
    "body": {"to": ["{number}"], "content": "{body}", "out_id": "{key}"},
    "success": {"path": "code", "values": [0]},
    "provider_id": "data.id",
    "error_code": "code",
    "permanent_codes": ["bad-number"],
    "timeout": 10,
    "query": {
        "url": "https://sms.example.cn/query",
        "body": {"out_id": "{key}"},
        "found": {"path": "code", "values": ["0"]},
        "missing": {"status": 404},
        "delivered": {"path": "state", "values": ["DELIVRD"]},
    },
    "receipts": {
        "secret": "a-long-secret-nobody-guesses",
        "key": "out_id",
        "state": "success",
        "delivered": [True],
    },
}


def with_change(path, value):
    changed = copy.deepcopy(GOOD)
    *way, last = path.split(".")
    target = changed
    for step in way:
        target = target[step]
    target[last] = value
    return changed


def test_parse_reads_all_of_it():
    config = http_config.parse(with_change("receipts.delivered", ["true"]))
    assert config.send.headers == {"Authorization": "Bearer secret", "Idempotency-Key": "{key}"}
    assert config.success == http_config.Condition(path="code", values=("0",))
    assert config.query.missing == http_config.Condition(status=404)
    assert config.receipts.delivered == ("true",)


def test_parse_needs_only_an_address_a_body_and_what_success_looks_like():
    config = http_config.parse(
        {"url": "https://x.cn/a", "body": {"n": "{number}", "t": "{text}"}, "success": {"status": 200}}
    )
    assert (config.send.method, config.send.format, config.wait, config.query, config.receipts) == (
        "POST",
        "json",
        10,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("url", "sms.example.cn", "发送：url 要写完整的地址，例如 https://sms.example.cn/send。"),
        ("url", "http://sms.example.cn/send", "发送：外网的地址要用 https，短信里有村民的姓名和号码。"),
        ("method", "DELETE", "发送：method 只能是 POST、PUT、GET。"),
        ("method", "GET", "发送：GET 只能配 query，POST、PUT 配 json 或 form。"),
        ("format", "xml", "发送：format 只能是 json、form、query。"),
        ("body", {"to": "{number}"}, "发送：没有写正文 {body} 放在哪里。"),
        ("body", {"text": "{body}"}, "发送：没有写号码 {number} 放在哪里。"),
        (
            "body.content",
            "{name} {body}",
            "发送：不认识 {name}，可以用的有 {number}、{e164}、{body}、{text}、{key}、{signature}。",
        ),
        ("headers", {"A": ["b"]}, "请求头里每一项都要是文字或数字。"),
        ("headers", {"A": "Bearer …"}, "请求头只能用英文字母、数字和符号，A 里有别的。"),
        ("headers", {"A": "b\nC: d"}, "请求头只能用英文字母、数字和符号，A 里有别的。"),
        ("headers", {"名字": "b"}, "请求头只能用英文字母、数字和符号，名字 里有别的。"),
        ("headers", {"A": "{number}"}, "请求头：不认识 {number}，可以用的有 {key}。"),
        ("success", {}, "成功的标志没有写：用 path 和 values，或者 pattern，或者 status。"),
        ("success", {"path": "code"}, "成功的标志：path 和 values 要一起写，或者写 pattern、status。"),
        ("success", {"pattern": "("}, "成功的标志：pattern 不是正确的正则表达式。"),
        ("success", {"path": "code", "values": "0"}, 'values 要写成列表，例如 ["0"]。'),
        ("success", {"status": "200"}, "成功的标志：status 是数字，例如 404。"),
        ("provider_id", 3, "provider_id 要写成文字。"),
        ("timeout", 90, "timeout 是 1 到 30 秒的整数。"),
        ("query.body", {}, "查询：没有写我们的编号 {key} 放在哪里。"),
        ("query.found", {}, "查到的标志没有写：用 path 和 values，或者 pattern，或者 status。"),
        ("receipts.secret", "short", "回执：secret 至少 20 个字母或数字，别人猜不到。"),
        ("receipts.key", "", "回执：key 和 provider_id 至少写一个，不然对不上是哪条短信。"),
        ("receipts.delivered", [], "回执：state 写在哪一项看结果，delivered 写哪些值算送达。"),
        ("receipts", "yes", "回执要写成 {…} 的样子。"),
    ],
)
def test_parse_says_what_is_wrong(path, value, sentence):
    with pytest.raises(ValidationError) as refusal:
        http_config.parse(with_change(path, value))
    assert sentence in refusal.value.messages


@pytest.mark.parametrize("raw", [None, [], "url", {}])
def test_parse_refuses_what_are_no_settings(raw):
    with pytest.raises(ValidationError):
        http_config.parse(raw)


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "10.1.2.3", "192.168.0.9", "[::1]:80", "smsgate"])
def test_parse_lets_the_offices_own_network_do_without_tls(host):
    assert http_config.parse(with_change("url", f"http://{host}/send")).send.url == f"http://{host}/send"
