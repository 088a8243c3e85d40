"""Commands of the testbed: see docs/operator/testbed.md."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.testbed.cluster import Cluster
from tests.testbed.images.catalogue import catalogue
from tests.testbed.places import DEFAULT_FOLDER, TestbedError
from tests.testbed.processes import MARK, Identity, identify
from tests.testbed.record import all_records, find
from tests.testbed.start import Wanted, start
from tests.testbed.stop import stop, sweep


def main() -> int:
    options = _parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that what was begun is ended in order
    try:
        return int(options.act(options) or 0)
    except TestbedError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def up(options: argparse.Namespace) -> None:
    _sweep()
    record = find(options.folder)
    if record and not all(Cluster(record).is_running(name) for name in record.programs):
        print(f"What is left of the last cluster in {options.folder} is removed.")
        stop(record)
        record = None
    cluster = Cluster(record) if record else start(_wanted(options, options.folder, options.owner), _now())
    print(
        f"A Kubernetes cluster runs in {cluster.folder}. In its network, which is its own:\n"
        f"  {sys.executable} -m tests.testbed exec {_folder_words(options.folder)}-- kubectl get nodes"
    )


def down(options: argparse.Namespace) -> None:
    record = find(options.folder)
    if record is None:
        print(f"No cluster runs in {options.folder}.")
    else:
        stop(record, options.keep)


def status(options: argparse.Namespace) -> None:
    for record in all_records():
        cluster = Cluster(record)
        ended = [name for name in record.programs if not cluster.is_running(name)]
        state = f"ended: {', '.join(ended)}" if ended else f"{len(record.programs)} programs run"
        left = ", its owner is gone" if record.is_abandoned else ""
        print(f"{record.run}  {record.folder}  {state}{left}")


def execute(options: argparse.Namespace) -> None:
    cluster = Cluster.at(options.folder)
    command = cluster.command_inside(*_command(options))
    os.execvpe(command[0], command, cluster.environment_inside())


def load(options: argparse.Namespace) -> None:
    Cluster.at(options.folder).load(_archives(options.names))


def restart(options: argparse.Namespace) -> None:
    cluster = Cluster.at(options.folder)
    if options.program == "node":
        cluster.stop_node()
        cluster.start_node()
    else:
        cluster.restart(options.program)


def run(options: argparse.Namespace) -> int:
    """A command inside a cluster of its own, which ends with it."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix="plantrace-testbed-"))
    cluster = start(_wanted(options, folder, os.getpid()), _now())
    try:
        environment = {**cluster.environment_inside(), MARK: cluster.record.run}  # what it leaves is ended as well
        return _wait(subprocess.Popen(cluster.command_inside(*_command(options)), env=environment))
    finally:
        stop(cluster.record)


def _wait(process: subprocess.Popen[bytes]) -> int:
    try:
        return process.wait()
    except BaseException:  # ended from outside: the command first, as it may still be cleaning up
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)
        process.kill()
        raise


def _wanted(options: argparse.Namespace, folder: Path, owner: int | None) -> Wanted:
    identity: Identity | None = identify(owner) if owner else None
    if owner and identity is None:
        raise TestbedError(f"There is no process {owner} that could own a cluster.")
    archives = () if options.beside else _archives(options.image)
    return Wanted(folder, tuple(archives), options.simulated, options.flux, options.beside, identity)


def _archives(names: list[str] | None) -> list[Path]:
    """Of the images that are named; of all that are made where none is. The pod's own is always among them."""
    images = {image.name: image for image in catalogue()}
    if unknown := set(names or ()) - set(images):
        raise TestbedError(f"There is no image {', '.join(sorted(unknown))}, but {', '.join(images)}.")
    chosen = {name: images[name].archive() for name in ["pause", *(names or images)]}
    missing = [name for name, archive in chosen.items() if not archive.exists()]
    if set(missing) & {"pause", *(names or ())}:
        raise TestbedError(f"These images are not made: {', '.join(missing)}; `make image` makes them.")
    found = [archive for archive in chosen.values() if archive.exists()]
    for archive in found:
        archive.touch()  # so that no other checkout's new image puts it away
    return found


def _sweep() -> None:
    for record in sweep():
        print(f"A cluster whose owner was killed is removed: {record.folder}")


def _command(options: argparse.Namespace) -> list[str]:
    words: list[str] = options.command
    if not words:
        raise TestbedError("Which command? Say it after `--`.")
    return words


def _folder_words(folder: Path) -> str:
    return "" if folder == DEFAULT_FOLDER else f"--folder {folder} "


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.testbed", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, act: object, text: str, starts: bool = False) -> argparse.ArgumentParser:
        each = commands.add_parser(name, help=text, description=text)
        each.set_defaults(act=act)
        if name not in ("run", "status", "sweep"):
            each.add_argument("--folder", type=Path, default=DEFAULT_FOLDER, help="of the cluster (var/testbed)")
        if starts:
            each.add_argument("--simulated", type=int, default=0, metavar="N", help="nodes whose pods only seem to run")
            each.add_argument("--flux", choices=["locked", "open", "none"], default="locked")
            each.add_argument("--image", action="append", metavar="NAME", help="have only these on the node")
            each.add_argument("--beside", type=Path, metavar="FOLDER", help="no node, in that one's network")
        return each

    command("up", up, "start a cluster", starts=True).add_argument("--owner", type=int, metavar="PID")
    command("down", down, "end it and remove its folder").add_argument("--keep", action="store_true", help="the folder")
    command("status", status, "the clusters of this machine")
    command("sweep", lambda _: _sweep(), "end the clusters whose owners were killed")
    command("load", load, "images into the node").add_argument("names", nargs="+", metavar="NAME")
    command("restart", restart, "a program, or `node`: all of it").add_argument("program")
    command("exec", execute, "a command in its network").add_argument("command", nargs="*", metavar="-- COMMAND")
    text = "a command in a cluster of its own, which ends with it"
    command("run", run, text, starts=True).add_argument("command", nargs="*", metavar="-- COMMAND")
    return parser


if __name__ == "__main__":
    sys.exit(main())
