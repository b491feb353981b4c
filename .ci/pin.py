"""Write constraints.txt: every package of each set, with its version and hashes, and no address.

Run it with `make pins` after a change of the dependencies in pyproject.toml. The sets are `run`, `test` and
`train`; a package stands in the first set that needs it. torch is pinned by version alone, in the Makefile: its
build differs between a machine with and without a GPU, and so does its hash.
"""

import re
import subprocess
import sys
from pathlib import Path

SETS: dict[str, list[str]] = {"run": [], "test": ["--extra", "test"], "train": ["--extra", "test", "--extra", "train"]}
CONSTRAINTS = Path("constraints.txt")
GPU_OR_UNUSED = ("nvidia-", "cuda-", "triton=", "sentence-transformers=")


def compiled(extras: list[str]) -> dict[str, str]:
    """Resolve one set and give the block of each package, by name."""
    command = ["uv", "pip", "compile", "pyproject.toml", *extras, "--universal", "--python-version", "3.11"]
    command += ["--generate-hashes", "--no-header", "--no-annotate", "--quiet", "--no-emit-index-url", "--no-emit-find-links"]
    command += ["--no-emit-package", "torch"] if "train" in extras else []
    text = subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True, text=True).stdout
    blocks = re.split(r"\n(?=\S)", text.strip())
    return {block.split(" \\", 1)[0]: block for block in blocks if not block.startswith(("#", *GPU_OR_UNUSED))}


def main() -> None:
    seen: set[str] = set()
    lines = ["# Versions and hashes of everything that is installed. Written by `make pins`; do not edit."]
    for name, extras in SETS.items():
        blocks = compiled(extras)
        lines += [f"# set: {name}", *(block for key, block in blocks.items() if key not in seen)]
        seen |= set(blocks)
    CONSTRAINTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
