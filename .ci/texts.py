"""Looks through every committed text for what must not stand there: hosts of package registries, paths of one machine, leftovers."""

import re
import subprocess
import sys
from pathlib import Path

BINARY = {".onnx", ".png", ".ico", ".npz", ".gz"}
FORBIDDEN = {
    "a registry's host or index": re.compile(
        r"pyth[o]nhosted|p[y]pi[.][a-z]|registry[.]n[p]m|deb[.]deb[i]an|--(?:extra-)?ind[e]x-url", re.I
    ),
    "a path of one machine": re.compile(r"(?<![\w.$}])/(?:w[o]rk|r[o]ot|home/[a-z]+)/"),
    "a leftover": re.compile(r"\b(?:TO[D]O|FIX[M]E|X{3})\b|NotImplemented[E]rror|mark\.(?:sk[i]p|xf[a]il)|pytest\.(?:sk[i]p|xf[a]il)"),
}


def main() -> int:
    """Name every line that holds what is forbidden."""
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], check=True, capture_output=True, text=True).stdout.splitlines()
    found = [
        f"{name}:{number}: {what}"
        for name in names
        if Path(name).suffix not in BINARY and Path(name).is_file()
        for number, line in enumerate(Path(name).read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        for what, pattern in FORBIDDEN.items()
        if pattern.search(line)
    ]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
