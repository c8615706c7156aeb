"""Photos of strangers: whatever goes in, what comes out is a plain small JPEG, or one sentence."""

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from guangcai.core.errors import RuleBroken
from guangcai.core.photos import LONG_SIDE, MOST_BYTES, cleaned

PLACE = b"GPS-31.2304-121.4737"


def photo(
    kind: str = "JPEG", size: tuple[int, int] = (640, 480), *, colour: str = "red", mode: str = "RGB", **saved: object
) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind, **saved)
    return out.getvalue()


def with_place(turn: int = 1) -> bytes:
    """A photo as a phone makes it: camera, position, a comment, a thumbnail's worth of words."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x010E] = turn, "PhoneMaker", PLACE.decode()
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (31.0, 13.0, 49.44), "E", (121.0, 28.0, 25.32)
    return photo(exif=exif.tobytes(), comment=PLACE, icc_profile=b"fake profile " + PLACE)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb(side: int = 60_000) -> bytes:
    """A PNG of a few bytes that wants gigabytes."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\x00" * 100_000)) + chunk(b"IEND", b"")


def test_place_camera_and_comment_are_gone() -> None:
    raw = with_place()
    assert Image.open(io.BytesIO(raw)).getexif().get_ifd(0x8825)
    assert PLACE in raw
    clean = cleaned(raw).jpeg
    assert PLACE not in clean
    assert b"Exif" not in clean
    assert b"PhoneMaker" not in clean
    kept = Image.open(io.BytesIO(clean))
    assert not kept.getexif()
    assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_it_stands_upright_and_is_small() -> None:
    assert Image.open(io.BytesIO(cleaned(with_place(turn=6)).jpeg)).size == (480, 640)
    large = cleaned(photo(size=(5000, 2500))).jpeg
    assert Image.open(io.BytesIO(large)).size == (LONG_SIDE, LONG_SIDE // 2)


@pytest.mark.parametrize(
    "raw", [photo("PNG"), photo("WEBP"), photo("PNG", mode="RGBA"), photo("PNG", mode="P"), photo("PNG", mode="L")]
)
def test_every_kind_becomes_the_same(raw: bytes) -> None:
    kept = Image.open(io.BytesIO(cleaned(raw).jpeg))
    assert (kept.format, kept.mode, kept.size) == ("JPEG", "RGB", (640, 480))


def test_what_is_seen_through_becomes_white() -> None:
    raw = io.BytesIO()
    Image.new("RGBA", (20, 20), (255, 0, 0, 0)).save(raw, "PNG")
    assert Image.open(io.BytesIO(cleaned(raw.getvalue()).jpeg)).getpixel((5, 5)) == (255, 255, 255)


def test_what_is_hidden_behind_the_picture_stays_outside() -> None:
    """A picture that is a page or an archive as well."""
    for tail in (b"<script>alert(1)</script>", b"PK\x03\x04 zip", b"%PDF-1.7"):
        clean = cleaned(photo() + tail).jpeg
        assert tail not in clean


HOSTILE: list[tuple[str, Callable[[], bytes], str]] = [
    ("0 bytes", lambda: b"", "photo_empty"),
    ("9 MB", lambda: photo() + b"\x00" * 9 * 1024 * 1024, "photo_large"),
    ("one byte too many", lambda: photo().ljust(MOST_BYTES + 1, b"\x00"), "photo_large"),
    ("pixel bomb", bomb, "photo_pixels"),
    ("broad bomb", lambda: bomb(4100), "photo_pixels"),
    ("page named .jpg", lambda: b"<!doctype html><script>alert(1)</script>", "photo_unreadable"),
    ("SVG", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "photo_unreadable"),
    ("truncated JPEG", lambda: photo(size=(900, 900))[:-600], "photo_unreadable"),
    ("head of a JPEG", lambda: b"\xff\xd8\xff\xe0", "photo_unreadable"),
    ("GIF", lambda: photo("GIF"), "photo_unreadable"),
    ("TIFF", lambda: photo("TIFF"), "photo_unreadable"),
    ("BMP", lambda: photo("BMP"), "photo_unreadable"),
    ("broken PNG", lambda: photo("PNG")[:60], "photo_unreadable"),
    ("broken WebP", lambda: photo("WEBP")[:40], "photo_unreadable"),
    ("archive", lambda: b"PK\x03\x04" + b"\x00" * 200, "photo_unreadable"),
    ("PDF", lambda: b"%PDF-1.7\n", "photo_unreadable"),
    ("PostScript", lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "photo_unreadable"),
    ("wrong sum", lambda: photo("PNG").replace(b"IDAT", b"IDAX"), "photo_unreadable"),
]


@pytest.mark.parametrize(("name", "made", "code"), HOSTILE, ids=[one[0] for one in HOSTILE])
def test_what_is_no_photo_is_refused_in_words(name: str, made: Callable[[], bytes], code: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        cleaned(made(), name=name)
    assert (refused.value.code, refused.value.field) == (code, "photos")
    assert name in str(refused.value)
