"""Lay out the dairy's past as files, then let the rest arrive.

    python -m demo prepare --home var     writes HOME/demo/<platform>.jsonl so that the past ends now, and returns
    python -m demo play --home var        appends the live posts when their time has come, until all are there

The files are what sources of kind `file` read, in the form that `czujka import` takes. Both may be killed at any instant and
started again: which posts are already there is read from the files themselves.
"""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

WEEK = Path(__file__).parent / "week"
PLATFORMS = ("x", "facebook", "mastodon", "instagram")
LOOK_AGAIN_S = 0.5


@dataclass(frozen=True, slots=True)
class Line:
    """One post of the week. `at_s` counts seconds from now: below 0 it is past, else it arrives that long after the start."""

    at_s: float
    post: dict[str, Any]

    def written(self, zero: datetime) -> str:
        """The post as one line for its file, with the time it has when second 0 is the aware instant `zero`."""
        author = self.post["author"]
        line = {
            "id": self.post["id"],
            "created_at": (zero + timedelta(seconds=self.at_s)).astimezone(UTC).isoformat(timespec="milliseconds"),
            "text": self.post["text"],
            "author_handle": author["handle"],
            "author_id": author["id"],
            "author_name": author["name"],
            "followers": author["followers"],
            "url": f"https://{self.post['platform']}.example/{author['handle']}/{self.post['id']}",
            "lang": self.post.get("lang"),
            "platform": self.post["platform"],
            "kind": self.post["kind"],
            "in_reply_to": self.post.get("in_reply_to"),
            "voice": self.post.get("voice", "public"),
        }
        return json.dumps({key: value for key, value in line.items() if value is not None}, ensure_ascii=False) + "\n"


def week(platform: str) -> list[Line]:
    """All posts of one platform in the order of their time."""
    rows = (json.loads(row) for row in (WEEK / f"{platform}.jsonl").read_text(encoding="utf-8").splitlines())
    return sorted((Line(row["at"], row) for row in rows), key=lambda line: line.at_s)


def write_whole(path: Path, text: str) -> None:
    """Put a file in place at once, so that a reader sees all of it or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def remembered(path: Path, now: datetime) -> datetime:
    """The instant kept in `path`: `now` when it is asked for the first time, the same one ever after."""
    if not path.exists():
        write_whole(path, now.isoformat())
    return datetime.fromisoformat(path.read_text(encoding="utf-8"))


def prepare(home: Path, now: datetime) -> None:
    """Write each platform's past into HOME/demo, shifted so that it ends at the first `now`; what is there already stays."""
    epoch = remembered(home / "demo" / "epoch", now)
    for platform in PLATFORMS:
        path = home / "demo" / f"{platform}.jsonl"
        if not path.exists():
            write_whole(path, "".join(line.written(epoch) for line in week(platform) if line.at_s < 0))


def already_there(path: Path) -> set[str]:
    """Ids in the file. A last line without its end, left by a writer that was killed, is cut off first: nobody has read it."""
    with path.open("rb+") as file:
        content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        file.truncate(len(whole))
    return {json.loads(row)["id"] for row in whole.decode().splitlines()}


def still_to_come(home: Path) -> list[Line]:
    """Live posts that no file has yet, in the order of their time."""
    coming = []
    for platform in PLATFORMS:
        there = already_there(home / "demo" / f"{platform}.jsonl")
        coming += [line for line in week(platform) if line.at_s >= 0 and line.post["id"] not in there]
    return sorted(coming, key=lambda line: line.at_s)


def append(path: Path, text: str) -> None:
    """Add one whole line in one write."""
    with path.open("ab", buffering=0) as file:
        file.write(text.encode())


def play(home: Path, start: datetime, seconds: Iterator[float]) -> None:
    """Append each live post once its second, counted from `start`, has come; `seconds` yields the present one and ends to stop."""
    coming = still_to_come(home)
    for second in seconds:
        while coming and coming[0].at_s <= second:
            line = coming.pop(0)
            append(home / "demo" / f"{line.post['platform']}.jsonl", line.written(start))
        if not coming:
            return


def seconds_since(start: datetime, stop: Event, parent: int) -> Iterator[float]:
    """Seconds since `start`, again and again, until told to stop or the process that started this one is gone."""
    while not stop.is_set() and os.getppid() == parent:
        yield time.time() - start.timestamp()
        stop.wait(LOOK_AGAIN_S)


def is_ready(file: Path | None, stop: Event, parent: int) -> bool:
    """Wait until `file` exists (at once when there is none to wait for); False when stopped or orphaned before."""
    while file is not None and not file.exists():
        if stop.wait(LOOK_AGAIN_S) or os.getppid() != parent:
            return False
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the verb. Returns the exit status."""
    parent, stop = os.getppid(), Event()
    parser = argparse.ArgumentParser(prog="python -m demo", description="A fictional dairy's week, past and live.")
    parser.add_argument("verb", choices=("prepare", "play"))
    parser.add_argument("--home", type=Path, default=Path("var"), help="data folder (default: var)")
    parser.add_argument("--ready", type=Path, help="play: start counting when this file exists")
    options = parser.parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    prepare(options.home, datetime.now(UTC))
    if options.verb == "play" and is_ready(options.ready, stop, parent):
        start = remembered(options.home / "demo" / "start", datetime.now(UTC))
        play(options.home, start, seconds_since(start, stop, parent))
    return 0


if __name__ == "__main__":
    sys.exit(main())
