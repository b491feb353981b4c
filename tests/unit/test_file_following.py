"""Following files while others write them: nothing is lost and nothing comes twice."""

import json
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collector.base import Asking
from collector.file import Settings, collect
from core.errors import BadResponse, Gone
from core.http import Http
from core.types import Json, Page
from tests.unit.exports import NOW, written


class Followed:
    """A source that is polled as the pipeline does it, with its cursor going through JSON."""

    def __init__(self, path: Path, **more: object) -> None:
        self.settings = Settings(id="f", kind="file", path=path, **more)
        self.cursor: Json | None = None
        self.now = NOW
        self.pages: list[Page] = []

    def poll(self) -> list[str]:
        found: list[str] = []
        for _ in range(200):
            page = collect(self.settings, self.cursor, Asking(http=self.http, now=self.now))
            self.cursor = json.loads(json.dumps(page.cursor))
            self.pages.append(page)
            found += [item.external_id for item in page.items]
            if not page.more:
                return found
        raise AssertionError("there is always more")

    http = Http()


def line(number: int, text: str = "tekst") -> str:
    return json.dumps({"id": f"p{number}", "text": f"{text} {number}"}) + "\n"


def fresh(path: Path) -> None:
    """Just written, by the clock of the tests."""
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))


def test_a_growing_file_is_read_on_from_where_it_ended(tmp_path: Path) -> None:
    path = written(tmp_path, line(1) + line(2), "a.jsonl")
    source = Followed(path)
    assert source.poll() == ["p1", "p2"]
    assert source.poll() == []
    with path.open("a") as file_:
        file_.write(line(3))
    assert source.poll() == ["p3"]


def test_half_a_line_is_left_until_it_is_whole(tmp_path: Path) -> None:
    path = written(tmp_path, line(1) + line(2)[:12], "a.jsonl")
    fresh(path)
    source = Followed(path)
    assert source.poll() == ["p1"]
    with path.open("a") as file_:
        file_.write(line(2)[12:-1])
    fresh(path)
    assert source.poll() == []
    with path.open("a") as file_:
        file_.write("\n" + line(3))
    assert source.poll() == ["p2", "p3"]
    assert [page.rejected for page in source.pages] == [()] * 3


def test_a_last_line_without_its_end_is_read_when_the_file_rests_but_half_json_never(tmp_path: Path) -> None:
    whole, half = written(tmp_path, line(1)[:-1], "a.jsonl"), written(tmp_path, line(1) + line(2)[:9], "b.jsonl")
    for path, wanted in ((whole, ["p1"]), (half, [])):
        fresh(path)
        source = Followed(path)
        source.poll()
        source.now = NOW + timedelta(minutes=2)
        assert source.poll() == wanted
        assert source.poll() == []
        assert all(page.rejected == () for page in source.pages)


def test_pages_hold_five_hundred_at_most_and_there_is_more_while_there_is_more(tmp_path: Path) -> None:
    source = Followed(written(tmp_path, "".join(line(number) for number in range(1_201)), "a.jsonl"))
    assert source.poll() == [f"p{number}" for number in range(1_201)]
    assert [(len(page.items), page.more) for page in source.pages] == [(500, True), (500, True), (201, False)]


def test_a_writer_at_work_loses_and_doubles_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, "", "a.jsonl")
    source = Followed(path)
    found: list[str] = []

    def write() -> None:
        with path.open("ab", buffering=0) as file_:
            for number in range(400):
                content = line(number, "zażółć").encode()
                file_.write(content[: number % 30])
                file_.write(content[number % 30 :])

    writer = threading.Thread(target=write)
    writer.start()
    while writer.is_alive():
        source.now = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        found += source.poll()
    writer.join()
    found += source.poll()
    assert found == [f"p{number}" for number in range(400)]
    assert all(page.rejected == () for page in source.pages)


def test_rotation_by_renaming_reads_the_rest_of_the_old_file_first(tmp_path: Path) -> None:
    path = written(tmp_path, line(1), "a.jsonl")
    source = Followed(path)
    assert source.poll() == ["p1"]
    with path.open("a") as file_:
        file_.write(line(2) + line(3))
    path.rename(tmp_path / "a.jsonl.1")
    written(tmp_path, line(4), "a.jsonl")
    assert source.poll() == ["p2", "p3", "p4"]
    assert source.poll() == []


@pytest.mark.parametrize("content", [line(5), line(5) + line(6) + line(7) + line(8)], ids=["shorter", "longer"])
def test_a_truncated_file_is_read_from_its_beginning(tmp_path: Path, content: str) -> None:
    path = written(tmp_path, line(1) + line(2), "a.jsonl")
    source = Followed(path)
    source.poll()
    with path.open("r+") as file_:
        file_.truncate(0)
        file_.write(content)
    assert source.poll() == [f"p{number}" for number in (range(5, 6) if content == line(5) else range(5, 9))]


def test_a_changed_table_gives_what_is_new_or_changed(tmp_path: Path) -> None:
    path = written(tmp_path, "id,text\n1,a\n2,b\n")
    source = Followed(path)
    assert source.poll() == ["1", "2"]
    assert source.poll() == []
    written(tmp_path, "id,text\n3,nowy\n1,a\n2,zmieniony\n")
    assert source.poll() == ["3", "2"]


def test_a_folder_is_read_by_its_pattern_and_one_bad_file_stops_nobody(tmp_path: Path) -> None:
    source = Followed(tmp_path / "*.csv")
    assert source.poll() == []
    written(tmp_path, "id,text\n1,a\n", "a.csv")
    written(tmp_path, "kolor\nczerwony\n", "b.csv")
    written(tmp_path, "id,text\n3,c\n", "c.csv")
    assert source.poll() == ["1", "3"]
    assert source.poll() == []
    assert [bad.reason for page in source.pages for bad in page.rejected] == ["no_text_column"]


def test_a_file_that_is_not_there_is_gone(tmp_path: Path) -> None:
    with pytest.raises(Gone, match="as soon as it appears"):
        Followed(tmp_path / "none.csv").poll()
    with pytest.raises(Gone, match="create it"):
        Followed(tmp_path / "nowhere" / "*.csv").poll()
    with pytest.raises(BadResponse, match="is a folder"):
        Followed(tmp_path).poll()
