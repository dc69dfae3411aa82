"""A folder as a broker: whoever reads it meets whole messages only."""

import json
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

from config import broker


@pytest.fixture
def channel(tmp_path):
    broker.use()
    folders = {name: str(tmp_path) for name in ("data_folder_in", "data_folder_out", "control_folder")}
    with Connection("filesystem://", transport_options={**folders, "store_processed": False}) as connection:
        yield connection.default_channel


def test_message_half_written_is_not_there_yet(channel, monkeypatch):
    """A worker that read it would end for good."""
    whole, met = Path.write_text, []

    def slowly(path, words, **kwargs):
        whole(path, words[:3], **kwargs)
        with pytest.raises(Empty):
            met.append(channel._get("celery"))
        whole(path, words, **kwargs)
        met.append("nothing")

    monkeypatch.setattr(Path, "write_text", slowly)
    channel._put("celery", {"task": "看书"})
    assert [*met, channel._get("celery")] == ["nothing", {"task": "看书"}]


def test_messages_are_read_in_their_order_and_leave_nothing(channel, tmp_path):
    for number in range(3):
        channel._put("celery", {"number": number})
        channel._put("other", {})
    assert channel._size("celery") == 3
    assert [channel._get("celery")["number"] for _each in range(3)] == [0, 1, 2]
    assert [path.name.split(".", 1)[1] for path in tmp_path.iterdir()] == ["other.msg"] * 3
    assert json.loads(next(tmp_path.iterdir()).read_text()) == {}
