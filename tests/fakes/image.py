"""Builds deploy/Dockerfile without an engine: its steps, one after the other, in a folder and an almost empty environment.

What stands for what: the container's root is a folder, so each absolute path that the file itself makes (`PLACES`) lies inside it; the
base image's Python is the one that runs the tests; the user 10001 is whoever runs them. COPY takes only what .dockerignore lets through
and what git would commit. Arguments stay unset. From outside come only the settings by which pip finds its index.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PLACES = ("/opt/czujka", "/build", "/app", "/var/lib/czujka")
FROM_OUTSIDE = re.compile(r"PIP_.*|SSL_CERT_FILE|(https?|no)_proxy", re.I)
_CONTINUED = re.compile(r"\\\n\s*")


@dataclass(frozen=True)
class Step:
    """One instruction and its argument."""

    verb: str
    argument: str


def steps(dockerfile: str) -> list[Step]:
    """All instructions, in order; comments fall away, continued lines are one."""
    lines = [line for line in dockerfile.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    whole = _CONTINUED.sub(" ", "\n".join(lines))
    return [Step(*line.split(maxsplit=1)) for line in whole.splitlines()]


def let_through(root: Path) -> set[str]:
    """The files that a build sees: those that git has or would take, less what .dockerignore keeps out (its form here: `*` and `!name`)."""
    rules = [line for line in (root / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    allowed = tuple(line[1:] for line in rules if line.startswith("!"))
    if rules[0] != "*" or not all(rule.startswith(("!", "**/", "*")) for rule in rules):
        raise ValueError(".dockerignore has a rule that this reader does not know")
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=root, check=True, capture_output=True, text=True)
    return {name for name in listed.stdout.splitlines() if any(name == one or name.startswith(f"{one}/") for one in allowed)}


@dataclass
class Image:
    """What the steps leave behind: a root folder, an environment, a working directory, the command, the health check."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    workdir: str = "/"
    shell: list[str] = field(default_factory=lambda: ["/bin/sh", "-c"])
    user: str = "root"
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)

    def place(self, text: str) -> str:
        """A text with the container's paths and its user turned into ours."""
        for path in PLACES:
            text = re.sub(rf"(?<![\w./]){re.escape(path)}(?![\w.-])", str(self.root) + path, text)
        return text.replace("-o 10001 -g 10001", f"-o {os.getuid()} -g {os.getgid()}")

    def path(self, inside: str) -> Path:
        absolute = inside if inside.startswith("/") else f"{self.workdir.rstrip('/')}/{inside}"
        return Path(self.place(absolute.rstrip("/") or "/"))

    def variables(self) -> dict[str, str]:
        """The whole environment of a step: the image's own, after a base image's PATH."""
        base = {"PATH": f"{self.root}/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self.root / "tmp")}
        return base | {name: self.place(value) for name, value in self.environment.items()}

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run something as the image would."""
        placed = [self.place(word) for word in command]
        return subprocess.run(placed, cwd=self.path("."), env=self.variables(), check=False, capture_output=True, text=True)


def build(repository: Path, root: Path) -> Image:
    """Take every step. Raises AssertionError naming the one that fails, and what it said."""
    image, seen = _base(root), let_through(repository)
    for step in steps((repository / "deploy" / "Dockerfile").read_text(encoding="utf-8")):
        match step.verb:
            case "FROM":
                fresh = _base(root)
                image.environment, image.shell, image.workdir, image.user = fresh.environment, fresh.shell, "/", "root"
            case "SHELL":
                image.shell = json.loads(step.argument)
            case "WORKDIR":
                image.workdir = step.argument
                image.path(".").mkdir(parents=True, exist_ok=True)
            case "COPY":
                _copy(image, repository, seen, step.argument)
            case "RUN":
                _run(image, step.argument)
            case "ENV":
                image.environment |= dict(_pairs(step.argument))
            case "USER":
                image.user = step.argument
            case "CMD":
                image.command = json.loads(step.argument)
            case "HEALTHCHECK":
                image.health = json.loads(step.argument.split(" CMD ", 1)[1])
            case "VOLUME" | "EXPOSE" | "ARG":
                continue
            case unknown:
                raise AssertionError(f"this reader does not know {unknown}")
    return image


def _base(root: Path) -> Image:
    """A root with a Python in /usr/local/bin, as in the base image."""
    python = root / "usr" / "local" / "bin" / "python"
    if not python.exists():
        python.parent.mkdir(parents=True)
        (root / "tmp").mkdir()
        interpreter = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
        python.symlink_to(interpreter)
    return Image(root)


def _pairs(argument: str) -> Iterator[tuple[str, str]]:
    for word in shlex.split(argument):
        name, _, value = word.partition("=")
        yield name, value


def _run(image: Image, argument: str) -> None:
    outside = {name: value for name, value in os.environ.items() if FROM_OUTSIDE.fullmatch(name)}
    ran = subprocess.run(
        [*image.shell, image.place(argument)],
        cwd=image.path("."),
        env=outside | image.variables(),
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, f"RUN {argument}\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}"


def _copy(image: Image, repository: Path, seen: set[str], argument: str) -> None:
    """A file or a folder's content, as COPY does; --from another step is there already, for all steps share one root."""
    words = shlex.split(argument)
    if words[0].startswith("--from="):
        assert image.path(words[1]).exists() and words[1] == words[2], f"COPY {argument}: nothing there"
        return
    source, target = words[0].rstrip("/"), words[1]
    names = {name for name in seen if name == source or name.startswith(f"{source}/")}
    assert names, f"COPY {argument}: the build does not see {source}"
    for name in names:
        inner = name.removeprefix(source).lstrip("/")
        place = image.path(target) / (inner or (Path(source).name if target.endswith("/") else ""))
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(repository / name, place)
