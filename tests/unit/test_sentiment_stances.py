"""What a post does beside how it feels: answered by a model that has scales and a head for it, and by no other."""

import json
import shutil
from math import isnan
from pathlib import Path

import numpy as np
import pytest

from classifiers.sentiment.answers import LABELS, STANCES, Sentiment, Stance
from classifiers.sentiment.card import STANCES_TOLD, card, compared_stances, plain_stances
from classifiers.sentiment.data import Row
from classifiers.sentiment.ngrams import BUCKETS, NgramHead, blocks
from classifiers.sentiment.runtime import DEFAULT_FOLDER, STANCES_FILE, OnnxSentiment, load
from classifiers.sentiment.scales import Scale, scaled
from classifiers.sentiment.stance_measures import ComparedStance, binned_error, measure_stance, ranking
from classifiers.sentiment.stances import TAUGHT, own_rows, suggested, weak_rows
from core.errors import ClassifyError

WORDS = {"broken": STANCES.index("complaint"), "thanks": STANCES.index("praise"), "idiot": STANCES.index("abuse")}
EVEN = {"slope": 1.0, "offset": -2.0}
FLAT = np.full(3, 1 / 3, dtype=np.float32)


def counting_head() -> NgramHead:
    """A head that knows three words alone: each adds 4 to its stance where it is the only word that is known."""
    weights, rarity = np.zeros((BUCKETS, len(STANCES)), dtype=np.float16), np.zeros(BUCKETS, dtype=np.float32)
    for word, column in WORDS.items():
        (bucket,) = blocks(word)[0].buckets
        weights[bucket, column], rarity[bucket] = 4.0, 1.0
    return NgramHead(weights, rarity, np.zeros(len(STANCES), dtype=np.float32))


def describe(folder: Path, **more: object) -> None:
    path = folder / "model.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **more}), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model folder whose head tells three words; Polish has a scale for complaints alone."""
    made = Path(shutil.copytree(DEFAULT_FOLDER, tmp_path / "model"))
    counting_head().save(made / STANCES_FILE)
    taught = dict.fromkeys(("complaint", "praise", "abuse"), EVEN)
    describe(made, scales={"en": taught, "other": taught, "pl": {"complaint": EVEN}})
    return made


@pytest.fixture(scope="module")
def shipped() -> OnnxSentiment:
    return load(threads=1)


def stances_of(model: OnnxSentiment, text: str, lang: str) -> list[float | None]:
    (one,) = model.read([text], [lang])
    return [one.holds(stance) for stance in STANCES]


@pytest.mark.parametrize(("text", "holds"), [("It is broken", "complaint"), ("Thanks a lot", "praise"), ("What an idiot", "abuse")])
def test_each_stance_comes_from_its_own_output(folder: Path, text: str, holds: str) -> None:
    told = dict(zip(STANCES, stances_of(load(folder, threads=1), text, "en"), strict=True))
    high, low = pytest.approx(0.8808, abs=1e-4), pytest.approx(0.1192, abs=1e-4)
    assert told == {"question": None} | {stance: high if stance == holds else low for stance in ("complaint", "praise", "abuse")}


def test_several_stances_hold_at_once(folder: Path) -> None:
    complaint, praise, _, abuse = stances_of(load(folder, threads=1), "Broken, idiot", "en")
    assert complaint is not None and praise is not None and abuse is not None
    assert min(complaint, abuse) > 0.6
    assert praise < 0.2


