"""Scanned drawings: what is stored of a picture, who sees it, and how long it is kept."""

from __future__ import annotations

import io
import os
import struct
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from PIL import Image, PngImagePlugin

from kernel.errors import Conflict
from kernel.ids import SCAN, new_id
from kernel.tenancy import TenantConnection
from tests.twin.conftest import NOON, Plant
from twin.conversions import converting
from twin.drafts.repository import delete_all
from twin.scans import images, operations, repository
from twin.scans.images import MAX_IMAGE_BYTES, MAX_SIDE, BadImage, Picture, encode_again
from twin.scans.models import MAX_BYTES, Scan
from web.stores import documents

ClientFor = Callable[..., Client]
BASE, SCHEMATICS = "/api/v1/schematics/scans", "/api/v1/schematics"


def png(width: int = 80, height: int = 60, mode: str = "L", colour: Any = 255, **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height), colour).save(out, "PNG", **more)
    return out.getvalue()


def claiming(width: int, height: int) -> bytes:
    """A PNG that says it is that large, and ends."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR" + head, b"IDAT" + zlib.compress(b"few"))
    parts = (struct.pack(">I", len(each) - 4) + each + struct.pack(">I", zlib.crc32(each)) for each in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.fixture
def engineer(client_for: ClientFor, acme: TenantConnection) -> Iterator[Client]:
    yield client_for("engineer", acme)
    delete_all(acme, {})
    repository.delete(acme, [scan.id for scan in repository.find(acme)])


def upload(client: Client, data: bytes, name: str = "Sheet 1") -> Any:
    body = {"name": name, "image": b64encode(data).decode()}
    return client.post(BASE, body, content_type="application/json")


def drawing_over(scan: str, **more: Any) -> dict[str, Any]:
    background = {"scan": scan, "x": 0, "y": 0, "width": 800, "height": 600, "opacity": 0.3}
    return {"width": 800, "height": 600, "background": background, **more}


def test_what_is_served_is_our_own_jpeg_and_nothing_of_the_file(engineer: Client) -> None:
    secret = PngImagePlugin.PngInfo()
    secret.add_text("Comment", "<script>alert(1)</script>")
    response = upload(engineer, png(pnginfo=secret) + b"<script>alert(2)</script>")
    assert response.status_code == 201, response.content
    made = response.json()
    assert (made["name"], made["width"], made["height"]) == ("Sheet 1", 80, 60)
    picture = engineer.get(response["Location"])
    assert picture["Content-Type"] == "image/jpeg" and picture["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in picture["Content-Security-Policy"] and "private" in picture["Cache-Control"]
    assert len(picture.content) == made["size"] and b"script" not in picture.content
    shown = Image.open(io.BytesIO(picture.content))
    assert (shown.format, shown.mode, shown.size) == ("JPEG", "L", (80, 60))
    assert engineer.get(BASE).json()["results"] == [made]


def test_large_pictures_become_smaller_and_transparent_ones_white() -> None:
    large = encode_again(png(5_000, 1_000))
    assert (large.width, large.height) == (MAX_SIDE, 800)
    clear = encode_again(png(50, 50, "RGBA", (0, 0, 0, 0)))
    assert Image.open(io.BytesIO(clear.data)).getpixel((25, 25)) == 255


def test_a_photograph_is_turned_as_its_camera_says() -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    Image.new("RGB", (80, 40), "white").save(out, "JPEG", exif=exif)
    turned = encode_again(out.getvalue())
    assert (turned.width, turned.height) == (40, 80)
    assert b"Exif" not in turned.data


def test_what_does_not_compress_is_made_smaller_until_it_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = Image.effect_noise((600, 600), 200)
    out = io.BytesIO()
    noise.save(out, "PNG")
    monkeypatch.setattr(images, "MAX_ENCODED_BYTES", 60_000)
    monkeypatch.setattr(images, "MAX_SIDE", 600)
    small = encode_again(out.getvalue())
    assert len(small.data) <= 60_000 and small.width < 600


def jpeg(width: int = 80, height: int = 60, **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("L", (width, height), 128).save(out, "JPEG", **more)
    return out.getvalue()


def with_scans(count: int) -> bytes:
    """A progressive JPEG with so many more scans, each of 14 bytes and without content."""
    plain = jpeg(progressive=True)
    start = plain.rindex(b"\xff\xda")
    length = int.from_bytes(plain[start + 2 : start + 4])
    return plain[:-2] + plain[start : start + 2 + length] * count + plain[-2:]


def test_a_jpeg_has_a_bounded_number_of_scans() -> None:
    assert encode_again(jpeg(progressive=True)).width == encode_again(jpeg()).width == 80
    encode_again(with_scans(images.MAX_JPEG_SCANS - 20))
    with pytest.raises(BadImage, match="more than 100 scans"):
        encode_again(with_scans(images.MAX_JPEG_SCANS))


def test_a_jpeg_that_is_neither_baseline_nor_progressive_is_refused() -> None:
    arithmetic = jpeg().replace(b"\xff\xc0", b"\xff\xc9", 1)
    for data in (arithmetic, jpeg()[:20], b"\xff\xd8\xff\xda" + bytes(20), b"\xff\xd8" + b"\xff" * 1_000):
        with pytest.raises(BadImage, match="neither a baseline nor a progressive"):
            encode_again(data)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_half_as_many_pixels_may_be_transparent(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAX_TRANSPARENT_PIXELS", 80 * 60 - 1)
    encode_again(png())
    with pytest.raises(BadImage, match="with transparency; at most 4,799"):
        encode_again(png(mode=mode, colour=0))


def test_each_kind_of_transparency_becomes_paper() -> None:
    pictures = (png(mode="LA", colour=(0, 0)), png(mode="RGB", colour=(0, 0, 0), transparency=(0, 0, 0)))
    for data in (*pictures, png(colour=0, transparency=0), png(mode="P", colour=0, transparency=0)):
        assert Image.open(io.BytesIO(encode_again(data).data)).getpixel((25, 25)) == 255


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "neither"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "neither"),
        (b"GIF89a" + bytes(50), "neither"),
        (b"%PDF-1.7", "neither"),
        (png()[:60], "damaged"),
        (claiming(60_000, 60_000), "pixels"),
        (claiming(2_000_000_000, 2), "pixels"),
        (claiming(100, 100), "damaged"),
        (png(4, 4), "at least"),
        (bytes(MAX_IMAGE_BYTES + 1), "bytes"),
    ],
)
def test_what_is_no_picture_or_too_large_is_refused_before_it_is_decoded(data: bytes, why: str) -> None:
    with pytest.raises(BadImage, match=why):
        encode_again(data)


def test_over_http_a_wrong_one_is_a_400_with_its_field(engineer: Client) -> None:
    for body in ({"name": "a", "image": "no base64!"}, {"name": "a", "image": "AAAA"}):
        response = engineer.post(BASE, body, content_type="application/json")
        assert response.status_code == 400 and response.json()["errors"][0]["field"] == "image"


def test_one_file_is_converted_at_a_time(engineer: Client, acme: TenantConnection, plant: Plant) -> None:
    dexpi = {"site": "works", "xml": "<PlantModel/>"}
    with converting(acme):
        drawing = engineer.post(f"{SCHEMATICS}/dexpi/import", dexpi, content_type="application/json")
        for refused in (upload(engineer, png()), drawing):
            assert refused.status_code == 503 and refused.json()["type"] == "/problems/conversions-busy"
            assert int(refused["Retry-After"]) >= 1
    assert upload(engineer, b"no picture").status_code == 400
    assert upload(engineer, png()).status_code == 201, "a refused one gave its place back"


def test_versions_and_drafts_keep_it(engineer: Client, plant: Plant) -> None:
    scan = upload(engineer, png()).json()["id"]
    draft = {"site": "works", "name": "Old hall", "drawing": drawing_over(scan)}
    started = engineer.post(f"{SCHEMATICS}/drafts", draft, content_type="application/json")
    assert started.status_code == 201, started.content
    assert started.json()["drawing"]["background"]["scan"] == scan
    refused = engineer.delete(f"{BASE}/{scan}")
    assert refused.status_code == 409 and refused.json()["type"] == "/problems/scan-in-use"
    path = f"{SCHEMATICS}/{started.json()['schematic']}"
    assert engineer.post(f"{path}/publish", {}, content_type="application/json").status_code == 200
    assert engineer.get(path).json()["drawing"]["background"] == drawing_over(scan)["background"]
    assert engineer.delete(f"{BASE}/{scan}").status_code == 409, "a version shows it"
    assert engineer.delete(path).status_code == 204
    assert engineer.delete(f"{BASE}/{scan}").status_code == 204
    assert engineer.get(f"{BASE}/{scan}").status_code == 404


def test_a_drawing_over_a_scan_that_is_not_there_is_refused(engineer: Client, plant: Plant) -> None:
    body = {"site": "works", "name": "Hall", "drawing": drawing_over("eabcdefghij")}
    refused = engineer.post(SCHEMATICS, body, content_type="application/json")
    assert refused.status_code == 400 and refused.json()["errors"][0]["field"] == "background.scan"
    started = engineer.post(f"{SCHEMATICS}/drafts", body, content_type="application/json")
    assert started.status_code == 409 and started.json()["type"] == "/problems/scan-deleted"
    wrong = drawing_over("eabcdefghij")
    wrong["background"]["opacity"] = 0
    body = {**body, "drawing": wrong}
    assert engineer.post(SCHEMATICS, body, content_type="application/json").status_code == 400


def test_somebody_elses_scan_is_part_of_the_differences(
    engineer: Client, client_for: ClientFor, acme: TenantConnection, plant: Plant
) -> None:
    scan = upload(engineer, png()).json()["id"]
    plain = {"width": 800, "height": 600}
    body = {"site": "works", "name": "Hall", "drawing": plain}
    path = f"{SCHEMATICS}/{engineer.post(SCHEMATICS, body, content_type='application/json').json()['id']}"
    with_scan = {"drawing": drawing_over(scan), "base": 1}
    colleague = client_for("admin", acme)
    assert colleague.post(f"{path}/publish", with_scan, content_type="application/json").status_code == 200
    mine = engineer.post(f"{path}/publish", {"drawing": plain, "base": 1}, content_type="application/json")
    assert mine.status_code == 409
    (difference,) = mine.json()["differences"]
    assert (difference["kind"], difference["changed"], difference["mine"]) == ("background", "theirs", None)
    assert difference["theirs"]["scan"] == scan


def test_unused_ones_make_room_after_a_day(acme: TenantConnection, engineer: Client, plant: Plant) -> None:
    image = b64encode(png()).decode()
    used = operations.create(acme, "Used", image, author="", now=NOON)
    body = {"site": "works", "name": "Hall", "drawing": drawing_over(used.id)}
    assert engineer.post(SCHEMATICS, body, content_type="application/json").status_code == 201
    unused = operations.create(acme, "Unused", image, author="", now=NOON)
    full = Scan("ezzzzzzzzzz", "Large", 1, 1, MAX_BYTES - used.size - unused.size, "", NOON + operations.UNUSED_MS)
    repository.insert(acme, full, encode_again(png()))
    with pytest.raises(Conflict, match="Delete one"):
        operations.create(acme, "More", image, author="", now=NOON + operations.UNUSED_MS)
    operations.create(acme, "More", image, author="", now=NOON + operations.UNUSED_MS + 1)
    assert [scan.name for scan in repository.find(acme)] == ["Large", "More", "Used"]


def test_ten_maximal_scans_are_in_an_archive(acme: TenantConnection, engineer: Client) -> None:
    """Five as large as they may be, five as when 4 MiB were allowed: more than fits into a message in all."""
    for size in (images.MAX_ENCODED_BYTES, 4 << 20) * 5:
        picture = Picture(os.urandom(size), 4_000, 4_000)
        repository.insert(acme, Scan(new_id(SCAN), "Noise", 4_000, 4_000, size, "", NOON), picture)
    dumped, there = list(documents(acme).dump(repository.SCANS)), repository.find(acme)
    assert sum(map(len, dumped)) > 48_000_000
    repository.delete(acme, [scan.id for scan in there])
    assert documents(acme).load(repository.SCANS, dumped) == 10 and repository.find(acme) == there
    repository.delete(acme, [scan.id for scan in there])


def test_viewers_look_and_outsiders_do_not(
    engineer: Client, client_for: ClientFor, acme: TenantConnection, rival: TenantConnection
) -> None:
    scan = upload(engineer, png()).json()["id"]
    viewer, outsider = client_for("viewer", acme), client_for("engineer", rival)
    assert viewer.get(f"{BASE}/{scan}").status_code == 200
    assert upload(viewer, png()).status_code == 403 and viewer.delete(f"{BASE}/{scan}").status_code == 403
    assert outsider.get(f"{BASE}/{scan}").status_code == outsider.delete(f"{BASE}/{scan}").status_code == 404
    assert outsider.get(BASE).json()["results"] == []
