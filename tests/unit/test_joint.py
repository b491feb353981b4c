"""Rule and model decide together: weak words need the model, sure words do not, and the model alone never raises an incident."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from classifiers.rules.context import BrandTerms, RuleContext
from classifiers.rules.engine import RuleEngine
from classifiers.rules.joint import BECAUSE, Strength, Weights, decide, detector, log_odds, weights
from core.rulings import Ruled, Ruling, Rulings, Standing
from core.types import Feeling, Finding, ItemKind, Reading, Scope, Severity, Voice

SOBER = Feeling(label="neutral", negative=0.1, neutral=0.85, positive=0.05, complaint=0.02, praise=0.02, question=0.02, abuse=0.01)
SOUR = Feeling(label="negative", negative=0.9, neutral=0.08, positive=0.02, complaint=0.97, praise=0.01, question=0.02, abuse=0.02)
GLAD = Feeling(label="positive", negative=0.02, neutral=0.1, positive=0.88, complaint=0.01, praise=0.98, question=0.02, abuse=0.01)


@pytest.fixture(scope="module")
def engine() -> RuleEngine:
    return RuleEngine.load(RuleContext(brands=(BrandTerms(id="polna", name="Polna", terms=("Polna",)),)))


def reply(engine: RuleEngine, text: str, feeling: Feeling, voice: Voice = Voice.PUBLIC) -> dict[str, Finding]:
    """What is found in a comment under our post."""
    reading = Reading(text=text, scope=Scope.OFFICIAL, voice=voice, kind=ItemKind.COMMENT)
    return {found.label: found for found in engine.read(reading, "pl", feeling)}


def mention(engine: RuleEngine, text: str, feeling: Feeling) -> dict[str, Finding]:
    reading = Reading(text=text, scope=Scope.MENTION, voice=Voice.PUBLIC, kind=ItemKind.POST)
    return {found.label: found for found in engine.read(reading, "pl", feeling)}


def test_a_probability_is_the_sum_of_its_evidence() -> None:
    known = Weights(biases=dict(zip(Strength, (2.0, 1.0, -1.0, -2.0), strict=True)), slope=0.5, named=0.25, threshold=0.5)
    assert known.probability(Strength.FELT, 0.5, is_named=False) == pytest.approx(0.731, abs=1e-3)
    assert known.probability(Strength.FELT, 0.9, is_named=True) == pytest.approx(0.9127, abs=1e-3)
    assert known.probability(Strength.SILENT, 0.5, is_named=False) == pytest.approx(0.1192, abs=1e-3)


def test_no_probability_is_beyond_reach() -> None:
    assert log_odds(0.0) == log_odds(0.02) == pytest.approx(-log_odds(1.0))


def test_the_weights_that_ship_believe_words_and_model() -> None:
    assert set(weights()) == {"complaint", "crisis", "praise", "question", "insult"}
    for family, one in weights().items():
        assert one.slope > 0, family
        assert one.biases[Strength.STRONG] > one.biases[Strength.SILENT] or family == "crisis", family


def test_weak_words_in_a_sober_post_are_dropped_and_in_a_sour_one_kept(engine: RuleEngine) -> None:
    text = "Paczka: kiedy kurier przyjedzie?"
    assert "complaint.delivery" not in reply(engine, text, SOBER)
    assert "complaint.delivery" in reply(engine, text, SOUR)


@pytest.mark.parametrize(
    "text",
    ["Po tragedii trzy osoby trafiły do szpitala.", "Salmonella w mrożonych udkach, wycofano partię.", "Śmiertelny wypadek w Bydgoszczy."],
)
def test_news_under_our_post_alarms_nobody(engine: RuleEngine, text: str) -> None:
    assert not [found for found in reply(engine, text, SOBER).values() if found.severity >= Severity.HIGH]


def test_a_crisis_told_in_anger_is_heard(engine: RuleEngine) -> None:
    found = reply(engine, "Po waszych lodach pięć osób trafiło do szpitala, salmonella!", SOUR)
    assert found["crisis.safety"].severity is Severity.CRITICAL


def test_the_model_alone_gives_a_complaint_of_no_kind_that_opens_no_incident(engine: RuleEngine) -> None:
    (found,) = reply(engine, "Tak się po prostu nie robi.", SOUR).values()
    assert (found.label, found.severity, found.detector, found.reported) == ("complaint.other", Severity.LOW, detector("complaint"), True)
    assert 0.5 <= found.score <= 1.0
    assert (found.start, found.end) == (None, None)


def test_the_model_alone_needs_a_sign_of_us(engine: RuleEngine) -> None:
    assert mention(engine, "Tak się po prostu nie robi.", SOUR) == {}
    assert set(mention(engine, "Polna, tak się po prostu nie robi.", SOUR)) == {"complaint.other"}


def test_our_own_side_neither_complains_nor_praises(engine: RuleEngine) -> None:
    assert reply(engine, "Tak się po prostu nie robi.", SOUR, Voice.OURS) == {}
    assert reply(engine, "No proszę, jak ładnie.", GLAD, Voice.OURS) == {}


def test_praise_and_questions_are_heard_without_their_words(engine: RuleEngine) -> None:
    assert set(reply(engine, "No proszę, jak ładnie.", GLAD)) == {"praise"}
    assert set(reply(engine, "Rozmiar 38 jeszcze gdzieś?", replace(SOBER, question=0.99))) == {"question"}


def test_a_calm_question_about_an_order_is_no_complaint(engine: RuleEngine) -> None:
    text, asking = "Paczka: kiedy kurier przyjedzie?", replace(SOBER, complaint=0.9, question=0.98)
    assert set(reply(engine, text, asking)) == {"question"}
    assert "complaint.delivery" in reply(engine, text, replace(asking, label="negative", negative=0.9, neutral=0.05))


def test_what_nobody_means_to_ask_is_no_question_of_the_model(engine: RuleEngine) -> None:
    assert reply(engine, "No ile jeszcze można", replace(SOBER, question=0.99)) == {}


def test_to_be_named_is_no_complaint_unless_the_model_is_more_sure_than_not(engine: RuleEngine) -> None:
    assert mention(engine, "Rachunek od Polnej przyszedł w środę.", replace(SOBER, complaint=0.45)) == {}
    assert set(mention(engine, "Rachunek od Polnej przyszedł w środę.", replace(SOBER, complaint=0.9))) == {"complaint.other"}


def test_a_crisis_that_names_us_is_heard_however_soberly_it_is_told(engine: RuleEngine) -> None:
    assert "crisis.legal" in mention(engine, "UOKiK wszczął postępowanie wobec Polnej.", replace(SOBER, complaint=0.0, question=0.0))


def test_an_insult_without_listed_words_is_one_under_our_posts_alone(engine: RuleEngine) -> None:
    angry = replace(SOUR, complaint=0.05, abuse=0.99)
    assert reply(engine, "Ty zgniły ogórku", angry)["policy.insult"].severity is Severity.MEDIUM
    assert reply(engine, "Ty zgniły ogórku", angry, Voice.OURS)["policy.insult"].severity is Severity.MEDIUM
    assert "policy.insult" not in mention(engine, "Polna, ty zgniły ogórku", angry)


def test_a_finding_scores_its_probability(engine: RuleEngine) -> None:
    text = "Zgubiliście moją paczkę, czekam trzeci tydzień!"
    sure, unsure = (reply(engine, text, replace(SOUR, complaint=share))["complaint.delivery"].score for share in (0.97, 0.5))
    assert 0.3 <= unsure < sure <= 1.0


def test_without_stances_the_rules_decide_alone(engine: RuleEngine) -> None:
    plain = Feeling(label="negative", negative=0.9, neutral=0.08, positive=0.02)
    assert reply(engine, "Tak się po prostu nie robi.", plain) == {}
    found = reply(engine, "Zgubiliście moją paczkę, czekam trzeci tydzień!", plain)
    assert found["complaint.delivery"].score == pytest.approx(0.85 * 0.98, abs=1e-3)


def test_a_finding_below_its_threshold_is_left_out_and_the_model_alone_needs_one_half(engine: RuleEngine) -> None:
    known = {family: one.model_copy(update={"threshold": 0.9}) for family, one in weights().items()}
    reading = Reading(text="Zgubiliście moją paczkę, czekam trzeci tydzień!", scope=Scope.OFFICIAL, voice=Voice.PUBLIC)
    sight = engine.look(reading, "pl", SOUR)
    raised = [one for one in engine.raised(sight) if one.finding.label == "complaint.delivery"]
    assert [one.score > 0.9 for one in decide(raised, sight, known)] == [True]
    doubtful = engine.look(reading, "pl", replace(SOUR, complaint=0.6))
    assert decide(raised, doubtful, known) == []


def test_what_people_ruled_holds_for_the_model_too(engine: RuleEngine) -> None:
    trial = Ruling(
        about=Ruled.LABEL,
        name="complaint.other",
        standing=Standing.TRIAL,
        reason="too many",
        made_by="kasia",
        made_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    strict = replace(trial, standing=Standing.SCORE, score=0.999)
    for ruling, text, label in (
        (trial, "Tak się po prostu nie robi.", "complaint.other"),
        (strict, "Tak się nie robi.", "complaint.other"),
    ):
        assert reply(engine, text, SOUR)[label].reported
        assert not reply(engine.under(Rulings((ruling,))), text, SOUR)[label].reported
    other = replace(trial, name="praise")
    assert reply(engine.under(Rulings((other,))), "Tak się po prostu nie robi.", SOUR)["complaint.other"].reported


def test_other_labels_are_not_weighed(engine: RuleEngine) -> None:
    plain = Feeling(label="neutral", negative=0.1, neutral=0.85, positive=0.05)
    text = "PESEL 44051401359 Jana Nowaka z Wrocławia"
    assert reply(engine, text, SOBER) == reply(engine, text, plain) != {}


def test_the_model_tells_why_it_speaks() -> None:
    assert all(set(words) == {"pl", "en"} for words in BECAUSE.values())
    assert set(BECAUSE) == {detector(family) for family in ("complaint", "praise", "question", "insult")}
