"""What is left of a deleted tenant, anywhere."""

from __future__ import annotations

from typing import Any

import pymongo
import redis

from runtime.home import Home
from runtime.supervisor import Supervisor


def residue(home: Home, name: str) -> list[str]:
    """All that is named by `name` (the id of a tenant or of a disk): programs, ports, files, Redis keys, databases."""
    programs = [f"program {each.name}" for each in Supervisor(home).statuses() if name in each.name]
    files = [f"file {path}" for path in home.path.rglob("*") if name in path.name]
    ports = ["a port"] if name in (home.path / "ports.json").read_text() else []
    with redis.Redis.from_url(home.redis_url) as client:
        found = [key.decode() for key in client.scan_iter(f"*{name}*")]
    keys = [f"key {key}" for key in found if not key.endswith(":dropped")]  # a mark against late writers, for a while
    with pymongo.MongoClient[Any](home.documents_uri) as mongo:
        databases = [f"documents {each}" for each in mongo.list_database_names() if name in each]
    return programs + ports + files + keys + databases
