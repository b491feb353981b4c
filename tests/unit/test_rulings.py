"""Which findings are reported under which rulings, and what a rule on trial leaves to the others."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from classifiers.rules.cases import CASE_CONTEXT
from classifiers.rules.engine import RuleEngine
from core.rulings import NOTHING_RULED, Ruled, Ruling, Rulings, Standing
from core.types import Reading, Scope, Voice

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
RULE, LABEL = Ruled.RULE, Ruled.LABEL
TRIAL, LIVE, SCORE = Standing.TRIAL, Standing.LIVE, Standing.SCORE


def ruling(about: Ruled, standing: Standing, score: float | None = None, name: str = "") -> Ruling:
    named = name or ("parcel" if about is RULE else "complaint.delivery")
    return Ruling(about=about, name=named, standing=standing, score=score, reason="why", made_by="anna", made_at=NOW)


@pytest.mark.parametrize(
    ("said", "live", "score", "reported"),
    [
        ((), True, 0.5, True),
        ((), True, 0.49, False),
        ((), False, 0.9, False),
        ((ruling(RULE, TRIAL),), True, 0.9, False),
        ((ruling(LABEL, TRIAL),), True, 0.9, False),
        ((ruling(RULE, LIVE),), False, 0.9, True),
        ((ruling(RULE, LIVE), ruling(LABEL, TRIAL)), False, 0.9, False),
        ((ruling(RULE, LIVE), ruling(LABEL, SCORE, 0.8)), False, 0.7, False),
        ((ruling(RULE, SCORE, 0.8),), True, 0.8, True),
        ((ruling(RULE, SCORE, 0.8),), True, 0.79, False),
        ((ruling(RULE, SCORE, 0.3),), True, 0.4, True),
        ((ruling(RULE, SCORE, 0.6), ruling(LABEL, SCORE, 0.8)), True, 0.7, False),
        ((ruling(RULE, SCORE, 0.6),), False, 0.9, False),
        ((ruling(RULE, TRIAL, name="another"), ruling(LABEL, TRIAL, name="question")), True, 0.9, True),
    ],
)
def test_what_is_reported(said: tuple[Ruling, ...], live: bool, score: float, reported: bool) -> None:
    held = Rulings(said)
    assert held.reports("parcel", "complaint.delivery", score, live=live, threshold=0.5) is reported


def test_what_is_ruled_out_is_told_by_the_detectors_id() -> None:
    held = Rulings((ruling(RULE, TRIAL), ruling(LABEL, SCORE, 0.8, "question")))
    assert held.rules_out("parcel@7", "complaint.delivery", 0.9)
    assert not held.rules_out("parcels@7", "complaint.delivery", 0.9)
    assert held.rules_out("asked@1", "question", 0.79)
    assert not held.rules_out("asked@1", "question", 0.8)


class TestEngine:
    """The rules of the product over the fictional dairy."""

    engine = RuleEngine.load(CASE_CONTEXT)
    post = Reading(text="Bojkotujmy Mleczarnię Polną, dopóki nie przeproszą", scope=Scope.MENTION, voice=Voice.PUBLIC)

    def test_a_rule_on_trial_still_finds_and_reports_nothing(self) -> None:
        before = {f.label: f for f in self.engine.read(self.post, "pl", None)}
        assert before["crisis.boycott"].reported
        held = Rulings((ruling(RULE, TRIAL, name="crisis.boycott.call"),))
        after = {f.label: f for f in self.engine.under(held).read(self.post, "pl", None)}
        assert after["crisis.boycott"] == replace(before["crisis.boycott"], reported=False)

    def test_it_holds_for_that_engine_alone_and_is_no_other_version(self) -> None:
        held = Rulings((ruling(RULE, TRIAL, name="crisis.boycott.call"),))
        ruled = self.engine.under(held)
        assert ruled.version == self.engine.version
        assert self.engine.rulings == NOTHING_RULED
        assert [f.reported for f in self.engine.read(self.post, "pl", None) if f.label == "crisis.boycott"] == [True]
        assert ruled.under(NOTHING_RULED).read(self.post, "pl", None) == self.engine.read(self.post, "pl", None)

    def test_what_is_on_trial_does_not_stand_in_the_way_of_another_rule(self) -> None:
        """A complaint beside praise: with the complaint's rule on trial the praise is told."""
        text = "Dziękuję Mleczarni Polnej za świetny kefir, choć paczka dotarła z tygodniowym opóźnieniem"
        sour = replace(self.post, text=text)
        before = [f.label for f in self.engine.read(sour, "pl", None) if f.reported]
        assert before == ["complaint.delivery"]
        held = Rulings((ruling(RULE, TRIAL, name="complaint.delivery.parcel"),))
        after = [(f.label, f.reported) for f in self.engine.under(held).read(sour, "pl", None)]
        assert ("praise", True) in after
        assert ("complaint.delivery", False) in after
