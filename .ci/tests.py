"""Runs every test and says what was not run: under CI a skip, an expected failure or a deselected test is a failure.

A long run ends with the table of all deaths, place by place, and fails when it is not as it should be.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

SPREAD = ("-n", "3", "--dist=loadfile", "--no-loadscope-reorder")
"""Three at a time on two cores, for many wait for servers. A file's tests share what it has set up, so they stay together; files come in
the order in which they were collected."""
TOLL = Path(".cache/toll.jsonl")
UNRUN = re.compile(r"(\d+) (skipped|xfailed|xpassed|deselected)")


def main() -> int:
    """Run pytest, print its lines as they come, and judge its closing line."""
    command = [sys.executable, "-m", "pytest", "tests", "--ignore=tests/train", "-q", "--durations=15", *SPREAD]
    TOLL.parent.mkdir(exist_ok=True)
    TOLL.unlink(missing_ok=True)
    environment = {**os.environ, "CZUJKA_TOLL": str(TOLL.resolve())}
    process = subprocess.Popen([*command, *sys.argv[1:]], stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment)
    closing = ""
    for line in process.stdout or ():
        print(line, end="", flush=True)
        closing = line if re.search(r"\d+ (passed|failed|error)", line) else closing
    status = process.wait()
    unrun = UNRUN.findall(closing)
    print(f"not run: {', '.join(f'{count} {word}' for count, word in unrun) or '0'}")
    if os.environ.get("CZUJKA_LONG") == "1":
        status = subprocess.run([sys.executable, "-m", "tests.fakes.toll", str(TOLL)], check=False).returncode or status
    return status or (1 if unrun and os.environ.get("CI") else 0)


if __name__ == "__main__":
    sys.exit(main())
