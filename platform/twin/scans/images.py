"""Pictures from people, as grey JPEGs of a bounded size. Pure."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from kernel.errors import BadRequest

MAX_IMAGE_BYTES = 12 << 20
MAX_PIXELS = 40_000_000  # decoded: A1 at 200 dpi has 31 million
MAX_SIDE, MIN_SIDE = 4_000, 8  # kept: about 120 dpi of A1
MAX_ENCODED_BYTES = 4 << 20
MEDIA_TYPE = "image/jpeg"
_FORMATS = ("PNG", "JPEG")
_QUALITY = 75


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
        raise BadImage(f"has {len(data):,} bytes; at most {MAX_IMAGE_BYTES:,} fit. Scan with fewer dots per inch.")
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            warnings.simplefilter("ignore")  # of Pillow about sizes, which are checked here
            return _shrunk(image)
    except BadImage:
        raise
    except UnidentifiedImageError:
        raise BadImage("is neither a PNG nor a JPEG file.") from None
    except Image.DecompressionBombError:
        raise BadImage(f"has too many pixels; at most {MAX_PIXELS:,} fit.") from None
    except (OSError, ValueError, SyntaxError, EOFError):
        raise BadImage("is damaged; save it again as PNG or JPEG.") from None


def _shrunk(image: Image.Image) -> Picture:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise BadImage(f"has {width:,} by {height:,} pixels; at most {MAX_PIXELS:,} in all fit.")
    if min(width, height) < MIN_SIDE:
        raise BadImage(f"has {width} by {height} pixels; a side has at least {MIN_SIDE}.")
    image.draft("L", (MAX_SIDE, MAX_SIDE))  # JPEGs are decoded smaller right away
    grey = ImageOps.exif_transpose(_on_white(image))
    side = MAX_SIDE
    while True:
        grey.thumbnail((side, side))
        out = io.BytesIO()
        grey.save(out, "JPEG", quality=_QUALITY, optimize=True)
        if out.tell() <= MAX_ENCODED_BYTES:
            return Picture(out.getvalue(), grey.width, grey.height)
        side = side * 3 // 4


def _on_white(image: Image.Image) -> Image.Image:
    """What is transparent becomes paper."""
    if not image.has_transparency_data:
        return image.convert("L")
    pixels = image.convert("LA")
    paper = Image.new("L", pixels.size, 255)
    paper.paste(pixels.getchannel("L"), mask=pixels.getchannel("A"))
    paper.info = image.info
    return paper
