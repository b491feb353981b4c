"""Draws pictures with letters in them: slides, dark screens, small and blurred ones."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
PHOTO = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"


def slide(
    lines: Sequence[str],
    *,
    size: tuple[int, int] = (1280, 720),
    points: int = 40,
    ink: str = "black",
    paper: str = "white",
    blur: float = 0.0,
    turned: float = 0.0,
    kind: str = "JPEG",
    **saved: Any,
) -> bytes:
    """A picture of these lines, as the bytes of a file."""
    picture = Image.new("RGB", size, paper)
    pen, font = ImageDraw.Draw(picture), ImageFont.truetype(FONT, points)
    for number, line in enumerate(lines):
        pen.text((points * 1.5, points * (1.5 + 1.6 * number)), line, font=font, fill=ink)
    picture = picture.filter(ImageFilter.GaussianBlur(blur)).rotate(turned, expand=True, fillcolor=paper, resample=Image.Resampling.BICUBIC)
    written = io.BytesIO()
    picture.save(written, kind, **saved)
    return written.getvalue()
