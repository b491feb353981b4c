"""Reads a policy: a folder of Markdown files, one clause each, with front matter in YAML. Nothing is taken from a folder with a fault.

---
id: POL-03
title: { pl: Jawność, en: Disclosure }
owner: compliance                      # an office
watcher: compliance
reviewers: [legal, hr]
applies_to: [personal, executive]
detected_by: [policy.undisclosed]      # or: manual
consequence: { pl: …, en: … }
scale: [talk, warning]                 # which consequences fit; the whole scale when it is not written
---
## Polski
Paragraphs, and lists of lines that begin with "- ".
### Wolno
- (finance) An example of one industry; without brackets it holds in all.
### Nie wolno
## English
### Allowed
### Not allowed
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.cases import Consequence
from core.errors import ConfigError
from core.policy import Applies, Clause, Example, Wording

STARTER = Path(__file__).parent / "starter"
LANGUAGES = {"Polski": "pl", "English": "en"}
EXAMPLES = {"Wolno": True, "Nie wolno": False, "Allowed": True, "Not allowed": False}
INDUSTRIES = ("finance", "healthcare", "technology", "retail")
_LOST = "?"
_NOT_SHOWN = re.compile(r"(\||>|```|~~~|<|\d+\. |\* |#)")
_INDUSTRY = re.compile(r"\((\w+)\) ")

Tongue = Annotated[str, Field(pattern=r"^(pl|en)$")]
Words = Annotated[str, Field(min_length=1, max_length=500)]
Office = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, and how to mend it."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


@dataclass(frozen=True, slots=True)
class Read:
    """A clause with the lines on which its keys and headings stand."""

    clause: Clause
    file: str
    lines: Mapping[str, int]

    def line(self, key: str) -> int:
        """The line of a key, 1 when it is not written."""
        return self.lines.get(key, 1)


class Front(BaseModel):
    """The front matter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[A-Z]{2,8}-[0-9]{2,4}$")]
    title: dict[Tongue, Words]
    owner: Office
    watcher: Office
    reviewers: Annotated[tuple[Office, ...], Field(min_length=1)]
    applies_to: Annotated[tuple[Applies, ...], Field(min_length=1)]
    detected_by: Literal["manual"] | Annotated[tuple[str, ...], Field(min_length=1)]
    consequence: dict[Tongue, Words]
    retired: bool = False
    scale: tuple[Consequence, ...] = ()


def read_folder(folder: Path) -> tuple[Read, ...]:
    """All clauses by id. Raises ConfigError that lists every fault: file:line, what, how to mend it."""
    reads, problems = try_folder(folder)
    if problems:
        raise refusal(problems)
    return reads


def refusal(problems: Sequence[Problem]) -> ConfigError:
    """All faults in one error, one a line."""
    told = "\n".join(f"  {problem}" for problem in problems)
    return ConfigError(f"the policy has {len(problems)} {'fault' if len(problems) == 1 else 'faults'}\n{told}", reason="policy_invalid")


def try_folder(folder: Path) -> tuple[tuple[Read, ...], list[Problem]]:
    """All clauses that can be read, and all faults. Raises ConfigError: no such folder, or nothing in it."""
    if not folder.is_dir():
        raise ConfigError(f"{folder}: there is no such folder; `czujka policy init {folder}` writes a starter policy", reason="no_policy")
    files = sorted(folder.glob("*.md"), key=lambda path: path.name)
    files = [path for path in files if path.name.lower() != "readme.md"]
    if not files:
        raise ConfigError(f"{folder}: no clause is here; `czujka policy init {folder}` writes a starter policy", reason="no_policy")
    reads: list[Read] = []
    problems: list[Problem] = []
    for path in files:
        one, found = read_clause(path)
        problems += found
        reads += [one] if one is not None else []
    problems += _doubles(reads)
    return tuple(sorted(reads, key=lambda one: one.clause.id)), problems


def fingerprint(folder: Path) -> str:
    """Names the exact content of a folder's files: 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.md"), key=lambda path: path.name):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _doubles(reads: Sequence[Read]) -> Iterator[Problem]:
    first: dict[str, Read] = {}
    for one in reads:
        other = first.setdefault(one.clause.id, one)
        if other is not one:
            what = f"id: {one.clause.id} is taken by {other.file}; ids are permanent, so give the newer clause the next free one"
            yield Problem(one.file, one.line("id"), what)


def read_clause(path: Path) -> tuple[Read | None, list[Problem]]:
    """One file: the clause, or what is wrong with it."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        return None, [Problem(path.name, 1, f"cannot be read as UTF-8: {error}")]
    end = next((index for index, line in enumerate(lines[1:], start=1) if line.rstrip() == "---"), None)
    if not lines or lines[0].rstrip() != "---" or end is None:
        return None, [Problem(path.name, 1, "front matter was expected: a line `---`, keys such as `id: POL-03`, a line `---`")]
    front, places, problems = _front(path.name, "\n".join(lines[1:end]))
    if front is None:
        return None, problems
    body, found = _Body(path.name, lines, end + 1).read()
    problems += found
    words = {
        language: Wording(
            title=front.title.get(language, ""), consequence=front.consequence.get(language, ""), text=text, examples=examples
        )
        for language, (text, examples) in body.items()
    }
    labels = () if front.detected_by == "manual" else tuple(front.detected_by)
    clause = Clause(
        id=front.id,
        owner=front.owner,
        watcher=front.watcher,
        reviewers=front.reviewers,
        applies_to=front.applies_to,
        detected_by=labels,
        retired=front.retired,
        scale=front.scale,
        words=words,
    )
    return Read(clause, path.name, places), problems


