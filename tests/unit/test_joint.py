"""Rule and model decide together: weak words need the model, sure words do not, and the model alone pages nobody unless it is sure."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from classifiers.rules.context import BrandTerms, RuleContext
from classifiers.rules.engine import RuleEngine
from classifiers.rules.joint import BECAUSE, GRIEVANCE, Evidence, Strength, Weights, decide, detector, log_odds, weights
from classifiers.sentiment.topic_rows import TOPICS
from core.rulings import Ruled, Ruling, Rulings, Standing
from core.types import Feeling, Finding, ItemKind, Reading, Scope, Severity, Voice

NOTHING = dict.fromkeys(TOPICS, 0.003)
SOBER = Feeling(
    label="neutral", negative=0.1, neutral=0.85, positive=0.05, complaint=0.02, praise=0.02, question=0.02, abuse=0.01, topics=NOTHING
)
SOUR = Feeling(
    label="negative", negative=0.9, neutral=0.08, positive=0.02, complaint=0.97, praise=0.01, question=0.02, abuse=0.02, topics=NOTHING
)
GLAD = Feeling(
    label="positive", negative=0.02, neutral=0.1, positive=0.88, complaint=0.01, praise=0.98, question=0.02, abuse=0.01, topics=NOTHING
)


def telling(feeling: Feeling, **shares: float) -> Feeling:
    """The same feeling of a post that tells of these labels, their dots written as `__`."""
    return replace(feeling, topics={**feeling.topics, **{label.replace("__", "."): share for label, share in shares.items()}})


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
    known = Weights(biases=dict(zip(Strength, (2.0, 1.0, -1.0, -2.0), strict=True)), slope=0.5, topic=1.5, named=0.25, thresholds={})
    assert known.probability(Evidence(Strength.FELT, 0.0, 0.0, named=False)) == pytest.approx(0.731, abs=1e-3)
    assert known.probability(Evidence(Strength.FELT, 2.2, 0.0, named=True)) == pytest.approx(0.9130, abs=1e-3)
    assert known.probability(Evidence(Strength.SILENT, 0.0, 0.0, named=False)) == pytest.approx(0.1192, abs=1e-3)
    assert known.probability(Evidence(Strength.SILENT, 0.0, 2.0, named=False)) == pytest.approx(0.731, abs=1e-3)


def test_no_probability_is_beyond_reach() -> None:
    assert log_odds(0.0) == log_odds(0.02) == pytest.approx(-log_odds(1.0))


def test_the_weights_that_ship_believe_words_and_model() -> None:
    assert set(weights()) == {"complaint", "crisis", "praise", "question", "insult", "leak", "policy", "account", GRIEVANCE}
    for family, one in weights().items():
        assert one.topic > 0, family
        assert [one.biases[strength] for strength in Strength] == sorted(one.biases.values(), reverse=True), family
    assert {label for one in weights().values() for label in one.thresholds} == {*TOPICS, "complaint"}


def test_weak_words_in_a_sober_post_are_dropped_and_in_a_sour_one_kept(engine: RuleEngine) -> None:
    text = "Paczka: kiedy kurier przyjedzie?"
    assert "complaint.delivery" not in reply(engine, text, SOBER)
    assert "complaint.delivery" in reply(engine, text, telling(SOUR, complaint__delivery=0.4))


@pytest.mark.parametrize(
    "text",
    ["Po tragedii trzy osoby trafiły do szpitala.", "Salmonella w mrożonych udkach, wycofano partię.", "Śmiertelny wypadek w Bydgoszczy."],
)
def test_news_under_our_post_alarms_nobody(engine: RuleEngine, text: str) -> None:
    assert not [found for found in reply(engine, text, SOBER).values() if found.severity >= Severity.HIGH]


def test_words_do_not_make_quieter_what_the_model_would_page_for(engine: RuleEngine) -> None:
    text = "Po waszym kremie córka ma spuchnięte powieki, jadą na SOR"
    likely, unlikely = (reply(engine, text, telling(SOBER, complaint__safety=share))["complaint.safety"] for share in (0.95, 0.5))
    assert (likely.severity, unlikely.severity) == (Severity.HIGH, Severity.MEDIUM)
    assert likely.detector == unlikely.detector == "complaint.safety.harm@1"
    hearsay = reply(engine, "Po kremie powieki spuchnięte", telling(SOBER, complaint__safety=0.95))["complaint.safety"]
    assert hearsay.severity is Severity.MEDIUM


def test_a_crisis_told_in_anger_is_heard(engine: RuleEngine) -> None:
    found = reply(engine, "Po waszych lodach pięć osób trafiło do szpitala, salmonella!", telling(SOUR, crisis__safety=0.6))
    assert found["crisis.safety"].severity is Severity.CRITICAL


def test_the_model_alone_gives_a_complaint_of_no_kind_that_opens_no_incident(engine: RuleEngine) -> None:
    (found,) = reply(engine, "Tak się po prostu nie robi.", telling(SOUR, complaint__service=0.08, complaint__billing=0.08)).values()
    kindless = ("complaint.other", Severity.LOW, detector("complaint.other"), True)
    assert (found.label, found.severity, found.detector, found.reported) == kindless
    assert 0.3 <= found.score <= 1.0
    assert (found.start, found.end) == (None, None)


def test_the_model_alone_tells_a_kind(engine: RuleEngine) -> None:
    (found,) = reply(engine, "Tak się po prostu nie robi.", telling(SOUR, complaint__service=0.7, complaint__billing=0.2)).values()
    assert (found.label, found.severity, found.detector) == ("complaint.service", Severity.MEDIUM, detector("complaint.service"))


def test_of_kinds_the_likeliest_is_told_whatever_the_words_say(engine: RuleEngine) -> None:
    text = "Zgubiliście moją paczkę, czekam trzeci tydzień!"
    assert set(reply(engine, text, telling(SOUR, complaint__delivery=0.6))) == {"complaint.delivery"}
    assert "complaint.billing" not in reply(engine, text, telling(SOUR, complaint__delivery=0.6, complaint__billing=0.3))


def test_the_model_alone_pages_only_where_it_is_sure_and_somebody_speaks_for_himself_or_names_us(engine: RuleEngine) -> None:
    sure, unsure = telling(SOUR, crisis__breach=0.75), telling(SOUR, crisis__breach=0.5)
    assert reply(engine, "Polna, wszystko wisi na forum.", sure)["crisis.breach"].severity is Severity.CRITICAL
    assert "crisis.breach" not in reply(engine, "Polna, wszystko wisi na forum.", unsure)
    assert reply(engine, "Wszystko wisi na forum.", sure)["crisis.breach"].severity is Severity.MEDIUM


def test_the_model_says_nothing_where_a_label_cannot_be(engine: RuleEngine) -> None:
    text = "Najlepsza firma pod słońcem."
    taken = telling(GLAD, account__takeover=0.99, policy__undisclosed=0.99, crisis__legal=0.99)
    ours = [Reading(text=text, scope=scope, voice=Voice.OURS) for scope in (Scope.OFFICIAL, Scope.EMPLOYEE)]
    assert [{found.label for found in engine.read(each, "pl", taken)} for each in ours] == [{"account.takeover"}, {"policy.undisclosed"}]
    assert set(reply(engine, text, taken)) == {"praise", "crisis.legal"} - {"praise"}


def test_a_secret_in_words_is_no_second_one_for_the_model(engine: RuleEngine) -> None:
    text, sure = "postgres://etl:Nocny-7Marek-31@db.polna.example/app", telling(SOBER, leak__secret__password=0.99)
    labels = {found.label for found in engine.read(Reading(text=text, scope=Scope.OFFICIAL, voice=Voice.OURS), "en", sure)}
    assert "leak.secret.connection_string" in labels
    assert "leak.secret.password" not in labels


def test_the_model_alone_needs_a_sign_of_us(engine: RuleEngine) -> None:
    unkind = telling(SOUR, complaint__service=0.6)
    assert mention(engine, "Tak się po prostu nie robi.", unkind) == {}
    assert set(mention(engine, "Polna, tak się po prostu nie robi.", unkind)) == {"complaint.service"}


def test_our_own_side_neither_complains_nor_praises(engine: RuleEngine) -> None:
    assert reply(engine, "Tak się po prostu nie robi.", telling(SOUR, complaint__service=0.9), Voice.OURS) == {}
    assert reply(engine, "No proszę, jak ładnie.", telling(GLAD, praise=0.9), Voice.OURS) == {}


def test_praise_and_questions_are_heard_without_their_words(engine: RuleEngine) -> None:
    assert set(reply(engine, "No proszę, jak ładnie.", telling(GLAD, praise=0.9))) == {"praise"}
    assert set(reply(engine, "Rozmiar 38 jeszcze gdzieś?", telling(replace(SOBER, question=0.99), question=0.9))) == {"question"}


def test_a_calm_question_about_an_order_is_no_complaint(engine: RuleEngine) -> None:
    text = "Paczka: kiedy kurier przyjedzie?"
    asking = telling(replace(SOBER, complaint=0.9, question=0.98), question=0.97, complaint__delivery=0.5)
    assert set(reply(engine, text, asking)) == {"question"}
    assert "complaint.delivery" in reply(engine, text, replace(asking, label="negative", negative=0.9, neutral=0.05))


def test_what_nobody_means_to_ask_is_no_question_of_the_model(engine: RuleEngine) -> None:
    assert reply(engine, "No ile jeszcze można", telling(replace(SOBER, question=0.99), question=0.99)) == {}


def test_to_be_named_is_no_complaint_unless_the_model_takes_it_for_one(engine: RuleEngine) -> None:
    text = "Rachunek od Polnej przyszedł w środę."
    assert mention(engine, text, replace(SOBER, complaint=0.45)) == {}
    assert set(mention(engine, text, telling(replace(SOBER, complaint=0.9), complaint__billing=0.6))) == {"complaint.billing"}


def test_a_crisis_that_names_us_is_heard_however_soberly_it_is_told(engine: RuleEngine) -> None:
    calm = telling(replace(SOBER, complaint=0.0, question=0.0), crisis__legal=0.5)
    assert "crisis.legal" in mention(engine, "UOKiK wszczął postępowanie wobec Polnej.", calm)


def test_an_insult_without_listed_words_is_one_where_it_is_to_us(engine: RuleEngine) -> None:
    angry = telling(replace(SOUR, complaint=0.05, abuse=0.99), policy__insult=0.9)
    assert reply(engine, "Ty zgniły ogórku", angry)["policy.insult"].severity is Severity.MEDIUM
    assert reply(engine, "Ty zgniły ogórku", angry, Voice.OURS)["policy.insult"].severity is Severity.MEDIUM
    assert "policy.insult" in mention(engine, "Polna, ty zgniły ogórku", angry)
    assert "policy.insult" not in mention(engine, "Ty zgniły ogórku", angry)


def test_a_finding_scores_its_probability(engine: RuleEngine) -> None:
    text = "Tak się po prostu nie robi."
    sure, unsure = (reply(engine, text, telling(SOUR, complaint__delivery=share))["complaint.delivery"].score for share in (0.9, 0.4))
    assert 0.2 <= unsure < sure <= 1.0


def test_without_stances_the_rules_decide_alone(engine: RuleEngine) -> None:
    plain = Feeling(label="negative", negative=0.9, neutral=0.08, positive=0.02)
    assert reply(engine, "Tak się po prostu nie robi.", plain) == {}
    found = reply(engine, "Zgubiliście moją paczkę, czekam trzeci tydzień!", plain)
    assert found["complaint.delivery"].score == pytest.approx(0.85 * 0.98, abs=1e-3)


def test_a_finding_below_its_threshold_is_left_out(engine: RuleEngine) -> None:
    high = {family: dict.fromkeys(one.thresholds, 0.9) for family, one in weights().items()}
    known = {family: one.model_copy(update={"thresholds": high[family]}) for family, one in weights().items()}
    reading = Reading(text="Zgubiliście moją paczkę, czekam trzeci tydzień!", scope=Scope.OFFICIAL, voice=Voice.PUBLIC)
    sight = engine.look(reading, "pl", telling(SOUR, complaint__delivery=0.97))
    raised = [one for one in engine.raised(sight) if one.finding.label == "complaint.delivery"]
    assert [one.score > 0.9 for one in decide(raised, sight, known)] == [True]
    faint = [replace(one, strength=Strength.FAINT) for one in raised]
    doubtful = engine.look(reading, "pl", telling(replace(SOUR, complaint=0.5), complaint__delivery=0.1))
    assert decide(faint, doubtful, known) == []


def test_strong_words_stand_beside_a_model_that_doubts_and_yield_to_one_that_denies(engine: RuleEngine) -> None:
    text = "Zgubiliście moją paczkę, czekam trzeci tydzień!"
    found = reply(engine, text, telling(SOUR, complaint__delivery=0.06))["complaint.delivery"]
    assert found.score > 0.7
    assert "complaint.delivery" not in reply(engine, text, telling(SOUR, complaint__delivery=0.04))
    assert "complaint.delivery" not in reply(engine, f"Polna, {text}", telling(SOUR, complaint__delivery=0.04))
    assert "complaint.delivery" not in reply(engine, text, replace(SOBER, negative=0.01))


def test_what_is_grave_needs_more_without_words_and_most_beside_words_that_are(engine: RuleEngine) -> None:
    likely, surely = telling(SOUR, account__impostor=0.45), telling(SOUR, account__impostor=0.999)
    assert "account.impostor" not in reply(engine, "Biorę udział, numer 20!", telling(SOBER, account__impostor=0.3))
    text = "Bojkotujmy Polną, dopóki nie przeproszą"
    assert set(reply(engine, text, telling(likely, crisis__boycott=0.9))) == {"crisis.boycott"}
    assert set(reply(engine, text, telling(surely, crisis__boycott=0.9))) == {"crisis.boycott", "account.impostor"}


def test_what_people_ruled_holds_for_the_model_too(engine: RuleEngine) -> None:
    trial = Ruling(
        about=Ruled.LABEL,
        name="complaint.other",
        standing=Standing.TRIAL,
        reason="too many",
        made_by="kasia",
        made_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    strict, unkind = replace(trial, standing=Standing.SCORE, score=0.999), telling(SOUR, complaint__other=0.4)
    for ruling, text, label in (
        (trial, "Tak się po prostu nie robi.", "complaint.other"),
        (strict, "Tak się nie robi.", "complaint.other"),
    ):
        assert reply(engine, text, unkind)[label].reported
        assert not reply(engine.under(Rulings((ruling,))), text, unkind)[label].reported
    other = replace(trial, name="praise")
    assert reply(engine.under(Rulings((other,))), "Tak się po prostu nie robi.", unkind)["complaint.other"].reported


def test_other_labels_are_not_weighed(engine: RuleEngine) -> None:
    plain = Feeling(label="neutral", negative=0.1, neutral=0.85, positive=0.05)
    text = "PESEL 44051401359 Jana Nowaka z Wrocławia"
    assert reply(engine, text, SOBER) == reply(engine, text, plain) != {}


def test_the_model_tells_why_it_speaks() -> None:
    assert all(set(words) == {"pl", "en"} for words in BECAUSE.values())
    assert set(BECAUSE) == {detector(label) for label in TOPICS}