def test_a_language_answers_the_stances_it_has_scales_for(folder: Path) -> None:
    model = load(folder, threads=1)
    assert stances_of(model, "broken", "pl") == [pytest.approx(0.8808, abs=1e-4), None, None, None]
    assert stances_of(model, "broken", "de")[0] == pytest.approx(0.8808, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "lang", "stance"),
    [
        ("My order never arrived and nobody answers my emails.", "en", "complaint"),
        ("The kettle broke after two days, I want my money back", "en", "complaint"),
        ("Paczka miała być w poniedziałek, do dziś jej nie ma, a infolinia milczy.", "pl", "complaint"),
        ("Pobraliście opłatę dwa razy, oddajcie pieniądze.", "pl", "complaint"),
        ("Thank you so much, brilliant service, highly recommend!", "en", "praise"),
        ("Dziękuję za pomoc, wspaniała obsługa, polecam!", "pl", "praise"),
        ("Do you ship to Norway, and how long does it take?", "en", "question"),
        ("Czy wysyłacie do Norwegii i ile to trwa?", "pl", "question"),
        ("You are a stupid idiot, shut up", "en", "abuse"),
        ("Ty idioto, zamknij ryj", "pl", "abuse"),
    ],
)
def test_the_model_that_ships_tells_a_clear_case(shipped: OnnxSentiment, text: str, lang: str, stance: Stance) -> None:
    (one,) = shipped.read([text], [lang])
    told = one.holds(stance)
    assert told is not None and told > 0.5


@pytest.mark.parametrize(
    ("text", "lang"),
    [("Thank you so much, brilliant service, highly recommend!", "en"), ("Dziękuję za pomoc, wspaniała obsługa, polecam!", "pl")],
)
def test_who_thanks_neither_complains_nor_abuses(shipped: OnnxSentiment, text: str, lang: str) -> None:
    (one,) = shipped.read([text], [lang])
    assert one.complaint is not None and one.complaint < 0.2
    assert one.abuse is not None and one.abuse < 0.2


def test_stances_do_not_move_feelings(shipped: OnnxSentiment, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(DEFAULT_FOLDER, tmp_path / "model"))
    describe(folder, scales={})
    (folder / STANCES_FILE).unlink()
    texts, langs = ["Polecam!", "It broke again", "Zebranie jest o 18."], ["pl", "en", "pl"]
    plain = load(folder, threads=1).read(texts, langs)
    assert {one.holds(stance) for one in plain for stance in STANCES} == {None}
    assert plain == [Sentiment(one.label, one.negative, one.neutral, one.positive, one.truncated) for one in shipped.read(texts, langs)]


def test_scales_of_other_languages_than_the_blends_are_refused(folder: Path) -> None:
    describe(folder, scales={"pl": {}})
    with pytest.raises(ClassifyError, match=r"model\.json.*scales"):
        load(folder, threads=1)


def test_a_missing_head_is_named_with_its_mend(folder: Path) -> None:
    (folder / STANCES_FILE).unlink()
    with pytest.raises(ClassifyError, match=r"stances\.npz: not a usable n-gram head .*restore the file or train the model again"):
        load(folder, threads=1)


def test_a_head_cut_short_is_named(folder: Path) -> None:
    (folder / STANCES_FILE).write_bytes((folder / STANCES_FILE).read_bytes()[:1_000])
    with pytest.raises(ClassifyError, match=r"stances\.npz: not a usable n-gram head"):
        load(folder, threads=1)


def test_the_head_of_feelings_is_no_head_of_stances(folder: Path) -> None:
    shutil.copy(folder / "ngrams-en.npz", folder / STANCES_FILE)
    with pytest.raises(ClassifyError, match=r"stances\.npz: weights of shape \(1048576, 3\), expected \(1048576, 4\)"):
        load(folder, threads=1)


def test_logits_become_probabilities_by_their_scale() -> None:
    scales: dict[Stance, Scale] = {"complaint": Scale(slope=2.0, offset=-1.0), "abuse": Scale(slope=1.0, offset=0.0)}
    complaint, praise, question, abuse = scaled(np.array([0.5, 9.0, 9.0, -1.0], dtype=np.float32), FLAT, scales)
    assert (praise, question) == (None, None)
    assert complaint == pytest.approx(0.5)
    assert abuse == pytest.approx(0.26894, abs=1e-5)


