"""Packs with faults are told by file, line and mend; a running service keeps the rules it has until they are mended."""

import ast
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest

from classifiers import rules
from classifiers.rules.cases import CASE_CONTEXT
from classifiers.rules.engine import RuleEngine
from classifiers.rules.lines import line_of
from classifiers.rules.pack import HOME, load_packs
from classifiers.rules.watch import PackWatch
from classifiers.understand import Classifiers
from core.errors import ConfigError
from core.settings import Settings
from core.types import Author, Item, ItemKind, Reading, Scope, Voice
from czujka.doctor import packs
from czujka.house import House, open_http
from czujka.pipeline import classify
from storage import Store
from storage.items import Arrival

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
RULE = "packs/leak/leak.codename.full.yaml"
SPARE = """id: leak.codename.spare
version: 1
status: live
label: leak.codename
any:
  - patterns:
      - {regex: 'XX'}
because: {pl: "Nazwa kodowa na zewnątrz.", en: "A code name is seen outside."}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A copy of the packs that a test may spoil."""
    copytree(HOME / "packs", tmp_path / "packs")
    copytree(HOME / "lists", tmp_path / "lists")
    return tmp_path


def spare(home: Path, **changes: str) -> Path:
    """One more rule, with a change or two."""
    path, text = home / "packs/leak/leak.codename.spare.yaml", SPARE
    for old, new in changes.items():
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"XX": "(?<=a)b"}, "leak.codename.spare.yaml:7: any.0.patterns.0.regex"),
        ({"XX": "(a"}, "leak.codename.spare.yaml:7: any.0.patterns.0.regex"),
        ({"XX": r"(a)\1"}, "RE2 cannot take this pattern"),
        (
            {"leak.codename\n": "leak.codname\n"},
            "leak.codename.spare.yaml:4: label: Value error, unknown label 'leak.codname'; did you mean",
        ),
        ({"live": "alive"}, "leak.codename.spare.yaml:3: status"),
        ({"leak.codename.spare": "leak.codename.full"}, "leak.codename.spare.yaml:1: id:"),
        ({"regex: 'XX'": "regex: 'a', validator: luck"}, "leak.codename.spare.yaml:7: any.0.patterns.0.validator"),
        ({"  - patterns:\n      - {regex: 'XX'}": "  - lists: [nowhere]"}, "leak.codename.spare.yaml:6: lists: no list 'nowhere'; known:"),
    ],
)
def test_a_fault_is_told_by_file_line_and_mend(home: Path, changes: dict[str, str], told: str) -> None:
    spare(home, **changes)
    with pytest.raises(ConfigError) as raised:
        load_packs(home)
    assert told in str(raised.value)


def test_a_fault_that_has_no_line_is_told_at_the_first() -> None:
    assert line_of("a: 1\nb: [1, 2]\n", ("b", 1)) == 2
    assert line_of("a: 1\nb:\n  - 1\n  - 2\n", ("b", 1)) == 4
    assert line_of("a: 1\n", ("missing",)) == 1
    assert line_of("", ("a",)) == 1


def test_nested_repeats_are_read_in_linear_time(home: Path) -> None:
    spare(home, XX="(a+)+$")
    engine = RuleEngine(load_packs(home), CASE_CONTEXT)
    assert engine.read(Reading(text="a" * 100_000 + "!", scope=Scope.MENTION), "pl", None) == ()


@pytest.fixture
def house(home: Path, tmp_path: Path) -> Iterator[House]:
    settings = Settings.model_validate({"company": {"name": "Mleczarnia Polna"}})
    classifiers = Classifiers(RuleEngine(load_packs(home), CASE_CONTEXT))
    store = Store.open(f"sqlite:///{tmp_path / 'czujka.db'}")
    built = House(settings, store, classifiers, open_http(settings), "secret", clock=lambda: NOW, packs=PackWatch(home))
    yield built
    built.close()


def said(house: House, number: int, text: str = "o Projekcie Bursztyn") -> list[str]:
    """Collect one post and read it; the detectors that spoke."""
    author = Author(id="a", handle="a", followers=1)
    made = Item(
        platform="x", external_id=f"post-{number}", kind=ItemKind.POST, text=text, voice=Voice.PUBLIC, created_at=NOW, author=author
    )
    house.store.items.add([Arrival(item=made, source_id="x", brand="polna", scope=Scope.MENTION, may_page=True, collected_at=NOW)], NOW)
    classify(house)
    newest = house.store.assessing.load(100, NOW, house.settings.alerting).items[-1]
    return [found.detector for found in newest.findings]


def test_a_spoilt_pack_leaves_the_old_rules_in_force_and_the_doctor_says_so(house: House, home: Path) -> None:
    before, text = said(house, 1), (home / RULE).read_text(encoding="utf-8")
    assert any(name.startswith("leak.codename.full@") for name in before)
    assert list(packs(home)) == []
    (home / RULE).write_text(text.replace("label: leak.codename", "label: leak.nothing"), encoding="utf-8")
    assert said(house, 3) == before, "the old rule still speaks"
    assert "leak.codename.full.yaml:" in house.packs.fault and "leak.nothing" in house.packs.fault
    [ill] = packs(home)
    assert ill.kind == "rules" and "old rules stay in force" in ill.detail and "leak.codename.full.yaml:" in ill.detail


def test_a_mended_pack_comes_into_force_without_a_restart(house: House, home: Path) -> None:
    text = (home / RULE).read_text(encoding="utf-8")
    version = house.classifiers.version
    (home / RULE).write_text("id: [", encoding="utf-8")
    said(house, 1)
    assert house.classifiers.version == version
    (home / RULE).write_text(text.replace("version: ", "version: 7"), encoding="utf-8")
    assert any(name.startswith("leak.codename.full@7") for name in said(house, 2))
    assert house.packs.fault == "" and house.classifiers.version != version


def test_unchanged_packs_are_not_read_again(home: Path) -> None:
    watch = PackWatch(home)
    assert watch.renewed(CASE_CONTEXT) is None
    os.utime(home / RULE, ns=(1, 1))
    assert watch.renewed(CASE_CONTEXT) is not None
    assert watch.renewed(CASE_CONTEXT) is None


def test_nothing_at_match_time_calls_re() -> None:
    """Only RE2 and the automaton see a post: no file of the engine imports or calls Python's own regular expressions."""
    home = Path(rules.__file__).parent
    for path in sorted(home.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        names |= {(node.module or "").split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        names |= {node.args[0].value for node in ast.walk(tree) if _imports_by_name(node)}  # type: ignore[attr-defined]
        assert not names & {"re", "regex", "sre_compile", "fnmatch"}, path.name


def _imports_by_name(node: ast.AST) -> bool:
    called = isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in ("__import__", "import_module")
    return called and bool(node.args) and isinstance(node.args[0], ast.Constant)  # type: ignore[attr-defined]
