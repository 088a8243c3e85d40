"""Pictures from people, as grey JPEGs of a bounded size. Pure."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from kernel.errors import BadRequest

MAX_IMAGE_BYTES = 12 << 20
MAX_PIXELS = 40_000_000  # decoded: A1 at 200 dpi has 31 million
MAX_TRANSPARENT_PIXELS = MAX_PIXELS // 2  # their transparency is decoded, too
MAX_JPEG_SCANS = 100  # of one JPEG, each of which is decoded over the whole picture; progressive ones have about 10
MAX_SIDE, MIN_SIDE = 4_000, 8  # kept: about 120 dpi of A1
MAX_ENCODED_BYTES = 3 << 20  # 4 MiB in base64: USUAL_DOCUMENT_BYTES
MEDIA_TYPE = "image/jpeg"
_FORMATS = ("PNG", "JPEG")
_QUALITY = 75
_JPEG, _SCAN, _START_OF_SCAN = b"\xff\xd8", b"\xff\xda", 0xDA
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended with the same coding, progressive
_OTHER_FRAMES = frozenset(range(0xC3, 0xD0)) - {0xC4, 0xC8, 0xCC}


class BadImage(BadRequest):
    """`image` cannot become a scan; what to change."""

    slug, title = "invalid-image", "The picture cannot be used"

    def __init__(self, why: str) -> None:
        super().__init__(f"image: {why}", errors=[{"field": "image", "message": why}])


@dataclass(frozen=True, slots=True)
class Picture:
    data: bytes
    width: int
    height: int


def encode_again(data: bytes) -> Picture:
    """Without anything of the file but its pixels. Raises BadImage."""
    if len(data) > MAX_IMAGE_BYTES:
        raise BadImage(
            f"has {len(data):,} bytes; at most {MAX_IMAGE_BYTES:,} are allowed. Scan with fewer dots per inch."
        )
    if data.startswith(_JPEG):
        _check_jpeg(data)
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            warnings.simplefilter("ignore")  # of Pillow about sizes, which are checked here
            return _shrunk(image)
    except BadImage:
        raise
    except UnidentifiedImageError:
        raise BadImage("is neither a PNG nor a JPEG file.") from None
    except Image.DecompressionBombError:
        raise BadImage(f"has too many pixels; at most {MAX_PIXELS:,} are allowed.") from None
    except (OSError, ValueError, SyntaxError, EOFError):
        raise BadImage("is damaged; save it again as PNG or JPEG.") from None


def _check_jpeg(data: bytes) -> None:
    """Raises BadImage. In what is encoded the marker of a scan cannot be, so there are at most as many scans."""
    if data.count(_SCAN) > MAX_JPEG_SCANS:
        raise BadImage(f"has more than {MAX_JPEG_SCANS} scans in one JPEG; save it again as PNG or as baseline JPEG.")
    if _frame_of(data) not in _FRAMES:
        raise BadImage("is neither a baseline nor a progressive JPEG; save it again as one, or as PNG.")


def _frame_of(data: bytes) -> int | None:
    """The marker of a JPEG's frame, which says how it is encoded; None if there is none before the first scan."""
    place = len(_JPEG)
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:  # a filler
            place += 1
            continue
        if marker in _FRAMES or marker in _OTHER_FRAMES:
            return marker
        if marker == _START_OF_SCAN:
            return None
        place += 2 + int.from_bytes(data[place + 2 : place + 4])
    return None


def _shrunk(image: Image.Image) -> Picture:
    width, height = image.size
    transparent = image.has_transparency_data
    most = MAX_TRANSPARENT_PIXELS if transparent else MAX_PIXELS
    if width * height > most:
        with_it = " with transparency" if transparent else ""
        raise BadImage(f"has {width:,} by {height:,} pixels{with_it}; at most {most:,} in all are allowed.")
    if min(width, height) < MIN_SIDE:
        raise BadImage(f"has {width} by {height} pixels; a side has at least {MIN_SIDE}.")
    image.draft("L", (MAX_SIDE, MAX_SIDE))  # JPEGs are decoded smaller right away
    grey = _on_white(image) if transparent else image.convert("L")
    image.close()
    ImageOps.exif_transpose(grey, in_place=True)
    side = MAX_SIDE
    while True:
        grey.thumbnail((side, side))
        out = io.BytesIO()
        grey.save(out, "JPEG", quality=_QUALITY, optimize=True)
        if out.tell() <= MAX_ENCODED_BYTES:
            return Picture(out.getvalue(), grey.width, grey.height)
        side = side * 3 // 4


def _on_white(image: Image.Image) -> Image.Image:
    """What is transparent becomes paper. The picture is closed, for its pixels are as many again."""
    pixels = image if "A" in image.getbands() else image.convert("LA")
    grey, alpha, info = pixels.convert("L"), pixels.getchannel("A"), image.info
    pixels.close()
    image.close()
    paper = Image.new("L", grey.size, 255)
    paper.paste(grey, mask=alpha)
    paper.info = info
    return paper