def test_a_feeling_adds_its_log_odds() -> None:
    scales: dict[Stance, Scale] = {"complaint": Scale(slope=0.0, negative=1.0, positive=-0.5, offset=0.0)}
    votes = np.zeros(4, dtype=np.float32)
    sour, cheerful, sober = ([0.8, 0.16, 0.04], [0.04, 0.16, 0.8], [0.0, 1.0, 0.0])
    told = [scaled(votes, np.array(one, dtype=np.float32), scales)[0] for one in (sour, cheerful, sober)]
    assert told == [pytest.approx(10 / 11), pytest.approx(0.1006, abs=1e-4), pytest.approx(0.0307, abs=1e-4)]


def test_ranking_and_calibration_are_those_of_the_textbook() -> None:
    shares, wanted = np.array([0.9, 0.4, 0.4, 0.1]), np.array([1.0, 1.0, 0.0, 0.0])
    assert ranking(shares, wanted) == pytest.approx(0.875)
    assert binned_error(shares, wanted) == pytest.approx((0.1 + 0.2 + 0.1) / 4)
    held = measure_stance(shares, wanted, draws=50)
    assert (held.precision.value, held.recall.value, held.f1.value) == (1.0, 0.5, 0.6667)
    assert held.recall.low <= 0.5 <= held.recall.high


def test_guests_complain_and_praise_but_a_neutral_tweet_does_neither() -> None:
    row = Row("text", "pl", LABELS.index("negative"), "pl-hotels", "a/1")
    assert suggested(row)[:2] == (1.0, 0.0)
    assert suggested(Row("text", "en", LABELS.index("neutral"), "tweets", "a/2"))[:2] == (0.0, 0.0)
    angry = suggested(Row("text", "en", LABELS.index("negative"), "tweets", "a/3"))
    assert isnan(angry[STANCES.index("complaint")])
    assert angry[STANCES.index("praise")] == 0.0


def test_a_guess_says_nothing_of_questions_where_a_question_mark_stands() -> None:
    asked, told = weak_rows([Row("Czy to działa?", "pl", 1, "tweets", "a/1"), Row("To działa.", "pl", 1, "tweets", "a/2")])
    assert isnan(asked.stances[STANCES.index("question")])
    assert told.stances == (0.0, 0.0, 0.0, 0.0)
    assert (asked.part, told.part) == ("train", "train")


def test_our_own_posts_are_many_different_and_show_every_stance_in_both_languages() -> None:
    rows = own_rows()
    assert len({row.text.casefold() for row in rows}) == len(rows) >= 500
    assert len({row.key for row in rows}) == len(rows)
    for lang in ("pl", "en"):
        for index in range(len(STANCES)):
            held = [row.stances[index] for row in rows if row.lang == lang]
            assert 10 <= sum(held) <= len(held) / 2
    assert {row.part for row in rows} == {"train", "calibrate", "report"}


def test_a_post_to_train_on_is_neither_calibrated_with_nor_reported_on(tmp_path: Path) -> None:
    for name in ("pl.jsonl", f"{TAUGHT}pl.jsonl"):
        lines = [
            {"id": f"{name}{n}", "text": f"{name} {n}", "lang": "pl", "sentiment": "neutral", "stances": ["question"]} for n in range(40)
        ]
        (tmp_path / name).write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    parts = {name: {row.part for row in own_rows(tmp_path) if row.text.startswith(name)} for name in ("pl.jsonl", f"{TAUGHT}pl.jsonl")}
    assert parts == {"pl.jsonl": {"calibrate", "report"}, f"{TAUGHT}pl.jsonl": {"train"}}


def test_the_card_tells_stances_as_its_file_does(folder: Path) -> None:
    held = measure_stance(np.array([0.9, 0.4, 0.4, 0.1]), np.array([1.0, 1.0, 0.0, 0.0]), draws=50)
    raw = plain_stances({"complaint/tweets/en": ComparedStance(held, None), "abuse/tweets/en": ComparedStance(held, held)})
    assert plain_stances(compared_stances(raw)) == raw
    describe(folder, stances=raw)
    text = card(folder)
    assert STANCES_TOLD in text
    assert "| complaint/tweets/en | 4 (2) | 1.000 [" in text
    assert "(linear 0.875)" in text
