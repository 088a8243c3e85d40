"""A real git server: git's own CGI program behind Python's HTTP server. Anybody may read and push."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BRANCH = "main"


@contextmanager
def git_server(folder: Path, address: str) -> Iterator[str]:
    """Serves the bare repositories in the folder; gives the address before their names."""
    handler = type("Handler", (_Handler,), {"folder": folder})
    server = ThreadingHTTPServer((address, 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://{address}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def make_repository(folder: Path, name: str) -> None:
    bare = folder / name
    subprocess.run(["git", "init", "--quiet", "--bare", f"--initial-branch={BRANCH}", str(bare)], check=True)
    subprocess.run(["git", "-C", str(bare), "config", "http.receivepack", "true"], check=True)


def push(checkout: Path, address: str, files: dict[str, str], message: str) -> None:
    """One commit, which changes those files; the checkout is made where it is not there."""

    def git(*words: str) -> None:
        who = ["-c", "user.name=Test", "-c", "user.email=test@plants.example"]
        subprocess.run(["git", "-C", str(checkout), *who, *words], check=True, capture_output=True)

    if not checkout.exists():
        checkout.mkdir(parents=True)
        git("init", f"--initial-branch={BRANCH}")
    for name, content in files.items():
        path = checkout / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    git("add", ".")
    git("commit", "--message", message)
    git("push", address, BRANCH)


class _Handler(BaseHTTPRequestHandler):
    folder: Path

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        length = int(self.headers.get("Content-Length") or 0)
        request = {
            "GIT_PROJECT_ROOT": str(self.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type") or "",
            "CONTENT_LENGTH": str(length),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding") or "",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol") or "",
            "REMOTE_USER": "anybody",  # without one, nothing may be pushed
            "PATH": os.environ["PATH"],
        }
        body = self.rfile.read(length)
        answer = subprocess.run(
            ["git", "http-backend"], input=body, env=request, capture_output=True, check=True
        ).stdout
        head, _, content = answer.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """What is asked is no test's output."""
