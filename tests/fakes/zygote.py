"""A process with Czujka's imports behind it, from which a shell's `czujka` commands are forked: each then starts in a moment.

`Zygote(socket)` runs it. `shim(socket)` is the script that stands for `czujka` in a shell: it hands its arguments, folder, environment and
its three streams over and ends as the command ends. What goes on until it is stopped is started afresh, for signals must reach it.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
ENDLESS = ("run", "scheduler", "web")
MOST_BYTES = 1_000_000

_SHIM = """#!{python} -IS
import json, os, socket, sys
if set(sys.argv[1:]) & set({endless!r}):
    os.execv({python!r}, [{python!r}, "-c", "from czujka.cli import main; main()", *sys.argv[1:]])
with socket.socket(socket.AF_UNIX) as line:
    line.connect({path!r})
    asked = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(line, [len(asked).to_bytes(4)], [0, 1, 2])
    line.sendall(asked)
    sys.exit(int(line.recv(8) or b"70"))
"""


def shim(path: Path) -> str:
    """The script."""
    return _SHIM.format(python=sys.executable, endless=ENDLESS, path=str(path))


class Zygote:
    """Runs while the context lasts; ready when it is entered."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Self:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "tests.fakes.zygote", str(self.path)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.process.terminate()
        self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()


def _serve(path: str) -> None:
    """Fork for each who calls; the forked one forks again, lets that one be the command, and tells the caller how it ended."""
    import tests.fakes.ahead  # noqa: F401

    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)
        door.listen(16)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        print("ready", flush=True)  # noqa: T201
        while True:
            line, _ = door.accept()
            if os.fork() == 0:
                door.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _answer(line)
                os._exit(0)
            line.close()


def _answer(line: socket.socket) -> None:
    length, streams, _, _ = socket.recv_fds(line, 4, 3)
    asked = b""
    while len(asked) < int.from_bytes(length):
        asked += line.recv(MOST_BYTES)
    arguments, folder, environment = json.loads(asked)
    child = os.fork()
    if child == 0:
        line.close()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        os._exit(_be(arguments, folder, environment))
    _, status = os.waitpid(child, 0)
    line.sendall(str(os.waitstatus_to_exitcode(status) % 256).encode())


def _be(arguments: list[str], folder: str, environment: dict[str, str]) -> int:
    """The command itself, as `python -m czujka` would be it; its exit status."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv, sys.modules["__main__"].__package__ = ["czujka", *arguments], ""
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for as long as the process lives
    sys.stdout, sys.stderr = (open(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))  # noqa: SIM115
    from czujka.cli import main

    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except Exception:  # noqa: BLE001 - the shell is to see it
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    _serve(sys.argv[1])
