"""What deaths cost. Each test that kills notes a line for each place; `make test-long` prints them as one table and judges it.

The places are read from the code: a fail-point at which nobody is killed is found by a test (`make test`) and by the table's judge.
"""

import ast
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("core", "collector", "classifiers", "alerts", "reports", "storage", "actions", "web", "czujka")
FEWEST = 300


@dataclass(frozen=True)
class Toll:
    """At one place: how many died, what was lost, what somebody may have seen twice, and how much of that is shown as such.

    A repeat under a key by which the other side knows it (a webhook's, a status's) is no double. `where` is what was told, and by what.
    """

    place: str
    where: str
    kills: int = 0
    lost: int = 0
    doubled: int = 0
    explained: int = 0


def places() -> set[str]:
    """Every fail-point in the product's code."""
    return {place for room in ROOMS for file in (ROOT / room).rglob("*.py") for place in _reached(file)}


def _reached(file: Path) -> Iterable[str]:
    text = file.read_text(encoding="utf-8")
    if "core.failpoint" not in text:
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "reach":
            [name] = node.args
            assert isinstance(name, ast.Constant), f"{file}: a fail-point's name is a text, so that it can be found"
            yield str(name.value)


def note(tolls: Iterable[Toll]) -> None:
    """Add lines to the ledger of this run, which $CZUJKA_TOLL names; without it nothing is kept."""
    ledger = os.environ.get("CZUJKA_TOLL")
    if ledger:
        lines = "".join(json.dumps(asdict(toll)) + "\n" for toll in tolls)
        with Path(ledger).open("a", encoding="utf-8") as file:
            file.write(lines)


def read(ledger: Path) -> list[Toll]:
    """The lines, added up by place and by what was told."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for line in ledger.read_text(encoding="utf-8").splitlines() if ledger.exists() else ():
        row = json.loads(line)
        found.setdefault((row.pop("place"), row.pop("where")), Counter()).update(row)
    return [Toll(place, where, **counts) for (place, where), counts in sorted(found.items())]


def table(tolls: Sequence[Toll]) -> str:
    """For people: a line for each place, and their sum."""
    width = max([len(toll.place) for toll in tolls] + [5])
    wide = max([len(toll.where) for toll in tolls] + [5])
    rows = [(toll.place, toll.where, toll.kills, toll.lost, toll.doubled, toll.explained) for toll in tolls]
    head = ("place", "where", "kills", "lost", "doubled", "explained")
    total = ("all", "", *(sum(row[n] for row in rows) for n in (2, 3, 4, 5)))
    return "\n".join(
        f"{place:<{width}}  {where:<{wide}}  {kills!s:>5}  {lost!s:>4}  {doubled!s:>7}  {explained!s:>9}"
        for place, where, kills, lost, doubled, explained in (head, *rows, total)
    )


def wrong(tolls: Sequence[Toll], wanted: set[str]) -> list[str]:
    """What the table must not say."""
    kills, died = sum(toll.kills for toll in tolls), {toll.place for toll in tolls if toll.kills}
    return [
        *([f"only {kills} deaths, at least {FEWEST} were wanted"] if kills < FEWEST else []),
        *(f"nobody died at {place}" for place in sorted(wanted - died)),
        *(f"{toll.lost} lost at {toll.place} ({toll.where})" for toll in tolls if toll.lost),
        *(f"a double that nothing explains at {toll.place} ({toll.where})" for toll in tolls if toll.doubled != toll.explained),
    ]


def main(ledger: Path) -> int:
    """Print the table; 1 when it says something that it must not."""
    tolls = read(ledger)
    print(f"kill -9, by place:\n{table(tolls)}")  # noqa: T201 - this is what it is for
    found = wrong(tolls, places())
    print("\n".join(found) or f"0 lost, no double without its explanation, all {len(places())} fail-points")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
