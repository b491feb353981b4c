"""`czujka VERB` as a process of its own that a test may kill, forked from a process that has the imports behind it.

The process is as `python -m czujka` would make it: its own folder, environment, arguments and output, and the same `main`.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing.context import ForkServerContext
from pathlib import Path

_AHEAD = ["tests.fakes.bare", "tests.fakes.ahead"]


def from_here() -> ForkServerContext:
    """Processes that begin with imports and rules in memory; each pytest worker has one process that they are forked from."""
    start = multiprocessing.get_context("forkserver")
    start.set_forkserver_preload(_AHEAD)
    return start


class Forked:
    """Like subprocess.Popen, as far as tests need it."""

    def __init__(self, arguments: list[str], cwd: Path, env: Mapping[str, str], log: Path) -> None:
        self._process = from_here().Process(target=_live, args=(arguments, str(cwd), dict(env), str(log)))
        self._process.start()

    def wait(self, timeout: float) -> int:
        """The exit status; of a killed process the signal, negative. Raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("czujka", timeout)
        return self._process.exitcode

    def send_signal(self, sign: int) -> None:
        if self._process.pid is not None and self._process.is_alive():
            os.kill(self._process.pid, sign)


def _live(arguments: list[str], cwd: str, env: Mapping[str, str], log: str) -> None:
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, signal.default_int_handler if sign == signal.SIGINT else signal.SIG_DFL)
    sink = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
        os.dup2(sink, stream.fileno())
    sys.argv = ["czujka", *arguments]

    from czujka.cli import main

    main()
