"""Photos that strangers hand in: proved to be photos, made small, and rid of everything but the picture.

Whatever is kept is a JPEG that this program has drawn itself: place, time and camera (EXIF, XMP, comments), colour
profiles and anything hidden behind the picture stay outside. Sources: V5.2, reliability abuse cases 16 and 20.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from guangcai.core.errors import RuleBroken

MOST_BYTES: Final = 8 * 1024 * 1024
LONG_SIDE: Final = 1600
QUALITY: Final = 82
# A JPEG is decoded at the size it is kept in; the others in full, so they may hold less.
MOST_PIXELS: Final[Mapping[str, int]] = {"JPEG": 64_000_000, "PNG": 16_000_000, "WEBP": 16_000_000}


@dataclass(frozen=True)
class Photo:
    """A JPEG as `cleaned` made it. Commands take nothing else."""

    jpeg: bytes


def cleaned(content: bytes, *, name: str = "") -> Photo:
    """The picture of a file, upright, at most LONG_SIDE long. name: of the file, for the words.

    Raises RuleBroken(field="photos") in words for anything that is not a whole JPEG, PNG or WebP photo of a bearable
    size. Costs about 0.1 s for a photo of 12 million pixels.
    """
    said = {"name": name[:60] or _("The photo")}
    if not content:
        raise _refused(_("“%(name)s” is empty: choose the photo again.") % said, "photo_empty")
    if len(content) > MOST_BYTES:
        raise _refused(_("“%(name)s” is larger than 8 MB: send a smaller photo.") % said, "photo_large")
    try:
        return Photo(_redrawn(content))
    except OverflowError as large:
        raise _refused(_("“%(name)s” has too many pixels: send a smaller photo.") % said, "photo_pixels") from large
    except (OSError, SyntaxError, ValueError, TypeError, IndexError, EOFError) as broken:
        words = _("“%(name)s” is no photo we can read: send a whole JPEG, PNG or WebP photo.")
        raise _refused(words % said, "photo_unreadable") from broken


def _refused(words: str, code: str) -> RuleBroken:
    return RuleBroken(words, field="photos", code=code)


def _redrawn(content: bytes) -> bytes:
    """Drawn anew. Raises OverflowError for too many pixels, OSError and others for what is no whole picture."""
    from PIL import Image, ImageOps  # lazy-cost: most requests carry no photo

    # Asked before a single pixel is decoded, kind by kind, in place of Pillow's own limit.
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(io.BytesIO(content), formats=list(MOST_PIXELS)) as found:
        if found.width * found.height > MOST_PIXELS[str(found.format)]:
            raise OverflowError
        found.draft("RGB", (LONG_SIDE, LONG_SIDE))
        found.load()
        turned = ImageOps.exif_transpose(found)
        turned.thumbnail((LONG_SIDE, LONG_SIDE))
        picture = Image.new("RGB", turned.size, "white")
        mask = turned.convert("RGBA").getchannel("A") if turned.has_transparency_data else None
        picture.paste(turned.convert("RGB"), mask=mask)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
