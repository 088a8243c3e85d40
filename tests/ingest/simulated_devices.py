"""Devices that Telegraf reads: a Modbus controller, an OPC UA server, and an MQTT broker, each on a free port."""

from __future__ import annotations

import asyncio
import socket
import struct
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

from asyncua.server.server import Server
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from tests.waiting import WAIT_S, wait_until


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def float32(value: float) -> list[int]:
    """Two registers, the higher one first."""
    return list(struct.unpack(">HH", struct.pack(">f", value)))


def uint32(value: int) -> list[int]:
    return [value >> 16, value & 0xFFFF]


def running_modbus(holding: list[int], inputs: list[int], coils: list[bool]) -> AbstractAsyncContextManager[int]:
    """A controller with these registers from address 0; its port."""

    @asynccontextmanager
    async def running() -> AsyncIterator[int]:
        bits = [SimData(0, values=coils, datatype=DataType.BITS)]
        outputs, read_only = ([SimData(0, values=all, datatype=DataType.REGISTERS)] for all in (holding, inputs))
        port = free_port()
        server = ModbusTcpServer(SimDevice(1, simdata=(bits, bits, outputs, read_only)), address=("127.0.0.1", port))
        await server.serve_forever(background=True)
        yield port
        await server.shutdown()  # type: ignore[no-untyped-call]

    return running()


def running_opcua(values: dict[str, float | bool | str]) -> AbstractAsyncContextManager[int]:
    """A server with these variables in namespace 2; its port."""

    @asynccontextmanager
    async def running() -> AsyncIterator[int]:
        port, server = free_port(), Server()
        await server.init()
        server.set_endpoint(f"opc.tcp://127.0.0.1:{port}")
        namespace = await server.register_namespace("urn:plant")
        for name, value in values.items():
            await server.nodes.objects.add_variable(f"ns={namespace};s={name}", name, value)
        async with server:
            yield port

    return running()


@contextmanager
def in_background(*devices: AbstractAsyncContextManager[int]) -> Iterator[list[int]]:
    """Runs them in a thread with an event loop of its own; their ports."""
    ports: list[int] = []
    loop, started, ended = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def run() -> None:
        async with AsyncExitStack() as stack:
            try:
                ports.extend([await stack.enter_async_context(device) for device in devices])
            finally:
                started.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    started.wait()
    try:
        assert len(ports) == len(devices)
        yield ports
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()


@contextmanager
def running_mosquitto(folder: Path) -> Iterator[int]:
    """A broker for anybody; its port."""
    port = free_port()
    (folder / "mosquitto.conf").write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
    process = subprocess.Popen(
        ["/usr/sbin/mosquitto", "-c", str(folder / "mosquitto.conf")],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for_port(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def publish(port: int, topic: str, message: str) -> None:
    """With quality of service 1: returns when the broker has it."""
    name, payload = topic.encode(), message.encode()
    body = struct.pack(">H", len(name)) + name + struct.pack(">H", 1) + payload
    with socket.create_connection(("127.0.0.1", port), timeout=5) as broker:
        broker.sendall(b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01p")  # CONNECT, a clean session
        assert broker.recv(4)[:2] == b"\x20\x02"
        broker.sendall(bytes([0x32, len(body)]) + body)
        assert broker.recv(4)[:2] == b"\x40\x02"


def wait_for_port(port: int, seconds: float = WAIT_S) -> None:
    def connected() -> bool:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True

    wait_until(connected, seconds, meanwhile=OSError)
