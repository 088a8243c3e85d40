"""The document store against the real server: what every part may rely on."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kernel.errors import Conflict, NotFound, Unavailable
from kernel.ids import new_id
from runtime.supervisor import Supervisor
from stores.documents import Database
from stores.redis.locks import HOLD_S, ReentrantLock


@pytest.fixture
def database(servers: object) -> Iterator[Database]:
    database = fresh_database()
    yield database
    database.drop()


def fresh_database() -> Database:
    from django.conf import settings

    return Database(settings.MONGODB_URI, f"plantrace_{new_id('t')}", settings.REDIS_URL)


def race(count: int, work: Callable[[int], Any]) -> list[Any]:
    """What `count` threads that start together got: values, or the errors they met."""
    start, results = threading.Barrier(count), [None] * count

    def run(index: int) -> None:
        start.wait()
        try:
            results[index] = work(index)
        except Exception as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def named(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda document: {**document, "name": name}


def test_a_new_document_has_revision_one_and_is_found_by_id(database: Database) -> None:
    database.insert("pumps", {"_id": "p1", "name": "CHP-1"})
    assert database.get("pumps", "p1") == {"_id": "p1", "name": "CHP-1", "revision": 1, "schema": 1}
    assert database.get("pumps", "p2") is None


def test_a_change_increments_the_revision_and_one_that_changes_nothing_does_not(database: Database) -> None:
    database.insert("pumps", {"_id": "p1", "name": "CHP-1"})
    assert database.change("pumps", "p1", named("CHP-2"))["revision"] == 2
    assert database.change("pumps", "p1", named("CHP-2"))["revision"] == 2
    assert database.get("pumps", "p1")["name"] == "CHP-2"  # type: ignore[index]


def test_a_stale_change_is_refused_with_the_current_document(database: Database) -> None:
    database.insert("pumps", {"_id": "p1", "name": "CHP-1"})
    database.change("pumps", "p1", named("CHP-2"), revision=1)
    with pytest.raises(Conflict) as conflict:
        database.change("pumps", "p1", named("CHP-3"), revision=1)
    assert conflict.value.extra["current"]["name"] == "CHP-2"
    with pytest.raises(NotFound):
        database.change("pumps", "p9", named("x"))


def test_of_four_racing_writers_exactly_one_wins_in_each_of_a_hundred_rounds(database: Database) -> None:
    database.insert("pumps", {"_id": "p1", "name": ""})
    for round_ in range(1, 101):
        results = race(4, lambda i, r=round_: database.change("pumps", "p1", named(f"{r}/{i}"), revision=r))
        winners = [result for result in results if isinstance(result, dict)]
        losers = [result for result in results if isinstance(result, Conflict)]
        assert (len(winners), len(losers)) == (1, 3), results
        assert database.get("pumps", "p1") == winners[0]
        assert all(loser.extra["current"] == winners[0] for loser in losers)


def test_two_hundred_increments_of_four_writers_are_all_counted(database: Database) -> None:
    database.insert("counters", {"_id": "c1", "n": 0})

    def count(_: int) -> None:
        for _ in range(50):
            database.change("counters", "c1", lambda document: {**document, "n": document["n"] + 1})

    assert race(4, count) == [None] * 4
    assert database.get("counters", "c1")["n"] == 200  # type: ignore[index]


def _add(name: str, times: int) -> None:
    from django.conf import settings

    database = Database(settings.MONGODB_URI, name, settings.REDIS_URL)
    for _ in range(times):
        database.change("counters", "c1", lambda document: {**document, "n": document["n"] + 1})


def test_writers_in_other_processes_exclude_each_other_too(database: Database) -> None:
    database.insert("counters", {"_id": "c1", "n": 0})
    fork = multiprocessing.get_context("fork")
    writers = [fork.Process(target=_add, args=(database.name, 25)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert database.get("counters", "c1")["n"] == 100  # type: ignore[index]


def test_of_racing_inserts_with_one_id_exactly_one_wins(database: Database) -> None:
    for round_ in range(25):
        results = race(4, lambda i, r=round_: database.insert("claims", {"_id": f"tag:{r}", "by": i}))
        assert sum(isinstance(result, dict) for result in results) == 1
        assert sum(isinstance(result, Conflict) for result in results) == 3


def test_a_unique_index_refuses_a_second_document_on_insert_and_on_change(database: Database) -> None:
    database.ensure_index("sensors", "site", "tag", unique=True)
    database.ensure_index("sensors", "site", "tag", unique=True)
    database.insert("sensors", {"_id": "s1", "site": "p1", "tag": "TT-1"})
    database.insert("sensors", {"_id": "s2", "site": "p2", "tag": "TT-1"})
    database.insert("sensors", {"_id": "s3", "site": "p1", "tag": "TT-2"})
    with pytest.raises(Conflict):
        database.insert("sensors", {"_id": "s4", "site": "p1", "tag": "TT-1"})
    with pytest.raises(Conflict):
        database.change("sensors", "s3", lambda document: {**document, "tag": "TT-1"})
    with pytest.raises(Conflict):
        database.insert_many("sensors", [{"_id": "s5", "site": "p1", "tag": "TT-2"}])
    assert len(database.find("sensors")) == 3


def test_of_racing_inserts_with_one_tag_exactly_one_wins(database: Database) -> None:
    database.ensure_index("sensors", "site", "tag", unique=True)
    for round_ in range(25):
        document = {"site": "p1", "tag": f"TT-{round_}"}
        results = race(4, lambda i, d=document, r=round_: database.insert("sensors", {"_id": f"s{r}-{i}", **d}))
        assert sum(isinstance(result, dict) for result in results) == 1


def test_thousands_of_documents_change_without_a_hanging_command(database: Database) -> None:
    database.insert_many("sensors", [{"_id": f"s{n}", "n": n} for n in range(300)])
    changed = database.bulk_change("sensors", [f"s{n}" for n in range(300)], lambda d: {**d, "n": d["n"] // 2 * 2})
    assert changed == 150
    assert {document["n"] % 2 for document in database.find("sensors")} == {0}


def test_find_sorts_skips_and_limits(database: Database) -> None:
    database.insert_many("sensors", [{"_id": f"s{n}", "n": n, "even": n % 2 == 0} for n in range(10)])
    found = database.find("sensors", {"even": True}, sort=[("n", -1)], skip=1, limit=2)
    assert [document["n"] for document in found] == [6, 4]
    assert {document["_id"] for document in database.get_many("sensors", ["s1", "s3", "nosuch"])} == {"s1", "s3"}
    assert len(database.get_many("sensors", [f"s{n}" for n in range(50)])) == 10


def test_a_deleted_document_is_gone_and_a_stale_delete_is_rejected(database: Database) -> None:
    database.insert("pumps", {"_id": "p1"})
    database.change("pumps", "p1", named("x"))
    with pytest.raises(Conflict):
        database.delete("pumps", "p1", revision=1)
    assert database.delete("pumps", "p1", revision=2)["name"] == "x"
    with pytest.raises(NotFound):
        database.delete("pumps", "p1")


def test_a_dropped_database_is_empty_and_can_be_dropped_again(database: Database) -> None:
    database.insert("pumps", {"_id": "p1"})
    database.drop()
    database.drop()
    assert database.get("pumps", "p1") is None
    assert database.collections() == []


def test_an_error_inside_a_change_leaves_the_document_and_releases_the_lock(database: Database) -> None:
    database.insert("pumps", {"_id": "p1", "name": "a"})

    def fail(document: dict[str, Any]) -> dict[str, Any]:
        document["name"] = "half done"
        raise ValueError

    with pytest.raises(ValueError):
        database.change("pumps", "p1", fail)
    assert database.change("pumps", "p1", lambda document: document)["name"] == "a"


def test_a_writer_that_lost_its_lock_writes_nothing(database: Database) -> None:
    from django.conf import settings

    from stores.redis.client import redis_client

    database.insert("pumps", {"_id": "p1", "name": "a"})

    def dawdle(document: dict[str, Any]) -> dict[str, Any]:
        redis_client(settings.REDIS_URL).delete(f"{database._prefix}lock:pumps")  # as if it had expired
        return {**document, "name": "b"}

    with pytest.raises(Unavailable):
        database.change("pumps", "p1", dawdle)
    assert database.get("pumps", "p1")["name"] == "a"  # type: ignore[index]


def test_the_lock_of_a_killed_holder_expires(servers: object) -> None:
    from django.conf import settings

    killed = ReentrantLock(settings.REDIS_URL, f"pt:lock:{new_id('t')}", hold_s=0.2)
    began = time.monotonic()
    killed.acquire()
    with ReentrantLock(settings.REDIS_URL, killed.key).held():
        assert 0.19 < time.monotonic() - began < HOLD_S / 2


def test_a_lock_is_reentrant_in_its_thread_and_refused_to_others(servers: object) -> None:
    from django.conf import settings

    lock = ReentrantLock(settings.REDIS_URL, f"pt:lock:{new_id('t')}", wait_s=0.05)
    with lock.held(), lock.held():
        [refused] = race(1, lambda _: lock.held().__enter__())
        assert isinstance(refused, Unavailable)
    with lock.held():
        pass


def test_a_missing_server_is_unavailable_within_its_timeout(tmp_path: Any, servers: object) -> None:
    from urllib.parse import quote

    from django.conf import settings

    unreachable = Database(f"mongodb://{quote(str(tmp_path / 'no.sock'), safe='')}", "plantrace_x", settings.REDIS_URL)
    started = time.monotonic()
    with pytest.raises(Unavailable):
        unreachable.get("pumps", "p1")
    assert time.monotonic() - started < 15  # the driver waits 30 s by itself


def test_a_document_that_cannot_be_stored_is_refused_with_a_reason(database: Database) -> None:
    from kernel.errors import BadRequest

    with pytest.raises(BadRequest):
        database.insert("pumps", {"_id": "p1", "n": 2**70})


def test_nested_lists_and_dots_in_names_are_preserved(database: Database) -> None:
    drawing = {"points": [[1, 2.5], [3, [4]]], "by.tag": {"TT.1": "s1", "$x": None}}
    stored = database.insert("drawings", {"_id": "d1", "drawing": drawing, "note": "plain"})
    database.insert_many("drawings", [{"_id": "d2", "drawing": drawing}])
    assert database.get("drawings", "d1") == stored == {**stored, "drawing": drawing}
    changed = database.change("drawings", "d1", lambda document: {**document, "drawing": {"points": [[9]]}})
    assert database.find("drawings", {"_id": "d1"}) == [changed]
    assert database.change("drawings", "d1", lambda document: {**document, "drawing": {}})["drawing"] == {}
    assert database.get("drawings", "d1") == {"_id": "d1", "drawing": {}, "note": "plain", "revision": 3, "schema": 1}


def test_a_restarted_server_has_everything_and_is_used_at_once(database: Database, servers: Supervisor) -> None:
    database.insert_many("sensors", [{"_id": f"s{n}", "n": n} for n in range(200)])
    race(4, lambda i: database.get("sensors", f"s{i}"))  # several open connections
    servers.kill("documents")
    deadline = time.monotonic() + 90
    while True:
        try:
            database.ping()
            break
        except Unavailable:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert race(4, lambda i: database.get("sensors", f"s{i}")) == [
        {"_id": f"s{n}", "n": n, "revision": 1, "schema": 1} for n in range(4)
    ]
    assert database.change("sensors", "s0", lambda document: {**document, "n": 9})["n"] == 9
    assert len(database.find("sensors")) == 200


def test_a_document_among_thousands_is_changed_in_milliseconds(database: Database) -> None:
    database.insert_many("sensors", [{"_id": f"s{n}", "n": 0} for n in range(5000)])
    time.sleep(1.5)  # the server's own index of a new collection
    seconds = []
    for n in range(4900, 5000):
        began = time.perf_counter()
        database.change("sensors", f"s{n}", lambda document: {**document, "n": 1})
        seconds.append(time.perf_counter() - began)
    each = sorted(seconds)[10]  # whatever else the machine does
    print(f"one change among 5,000 documents: {each * 1000:.1f} ms")
    assert each < 0.05, "without the index of its lookups it reads all of them twice"
