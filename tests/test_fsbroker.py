"""The embedded broker loses, doubles and cuts no message, whoever writes and reads at the same time."""

import multiprocessing
import time
from collections import Counter
from pathlib import Path

import pytest
from kombu import Connection, Exchange, Queue

from kekava_portal import celery_app, fsbroker

assert celery_app  # importing it gives the transport its name


@pytest.fixture(autouse=True)
def _fresh_broker_state():
    """kombu remembers per process which queues it has bound; each test here has a folder of its own."""
    fsbroker.Transport.global_state.clear()


def _connection(folder: Path) -> Connection:
    queue = str(folder / "queue")
    return Connection(
        "embedded://",
        transport_options={
            "data_folder_in": queue,
            "data_folder_out": queue,
            "control_folder": str(folder / "control"),
            "polling_interval": 0.01,
        },
    )


def _drain(queue) -> list:
    found = []
    while (message := queue.get()) is not None:
        message.ack()
        found.append(message.payload)
    return found


def _simple(connection: Connection, name: str):
    queue = Queue(name, Exchange(name, type="direct"), routing_key=name)(connection.default_channel)
    queue.declare()
    return queue


def _publish(connection: Connection, name: str, body: object) -> None:
    connection.Producer().publish(body, exchange=name, routing_key=name, serializer="json")


def test_messages_arrive_in_the_order_of_publishing(tmp_path):
    with _connection(tmp_path) as connection:
        queue = _simple(connection, "work")
        for number in range(5):
            _publish(connection, "work", {"number": number, "text": "Ķekavas apkaime"})
        assert _drain(queue) == [{"number": number, "text": "Ķekavas apkaime"} for number in range(5)]
        assert list((tmp_path / "queue").iterdir()) == []


def test_queues_do_not_see_each_others_messages(tmp_path):
    with _connection(tmp_path) as connection:
        one, other = _simple(connection, "one"), _simple(connection, "one.more")
        _publish(connection, "one.more", "for the other")
        assert _drain(one) == []
        assert _drain(other) == ["for the other"]


def test_a_half_written_message_is_invisible_and_a_broken_one_is_dropped(tmp_path, caplog):
    with _connection(tmp_path) as connection:
        queue = _simple(connection, "work")
        folder = tmp_path / "queue"
        folder.mkdir(exist_ok=True)
        (folder / "00000000000000000001_a.work.msg.b.tmp").write_text('{"body": ')
        (folder / "00000000000000000002_c.work.msg").write_text("")
        _publish(connection, "work", "whole")
        assert _drain(queue) == ["whole"]
        assert [path.name for path in folder.iterdir()] == ["00000000000000000001_a.work.msg.b.tmp"]
    assert "Dropped an unreadable message of queue work." in caplog.text


def test_a_deleted_queue_leaves_the_exchange_table(tmp_path):
    with _connection(tmp_path) as connection:
        kept, gone = _simple(connection, "kept"), _simple(connection, "gone")
        gone.delete()
        assert [entry.queue for entry in connection.default_channel.get_table("kept")] == ["kept"]
        assert connection.default_channel.get_table("gone") == []
        kept.delete()


def _produce(folder: Path, producer: int, count: int) -> None:
    with _connection(folder) as connection:
        _simple(connection, "work")
        for number in range(count):
            _publish(connection, "work", {"id": [producer, number], "filler": "ā" * 10_000})


def _consume(folder: Path, results, expected: int, done) -> None:
    with _connection(folder) as connection:
        queue = _simple(connection, "work")
        quiet_since = time.monotonic()
        while not (done.is_set() and time.monotonic() - quiet_since > 1):
            for payload in _drain(queue):
                assert len(payload["filler"]) == 10_000
                results.put(tuple(payload["id"]))
                quiet_since = time.monotonic()
            time.sleep(0.005)


def _bind(folder: Path, number: int) -> None:
    with _connection(folder) as connection:
        channel = connection.default_channel
        for turn in range(40):
            channel._queue_bind("shared", "", "", f"queue-{number}-{turn}")


@pytest.mark.prove
def test_four_producers_and_three_consumers_lose_and_double_nothing(tmp_path):
    """6,000 messages of 20 kB; kombu's own transport lost two to three of as many."""
    spawn = multiprocessing.get_context("spawn")
    results, done = spawn.Queue(), spawn.Event()
    consumers = [spawn.Process(target=_consume, args=(tmp_path, results, 6000, done)) for _ in range(3)]
    producers = [spawn.Process(target=_produce, args=(tmp_path, producer, 1500)) for producer in range(4)]
    for process in [*consumers, *producers]:
        process.start()
    got: Counter = Counter()
    deadline = time.monotonic() + 240
    while sum(got.values()) < 6000 and time.monotonic() < deadline and all(c.exitcode is None for c in consumers):
        while not results.empty():
            got[results.get()] += 1
        time.sleep(0.05)
    done.set()
    for process in [*producers, *consumers]:
        process.join(30)
    while not results.empty():
        got[results.get()] += 1
    assert [process.exitcode for process in [*producers, *consumers]] == [0] * 7
    assert len(got) == 6000
    assert set(got.values()) == {1}


@pytest.mark.prove
def test_bindings_made_at_the_same_time_are_all_kept(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_bind, args=(tmp_path, number)) for number in range(8)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    with _connection(tmp_path) as connection:
        assert len(connection.default_channel.get_table("shared")) == 8 * 40
