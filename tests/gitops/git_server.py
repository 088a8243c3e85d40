"""git's own server over http (`git http-backend`), with a password, for bare repositories in a folder."""

from __future__ import annotations

import base64
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

USER, PASSWORD = "writer", "correct horse"


class GitServer:
    def __init__(self, root: Path, address: str = "127.0.0.1") -> None:
        self.root, self._address = root, address
        root.mkdir(parents=True, exist_ok=True)
        self._server = ThreadingHTTPServer((address, 0), _handler(root))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def url(self, name: str) -> str:
        return f"http://{self._address}:{self._server.server_port}/{name}"

    def make(self, name: str, branch: str = "main") -> Path:
        """A bare repository that takes pushes; empty."""
        path = self.root / name
        git("init", "-q", "--bare", f"--initial-branch={branch}", str(path))
        git("-C", str(path), "config", "http.receivepack", "true")
        return path

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def git(*arguments: str, input: str | None = None) -> str:
    """The real git, with nobody's configuration."""
    identity = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in
                (("NAME", "Somebody"), ("EMAIL", "somebody@example.org"))}  # fmt: skip
    environment = {**os.environ, **identity, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    result = subprocess.run(["git", *arguments], env=environment, capture_output=True, text=True, input=input)
    assert result.returncode == 0, result.stderr
    return result.stdout


def push_as_somebody(bare: Path, work: Path, path: str, text: str | None, branch: str = "main") -> None:
    """Another person's commit, by a checkout of their own."""
    if not work.exists():
        git("clone", "-q", str(bare), str(work))
        git("-C", str(work), "checkout", "-q", "-B", branch)
    if git("-C", str(work), "ls-remote", "origin", branch):
        git("-C", str(work), "fetch", "-q", "origin", branch)
        git("-C", str(work), "reset", "-q", "--hard", f"origin/{branch}")
    if text is None:
        git("-C", str(work), "rm", "-q", path)
    else:
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_text(text)
        git("-C", str(work), "add", path)
    git("-C", str(work), "commit", "-q", "-m", f"Somebody's {path}")
    git("-C", str(work), "push", "-q", "origin", f"HEAD:{branch}")


def _handler(root: Path) -> type[BaseHTTPRequestHandler]:
    wanted = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:
            if self.headers.get("Authorization") != wanted:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="git"')
                self.end_headers()
                return
            url = urlsplit(self.path)
            if self.headers.get("Transfer-Encoding") == "chunked":
                body = b"".join(iter(self._chunk, b""))
            else:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            result = subprocess.run(["git", "http-backend"], input=body, capture_output=True, env={
                "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(root), "GIT_HTTP_EXPORT_ALL": "1",
                "PATH_INFO": url.path, "QUERY_STRING": url.query, "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""), "REMOTE_USER": USER,
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""), "GIT_CONFIG_GLOBAL": "/dev/null",
            })  # fmt: skip
            head, _, content = result.stdout.partition(b"\r\n\r\n")
            headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
            self.send_response(int(headers.pop("Status", "200 OK").split()[0]))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET

        def _chunk(self) -> bytes:
            size = int(self.rfile.readline().split(b";")[0], 16)
            content = self.rfile.read(size)
            self.rfile.readline()
            return content

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
