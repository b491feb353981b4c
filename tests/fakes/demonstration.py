"""The demonstration, or a configuration like it, as a process of its own, in an empty folder, with a bare environment."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
READY = "Czujka is ready: "


@dataclass
class Running:
    """`czujka run` in a process of its own."""

    folder: Path
    process: "subprocess.Popen[str]"
    address: str

    def verb(self, *words: str) -> str:
        command = [sys.executable, "-m", "czujka", *words]
        return subprocess.run(command, cwd=self.folder, env=bare(self.folder), check=True, capture_output=True, text=True).stdout

    def rows(self, *words: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.verb(*words, "--json").splitlines()]

    def mails(self) -> list[Path]:
        return sorted((self.folder / "var" / "mail").glob("*.eml"))

    def metric(self, name: str) -> float:
        """The sum of a metric's series."""
        lines = httpx.get(self.address + "/metrics").text.splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))


def bare(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT)}


@contextmanager
def running(folder: Path, *how: str, verb: str = "run") -> Iterator[Running]:
    """Start it, wait for the ready line, end it as Ctrl-C does."""
    command = [sys.executable, "-u", "-m", "czujka", verb, *how, "--port", "0"]
    with (folder / "errors").open("w") as errors:
        process = subprocess.Popen(command, cwd=folder, env=bare(folder), stdout=subprocess.PIPE, stderr=errors, text=True)
    assert process.stdout is not None
    line = next((line for line in process.stdout if line.startswith(READY)), None)
    assert line is not None, (folder / "errors").read_text()
    try:
        yield Running(folder, process, line.removeprefix(READY).strip().split("/sign-in")[0].removesuffix("/metrics"))
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode == 0, (folder / "errors").read_text()


def wait_until(is_so: Callable[[], object], within_s: float) -> None:
    """Look again until it is so."""
    end = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < end, "it did not come to pass in time"
        threading.Event().wait(0.5)
