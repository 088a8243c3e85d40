"""The device against a real socket: what the platform does not accept is sent later, in order, and only once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from demo.device import BATCH, BUFFER_MS, STEP, Device, HttpSender, Outcome, lines
from demo.plant import Plant
from demo.plant.clock import HOUR, MINUTE

NOW = 1_795_000_020_000 // MINUTE * MINUTE


@dataclass
class FakePlatform:
    """A platform that returns the given status codes in turn (then 204), and records what it received."""

    url: str
    answers: list[int]
    problem: bytes = b""  # the body of a refusal
    bodies: list[bytes] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)


@pytest.fixture
def platform() -> Iterator[FakePlatform]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.tokens.append(self.headers["Authorization"])
            status = state.answers.pop(0) if state.answers else 204
            if status == 204:
                state.bodies.append(body)
            self.send_response(status)
            problem = state.problem if status == 400 else b""
            self.send_header("Content-Length", str(len(problem)))
            self.end_headers()
            self.wfile.write(problem)

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    state = FakePlatform(f"http://127.0.0.1:{server.server_port}", [])
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


def device(platform: FakePlatform, sent: int, accepted: list[tuple[int, int]]) -> Device:
    return Device(Plant(1), "harbour", HttpSender(platform.url, "pt_x"), sent, lambda a, b: accepted.append((a, b)))


def times(body: bytes) -> set[int]:
    return {int(line.rsplit(b" ", 1)[1]) for line in body.splitlines()}


def test_a_step_sends_each_sensor_once_in_line_protocol(platform: FakePlatform) -> None:
    accepted: list[tuple[int, int]] = []
    assert device(platform, NOW - STEP, accepted).step(NOW)
    rows = platform.bodies[0].decode().splitlines()
    assert all(row.startswith("harbour,sensor=") and row.endswith(f" {NOW}") for row in rows)
    assert 55 <= len(rows) == len({row.split(" ")[0] for row in rows})
    assert platform.tokens == ["Bearer pt_x"]
    assert accepted == [(NOW - STEP, NOW)]


def test_unsent_samples_are_sent_again_without_loss(platform: FakePlatform) -> None:
    accepted: list[tuple[int, int]] = []
    plant_device = device(platform, NOW - 12 * MINUTE, accepted)
    platform.answers += [503, 429, 401]
    for _ in range(3):
        assert not plant_device.step(NOW)
    assert accepted == [] and platform.bodies == []
    while plant_device.sent < NOW:
        assert plant_device.step(NOW)
    sent = [t for body in platform.bodies for t in sorted(times(body))]
    assert sent == list(range(NOW - 12 * MINUTE + STEP, NOW + 1, STEP))
    assert accepted[0][0] == NOW - 12 * MINUTE and accepted[-1][1] == NOW
    assert all(end - start <= BATCH for start, end in accepted)


def test_the_device_waits_for_a_platform_that_is_down() -> None:
    accepted: list[tuple[int, int]] = []
    unreachable = Device(Plant(1), "harbour", HttpSender("http://127.0.0.1:9", "pt_x"), NOW - STEP, accepted.append)  # type: ignore[arg-type]
    assert not unreachable.step(NOW)
    assert unreachable.sent == NOW - STEP and accepted == []


def test_a_permanently_rejected_batch_does_not_block_the_others(platform: FakePlatform) -> None:
    accepted: list[tuple[int, int]] = []
    plant_device = device(platform, NOW - 2 * STEP, accepted)
    platform.answers.append(400)
    assert plant_device.step(NOW - STEP) and plant_device.step(NOW)
    assert accepted == [(NOW - STEP, NOW)]


def test_a_partial_write_is_not_sent_again(platform: FakePlatform) -> None:
    accepted: list[tuple[int, int]] = []
    plant_device = device(platform, NOW - 2 * STEP, accepted)
    platform.answers.append(400)
    platform.problem = b'{"error": "partial write: the site has no sensor OA-RH (line 2) dropped=1"}'
    assert plant_device.step(NOW - STEP) and plant_device.step(NOW)
    assert accepted == [(NOW - 2 * STEP, NOW - STEP), (NOW - STEP, NOW)]
    assert len(platform.tokens) == 2


def test_after_a_long_silence_only_the_last_hours_are_sent_live(platform: FakePlatform) -> None:
    accepted: list[tuple[int, int]] = []
    plant_device = device(platform, NOW - 30 * HOUR, accepted)
    plant_device.step(NOW)
    assert accepted[0][0] == NOW - BUFFER_MS


def test_it_runs_until_it_is_stopped(platform: FakePlatform) -> None:
    stop, seen = threading.Event(), []

    def send(body: bytes) -> Outcome:
        seen.append(body)
        if len(seen) == 3:
            stop.set()
        return Outcome.accepted

    Device(Plant(1), "harbour", send, NOW - 3 * BATCH).run(stop, clock=lambda: NOW / 1000)
    assert len(seen) == 3


def test_live_values_are_those_that_history_writes() -> None:
    plant = Plant(1)
    history = plant.samples(NOW, NOW + MINUTE, MINUTE)
    live = lines(plant, "harbour", NOW, NOW + 1).decode().splitlines()
    value = {row.split("=")[1].split(" ")[0]: float(row.split("=")[2].split(" ")[0]) for row in live}
    assert all(history.values[tag][0] == pytest.approx(v, abs=1e-9) for tag, v in value.items())
