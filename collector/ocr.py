"""Reads the letters in a picture with Tesseract, where it is installed with the data of Polish and English."""

import hashlib
import io
import os
import shutil
import subprocess
from collections import defaultdict

from PIL import Image, ImageOps

from core.errors import CollectError, HttpError
from core.http import Http

PROGRAM = "tesseract"
LANGUAGES = ("pol", "eng")
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_BYTES = 10_000_000
MOST_PIXELS = 50_000_000
FETCH_S = 20.0
READ_S = 30.0
SMALL_PX, LARGE_PX = 1200, 2400
SURE = 60.0
FEWEST = 4
MOST_LETTERS = 5000


def sickness() -> str | None:
    """Why no picture can be read here: what is missing, by the name that it is installed under; None if nothing is."""
    if shutil.which(PROGRAM) is None:
        return "tesseract-ocr"
    try:
        listed = _run(["--list-langs"], b"").split()
    except CollectError:
        return "tesseract-ocr"
    missing = [f"tesseract-ocr-{language}" for language in LANGUAGES if language not in listed]
    return " ".join(missing) or None


def read_picture(http: Http, url: str) -> tuple[str, str]:
    """Fetch a picture: its SHA-256 as hex, and the letters in it, '' where there are none.

    Raises HttpError (as `Http.request`), CollectError: unavailable (ask again later), gone, not_a_picture, ocr (Tesseract failed).
    """
    answer = http.get(url, max_bytes=MOST_BYTES, timeout_s=FETCH_S)
    if answer.status == 429 or answer.status >= 500:
        raise CollectError(f"the server of a picture answered {answer.status}", reason="unavailable")
    if answer.status != 200:
        raise CollectError(f"the server of a picture answered {answer.status}", reason="gone")
    return hashlib.sha256(answer.body).hexdigest(), letters_in(answer.body)


def may_come_later(error: CollectError | HttpError) -> bool:
    """Whether a picture that could not be read is worth another try."""
    return error.reason in {"unavailable", "ocr", "timeout", "connect"}


def letters_in(picture: bytes) -> str:
    """The letters in a picture, line under line, without words that Tesseract is unsure of. Raises CollectError: not_a_picture, ocr."""
    table = _run(["stdin", "stdout", "-l", "+".join(LANGUAGES), "tsv"], _prepared(picture))
    lines: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for row in table.splitlines()[1:]:
        level, *place, _word, _left, _top, _width, _height, sure, text = row.split("\t", 11)
        if level == "5" and float(sure) >= SURE and text.strip():
            lines[tuple(place)].append(text.strip())
    said = "\n".join(" ".join(words) for words in lines.values())
    return said[:MOST_LETTERS] if sum(letter.isalnum() for letter in said) >= FEWEST else ""


def _prepared(picture: bytes) -> bytes:
    """The picture in grey, upright, and about as large as Tesseract reads best, as PNG."""
    try:
        with Image.open(io.BytesIO(picture), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise CollectError(f"a picture of {opened.width} × {opened.height} pixels is too large to read", reason="not_a_picture")
            opened.draft("L", (LARGE_PX, LARGE_PX))
            grey = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise CollectError(f"what stands at a picture's address is no picture: {error}", reason="not_a_picture") from error
    on_white = Image.alpha_composite(Image.new("RGBA", grey.size, "white"), grey).convert("L")
    longest = max(on_white.size)
    if longest > LARGE_PX:
        on_white.thumbnail((LARGE_PX, LARGE_PX))
    elif longest < SMALL_PX:
        on_white = on_white.resize((on_white.width * 2, on_white.height * 2), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    on_white.save(written, "PNG", compress_level=1)
    return written.getvalue()


def _run(arguments: list[str], given: bytes) -> str:
    """Run Tesseract on one core. Raises CollectError(ocr)."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run([PROGRAM, *arguments], input=given, capture_output=True, timeout=READ_S, check=True, env=environment)
    except (OSError, subprocess.SubprocessError) as error:
        raise CollectError(f"tesseract could not read a picture: {error}", reason="ocr") from error
    return done.stdout.decode("utf-8", "replace")
