"""Make the images that are missing: all, or those that are named."""

from __future__ import annotations

import argparse
import fcntl
import sys
import time

from tests.testbed.images.catalogue import Image, catalogue, work_folder
from tests.testbed.places import IMAGES, TestbedError

MAX_ARCHIVES = 3  # archives of each image, the last used: several checkouts may have one each


def ensure(image: Image) -> None:
    archive = image.archive()
    if not archive.exists():
        began = time.monotonic()
        with work_folder() as work:
            image.make(work / "image.tar", image.reference, work)
            (work / "image.tar").rename(archive)
        print(f"  {image.reference} made in {time.monotonic() - began:.0f} s", flush=True)
    archive.touch()
    for old in sorted(IMAGES.glob(f"{image.name}-*.tar"), key=lambda path: path.stat().st_mtime)[:-MAX_ARCHIVES]:
        old.unlink()


def main() -> None:
    images = {image.name: image for image in catalogue()}
    parser = argparse.ArgumentParser(prog="python -m tests.testbed.images", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(images)}")
    names = parser.parse_args().names
    if unknown := set(names) - set(images):
        sys.exit(f"There is no image {', '.join(sorted(unknown))}, but {', '.join(images)}.")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (IMAGES / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another checkout may be at it
        try:
            for name in names or images:
                ensure(images[name])
        except TestbedError as error:
            sys.exit(str(error))
    for name in names or images:
        print(f"  {images[name].reference:48} {images[name].archive()}")


if __name__ == "__main__":
    main()