def _front(file: str, text: str) -> tuple[Front | None, dict[str, int], list[Problem]]:
    """The front matter, the line of each key, what is wrong with it. Its first line is the file's second."""
    try:
        node = yaml.compose(text, yaml.SafeLoader)
        values = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or str(error)
        return None, {}, [Problem(file, mark.line + 2 if mark else 2, f"the front matter is not YAML: {said}")]
    if not isinstance(node, yaml.MappingNode) or not isinstance(values, dict):
        return None, {}, [Problem(file, 2, "the front matter must be keys and values, such as `id: POL-03`")]
    places: dict[str, int] = {}
    problems = []
    for key, _ in node.value:
        if key.value in places:
            problems.append(Problem(file, key.start_mark.line + 2, f"{key.value}: stands here twice; keep one"))
        places.setdefault(key.value, key.start_mark.line + 2)
    if problems:
        return None, places, problems
    try:
        return Front.model_validate(values), places, []
    except ValidationError as error:
        return None, places, list(_told(error, file, places))


def _told(error: ValidationError, file: str, places: Mapping[str, int]) -> Iterator[Problem]:
    said: set[str] = set()
    for detail in error.errors():
        key = str(detail["loc"][0]) if detail["loc"] else ""
        if key in said:
            continue
        said.add(key)
        yield Problem(file, places.get(key, 1), f"{key}: {_mend(key, detail)}")


_EXPECTED = {
    "id": "letters, a hyphen and a number were expected, such as POL-03",
    "title": "a title in each language was expected: { pl: …, en: … }",
    "consequence": "what follows, in each language, was expected: { pl: …, en: … }",
    "owner": "an office was expected, such as legal",
    "watcher": "an office was expected, such as compliance: who looks whether it is kept",
    "reviewers": "offices were expected, such as [legal, pr]",
    "applies_to": "some of official, personal and executive were expected, such as [official, personal]",
    "detected_by": "labels were expected, such as [policy.insult], or the word manual",
    "retired": "true or false was expected",
    "scale": f"some of {', '.join(Consequence)} were expected: which consequences fit this clause",
}


def _mend(key: str, detail: Any) -> str:
    if detail["type"] == "extra_forbidden":
        near = get_close_matches(key, _EXPECTED, n=1)
        return f"unknown key; did you mean {near[0]!r}?" if near else f"unknown key (there are: {', '.join(_EXPECTED)})"
    expected = _EXPECTED.get(key, str(detail["msg"]))
    return f"is missing; {expected}" if detail["type"] == "missing" else expected


class _Body:
    """What stands below the front matter: a heading for each language, in it the text, then the examples."""

    def __init__(self, file: str, lines: Sequence[str], start: int) -> None:
        self._file, self._lines, self._start = file, lines, start
        self._problems: list[Problem] = []
        self._texts: dict[str, list[str]] = {}
        self._examples: dict[str, list[Example]] = {}
        self._language = ""
        self._allowed: bool | None = None
        self._is_text = True

    def read(self) -> tuple[dict[str, tuple[str, tuple[Example, ...]]], list[Problem]]:
        for number, line in enumerate(self._lines[self._start :], start=self._start + 1):
            self._line(number, line.rstrip())
        found = {name: ("\n".join(text).strip(), tuple(self._examples[name])) for name, text in self._texts.items() if name != _LOST}
        return {name: (re.sub(r"\n{3,}", "\n\n", text), examples) for name, (text, examples) in found.items()}, self._problems

    def _line(self, number: int, line: str) -> None:
        if line.startswith("## "):
            self._open_language(number, line[3:].strip())
        elif line.startswith("### "):
            self._open_examples(number, line[4:].strip())
        elif _NOT_SHOWN.match(line):
            self._fault(number, f"{line[:20]!r}: the pages show paragraphs and lists of lines with `- ` alone; write it so")
        elif self._allowed is not None:
            self._example(number, line)
        elif self._language and self._is_text:
            self._texts[self._language].append(line)
        elif line and self._is_text:
            self._fault(number, "text before the first language; begin with `## Polski` or `## English`")

    def _open_language(self, number: int, name: str) -> None:
        self._language, self._allowed, self._is_text = LANGUAGES.get(name, _LOST), None, True
        if self._language == _LOST:
            self._fault(number, f"`## {name}`: `## Polski` or `## English` was expected")
        elif self._language in self._texts:
            self._fault(number, f"`## {name}` stands here twice; join the two")
        self._texts.setdefault(self._language, [])
        self._examples.setdefault(self._language, [])

    def _open_examples(self, number: int, name: str) -> None:
        self._allowed, self._is_text = EXAMPLES.get(name), False
        if self._allowed is None or not self._language:
            self._fault(number, f"`### {name}`: one of {', '.join(f'`### {one}`' for one in EXAMPLES)} was expected, below a language")
            self._allowed = None

    def _example(self, number: int, line: str) -> None:
        examples = self._examples[self._language]
        if line.startswith("- "):
            industry = _INDUSTRY.match(line[2:])
            if industry and industry[1] not in INDUSTRIES:
                self._fault(number, f"({industry[1]}): an industry was expected: {', '.join(INDUSTRIES)}")
            text = line[2 + len(industry[0]) :] if industry else line[2:]
            examples.append(Example(allowed=bool(self._allowed), text=text.strip(), industry=industry[1] if industry else ""))
        elif line.strip() and examples and line.startswith("  "):
            last = examples.pop()
            examples.append(Example(allowed=last.allowed, text=f"{last.text} {line.strip()}", industry=last.industry))
        elif line.strip():
            self._fault(number, "an example was expected: a line that begins with `- `")

    def _fault(self, number: int, what: str) -> None:
        self._problems.append(Problem(self._file, number, what))
