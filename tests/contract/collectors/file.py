"""Files that others write: JSON Lines that grow, and a CSV that is written anew with every change."""

import csv
import io
import json
import os
import tempfile
from abc import abstractmethod
from pathlib import Path

from collector.file import Settings
from tests.fakes.platform import Feature, Platform, Post
from tests.fakes.server import Reply, Request

OURS, STRANGER = "polna", "jan"


class _File(Platform):
    """A folder with one file. What was in the world when the collector asks has been written by then."""

    kind = "file"
    suffix: str

    def __enter__(self) -> "Platform":
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / f"posts{self.suffix}"
        self.path.touch()
        return super().__enter__()

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        self.folder.cleanup()

    def external_id(self, post: Post) -> str:
        return f"post-{post.number}"

    def settings(self) -> Settings:
        self.write()
        # the world's clock is not the machine's: the file was written just now by the world's
        os.utime(self.path, (self.now.timestamp(), self.now.timestamp()))
        return Settings(id="drop", kind="file", path=self.path, ours=("@polna",))

    def answer(self, request: Request) -> Reply:
        raise AssertionError(f"{request.path} was asked for, but no request is needed to read a file")

    @abstractmethod
    def write(self) -> None:
        raise AssertionError


class JsonLines(_File):
    name = "file-jsonl"
    suffix = ".jsonl"
    features = frozenset(
        {Feature.COMMENTS, Feature.OURS, Feature.UNREADABLE, Feature.EDITS, Feature.LATE, Feature.LATE_FAR, Feature.CLAIMS}
    )

    def __init__(self) -> None:
        super().__init__()
        self.written: dict[int, str] = {}

    def write(self) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            for post in self.posts:
                line = self.line(post)
                if self.written.get(post.number) != line:
                    file.write(line + "\n")
                self.written[post.number] = line

    def line(self, post: Post) -> str:
        if post.broken:
            return '{"id": "half'
        row = {
            "id": self.external_id(post),
            "text": post.text,
            "created_at": post.created_at.isoformat(),
            "author": {"username": OURS if post.ours else STRANGER, "followers": 12},
            "in_reply_to": f"post-{post.parent}" if post.parent else None,
            "edited_at": post.edited_at.isoformat() if post.edited_at else None,
        }
        return json.dumps(row, ensure_ascii=False)


class Table(_File):
    name = "file-csv"
    suffix = ".csv"
    features = JsonLines.features

    def write(self) -> None:
        rows = io.StringIO()
        writer = csv.writer(rows, delimiter=";")
        writer.writerow(["Identyfikator", "Treść", "Data publikacji (UTC)", "Autor", "Odpowiedź na", "Data edycji (UTC)"])
        for post in self.posts:
            edited = f"{post.edited_at:%d.%m.%Y %H:%M:%S}" if post.edited_at else ""
            author = OURS if post.ours else STRANGER
            text = "" if post.broken else post.text
            parent = f"post-{post.parent}" if post.parent else ""
            writer.writerow([self.external_id(post), text, f"{post.created_at:%d.%m.%Y %H:%M:%S}", f"@{author}", parent, edited])
        self.path.write_text(rows.getvalue(), encoding="cp1250", newline="")
