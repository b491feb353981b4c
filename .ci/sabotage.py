"""Breaks the code one line at a time, in a scratch copy, and demands that the named tests notice.

A break is caught when pytest ends with failed tests (exit 1); a run that could not collect or found no test counts as not caught.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).resolve().parents[1]
WORKERS = 2
LONGEST_S = 1800


@dataclass(frozen=True, slots=True)
class Sabotage:
    """One break: `was` stands exactly once in `file`."""

    name: str
    file: str
    was: str
    becomes: str
    tests: tuple[str, ...]


def sabotages() -> list[Sabotage]:
    """The list, checked: every `was` is there exactly once, every test file exists."""
    rows = tomllib.loads((ROOT / ".ci" / "sabotage.toml").read_text(encoding="utf-8"))["sabotage"]
    found = [Sabotage(row["name"], row["file"], row["was"], row["becomes"], tuple(row["tests"])) for row in rows]
    stale = [f"{one.name}: {one.file}" for one in found if (ROOT / one.file).read_text(encoding="utf-8").count(one.was) != 1]
    stale += [f"{one.name}: {test}" for one in found for test in one.tests if not (ROOT / test.split("::")[0]).exists()]
    if stale:
        sys.exit("stale entries in .ci/sabotage.toml:\n" + "\n".join(stale))
    return found


def copied(home: Path) -> Path:
    """A copy of what git knows or would know, with the shared folder beside it; compiled once, held against each source's hash at every
    import, so that a broken line counts and the others cost nothing."""
    home.mkdir()
    copy = home / "czujka"
    listing = ["git", "ls-files", "-co", "--exclude-standard"]
    for name in subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines():
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    if (ROOT.parent / "shared").exists():
        (home / "shared").symlink_to(ROOT.parent / "shared")
    subprocess.run([sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "checked-hash", str(copy)], check=True)
    return copy


def tested(copy: Path, tests: tuple[str, ...], *spread: str) -> int:
    """pytest's exit status for these tests in the copy; the copy's modules are the ones that run."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--ignore=tests/train", *spread, *tests]
    with (copy.parent / "log").open("w") as log:
        return subprocess.run(command, cwd=copy, env=environment, stdout=log, stderr=log, check=False, timeout=LONGEST_S).returncode


def caught(one: Sabotage, copies: "Queue[Path]", *, whole: bool) -> tuple[Sabotage, bool, float]:
    """Break, test, mend."""
    copy = copies.get()
    target = copy / one.file
    sound = target.read_text(encoding="utf-8")
    started = time.monotonic()
    try:
        target.write_text(sound.replace(one.was, one.becomes), encoding="utf-8")
        status = tested(copy, ("tests",) if whole else one.tests)
    finally:
        target.write_text(sound, encoding="utf-8")
        copies.put(copy)
    verdict = "caught" if status == 1 else f"NOT CAUGHT (pytest exit {status})"
    print(f"{verdict:<12} {one.name}  ({one.file}, {time.monotonic() - started:.0f} s)", flush=True)
    return one, status == 1, time.monotonic() - started


def main() -> int:
    """Try them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--whole", action="store_true", help="run the whole suite for each")
    parser.add_argument("names", nargs="*", help="only those whose name holds one of these")
    options = parser.parse_args()
    chosen = [one for one in sabotages() if not options.names or any(name in one.name for name in options.names)]
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="czujka-sabotage-") as folder:
        copies: Queue[Path] = Queue()
        for number in range(WORKERS):
            copies.put(copied(Path(folder) / str(number)))
        first = copies.get()
        where = subprocess.run(
            [sys.executable, "-c", "import core; print(core.__file__)"],
            cwd=first,
            env={**os.environ, "PYTHONPATH": str(first)},
            check=True,
            capture_output=True,
            text=True,
        )
        if not Path(where.stdout.strip()).is_relative_to(first):
            sys.exit(f"the copy's modules are not the ones that run: {where.stdout}")
        if tested(first, tuple(dict.fromkeys(test for one in chosen for test in one.tests)), "-n", "2", "--dist=loadfile"):
            sys.exit("the named tests fail without any sabotage:\n" + (first.parent / "log").read_text()[-3000:])
        copies.put(first)
        with ThreadPoolExecutor(WORKERS) as pool:
            results = list(pool.map(lambda one: caught(one, copies, whole=options.whole), chosen))
    count = sum(was_caught for _, was_caught, _ in results)
    print(f"{count} of {len(results)} caught in {time.monotonic() - started:.0f} s")
    return 0 if count == len(results) else 1


if __name__ == "__main__":
    sys.exit(main())
