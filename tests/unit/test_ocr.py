"""Letters in pictures, read by the real Tesseract: Polish and English, dark, small and blurred; nothing where there are none."""

import hashlib
import io
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from collector import ocr
from core.errors import CollectError, HttpError
from core.http import Http
from tests.fakes.drawn import PHOTO, slide
from tests.fakes.server import Reply, Request, Server

POLISH = ("POUFNE – tylko do użytku wewnętrznego", "Wyniki za III kwartał: przychód 412 mln zł", "Źródło: dział finansów, Łódź")
ENGLISH = ("CONFIDENTIAL – internal use only", "Revenue 412.6 million, net loss 18.2", "Do not share before 14 November")


def words(text: str) -> set[str]:
    return set(text.casefold().split())


def share_read(lines: tuple[str, ...], picture: bytes) -> float:
    """The part of the words, of two letters or more, that was read without a mistake."""
    wanted = {word for word in words(" ".join(lines)) if len(word) > 1}
    return len(wanted & words(ocr.letters_in(picture))) / len(wanted)


def test_the_languages_are_installed() -> None:
    assert ocr.sickness() is None


@pytest.mark.parametrize(
    ("lines", "picture"),
    [
        (POLISH, slide(POLISH)),
        (ENGLISH, slide(ENGLISH)),
        (POLISH, slide(POLISH, ink="white", paper="#101418")),
        (ENGLISH, slide(ENGLISH, ink="#ffe680", paper="#225588", kind="PNG")),
        (POLISH, slide(POLISH, size=(640, 360), points=18, kind="WEBP")),
        (POLISH, slide(POLISH, blur=1.5)),
        (POLISH, slide(POLISH, turned=2)),
        (ENGLISH, slide(ENGLISH, size=(4000, 2250), points=120)),
        (ENGLISH, slide(ENGLISH, size=(1080, 2280), points=44, kind="GIF")),
    ],
    ids=["polish", "english", "dark", "coloured", "small", "blurred", "askew", "large", "phone"],
)
def test_what_stands_in_a_picture_is_read(lines: tuple[str, ...], picture: bytes) -> None:
    assert share_read(lines, picture) >= 0.8


def test_lines_stay_lines() -> None:
    assert ocr.letters_in(slide(ENGLISH)).splitlines()[1:] == list(ENGLISH[1:])


def test_a_picture_that_lies_on_its_side_is_set_upright() -> None:
    side = Image.open(io.BytesIO(slide(POLISH))).transpose(Image.Transpose.ROTATE_90)
    marks, written = Image.Exif(), io.BytesIO()
    marks[274] = 6
    side.save(written, "JPEG", exif=marks)
    assert share_read(POLISH, written.getvalue()) >= 0.8


def test_letters_on_nothing_are_read_as_on_white() -> None:
    written, see_through = io.BytesIO(), Image.open(io.BytesIO(slide(POLISH, kind="PNG"))).convert("L")
    Image.merge("LA", (Image.new("L", see_through.size, 0), see_through.point(lambda level: 255 - level))).save(written, "PNG")
    assert share_read(POLISH, written.getvalue()) >= 0.8


@pytest.mark.parametrize(
    "picture",
    [PHOTO.read_bytes(), slide(()), slide(("OK",)), slide(("POUFNE – tylko do użytku", "Przychód 412 mln zł"), blur=6)],
    ids=["photo", "empty", "two letters", "blurred beyond reading"],
)
def test_no_letters_are_seen_where_there_are_none(picture: bytes) -> None:
    assert ocr.letters_in(picture) == ""


def huge() -> bytes:
    written = io.BytesIO()
    Image.new("1", (9000, 6000)).save(written, "PNG")
    return written.getvalue()


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body>Log in to see this", b"\x89PNG\r\n\x1a\n", slide(POLISH)[:2000], b"%PDF-1.7 ...", b"<svg/>", huge()],
    ids=["empty", "page", "stub", "cut", "pdf", "svg", "huge"],
)
def test_what_is_no_picture_is_refused(body: bytes) -> None:
    with pytest.raises(CollectError) as refused:
        ocr.letters_in(body)
    assert refused.value.reason == "not_a_picture"


@pytest.mark.parametrize(
    ("reply", "reason", "is_later"),
    [
        (Reply(503), "unavailable", True),
        (Reply(429), "unavailable", True),
        (Reply(404), "gone", False),
        (Reply(200, b"<html>"), "not_a_picture", False),
        (Reply(manner="slam"), "connect", True),
        (Reply(200, bytes(10_000_001)), "too_large", False),
    ],
)
def test_why_a_picture_was_not_read_says_whether_to_try_again(reply: Reply, reason: str, is_later: bool) -> None:
    reasons = pytest.raises((CollectError, HttpError))
    with Server(lambda _: reply) as server, closing(Http(allow_private=["127.0.0.0/8"])) as http, reasons as failed:
        ocr.read_picture(http, f"{server.url}/a.png")
    assert (failed.value.reason, ocr.may_come_later(failed.value)) == (reason, is_later)


def test_a_picture_inside_the_companys_network_is_not_fetched() -> None:
    with Server(lambda _: Reply(200, slide(POLISH))) as server, closing(Http()) as http, pytest.raises(HttpError) as refused:
        ocr.read_picture(http, f"{server.url}/a.png")
    assert (refused.value.reason, ocr.may_come_later(refused.value), server.requests) == ("refused_address", False, [])


def test_the_hash_is_that_of_the_file() -> None:
    picture = slide(ENGLISH)

    def answer(_: Request) -> Reply:
        return Reply(200, picture)

    with Server(answer) as server, closing(Http(allow_private=["127.0.0.0/8"])) as http:
        sha256, letters = ocr.read_picture(http, f"{server.url}/a.png")
    assert sha256 == hashlib.sha256(picture).hexdigest()
    assert "million" in letters


def test_a_program_that_fails_is_an_error_and_one_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ocr.sickness() == "tesseract-ocr"
    program = tmp_path / ocr.PROGRAM
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    assert ocr.sickness() == "tesseract-ocr"
    with pytest.raises(CollectError) as failed:
        ocr.letters_in(slide(ENGLISH))
    assert (failed.value.reason, ocr.may_come_later(failed.value)) == ("ocr", True)
    program.write_text("#!/bin/sh\necho eng\n")
    assert ocr.sickness() == "tesseract-ocr-pol"
