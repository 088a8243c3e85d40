"""Starts the stream's process: uvicorn, whose `send` waits while a client does not read (granian's does not)."""

from __future__ import annotations

import asyncio
import logging
from argparse import ArgumentParser
from collections.abc import Sequence

import uvicorn

from kernel.structs import resolve_structs
from runtime.home import Home
from runtime.sockets import bound_socket
from stream.process.app import Application, Settings
from stream.process.connections import PER_PERSON, PER_TENANT, Bounds

SEND_TIMEOUT_S = 30.0
STOP_S = 5


class Server(uvicorn.Server):
    """Ends the streams once it is to stop: uvicorn waits for them."""

    def __init__(self, config: uvicorn.Config, application: Application) -> None:
        super().__init__(config)
        self._application = application

    async def shutdown(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        self._application.end_streams()
        await super().shutdown(sockets)  # type: ignore[arg-type]


def main(arguments: Sequence[str] | None = None) -> None:
    resolve_structs()
    options = _parser().parse_args(arguments)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.INFO)
    bounds = Bounds(tenant=options.per_tenant, person=options.per_person)
    redis_url = Home.from_environment().given_redis_url()
    application = Application(Settings(redis_url, options.web_url, options.page_port, bounds))
    config = uvicorn.Config(
        application,
        http="h11",
        ws="none",
        loop="asyncio",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=64 * 1024,  # the address of a thousand sensors
        timeout_graceful_shutdown=STOP_S,
    )
    bound = bound_socket(options.host, options.port, SEND_TIMEOUT_S)
    asyncio.run(Server(config, application).serve(sockets=[bound]))


def _parser() -> ArgumentParser:
    parser = ArgumentParser("stream", description="Serve the live stream.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--web-url", required=True, help="where the web process answers")
    parser.add_argument("--page-port", type=int, default=0, help="of the web process, if pages ask from another port")
    parser.add_argument("--per-tenant", type=int, default=PER_TENANT, help="streams of one tenant at once")
    parser.add_argument("--per-person", type=int, default=PER_PERSON, help="streams of one person in a tenant")
    return parser


if __name__ == "__main__":
    main()
