"""What the doctor says: each sentence in Polish too, with the same names, and nothing left over; a sentence survives being copied."""

import ast
import copy
from pathlib import Path
from string import Formatter

from babel.messages.pofile import read_po

from core.i18n import Told
from czujka import doctor
from czujka.doctor import ADVICE, ROOM, say


def said() -> set[str]:
    """Every literal that doctor.py says."""
    calls = [node for node in ast.walk(ast.parse(Path(doctor.__file__).read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    own = [call for call in calls if getattr(call.func, "id", "") == "say"]
    return {call.args[0].value for call in own if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)}


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_sentence_has_its_polish_and_nothing_is_left_over() -> None:
    with (ROOM / "locale" / "pl.po").open("rb") as file:
        catalog = {str(entry.id): str(entry.string) for entry in read_po(file, locale="pl") if entry.id}
    assert len(said()) > 35
    assert set(catalog) == said()
    assert all(catalog.values())
    assert all(names(english) == names(polish) for english, polish in catalog.items())
    assert {advice.message for advice in ADVICE.values()} <= said()


def test_a_sentence_is_english_by_itself_and_polish_on_request() -> None:
    one = say("source {name}", name="x-{mentions}")
    assert (one, one.in_language("pl"), one.in_language("en")) == ("source x-{mentions}", "źródło x-{mentions}", "source x-{mentions}")
    again = copy.deepcopy(one)
    assert isinstance(again, Told)
    assert (again, again.in_language("pl")) == (one, "źródło x-{mentions}")
