"""What a post tells of: answered by a model that has scales, head and branch for it, and by no other."""

import json
import shutil
from collections import Counter
from math import isnan
from pathlib import Path

import numpy as np
import pytest

from classifiers.sentiment.card import topic_lines
from classifiers.sentiment.ngrams import BUCKETS, blocks
from classifiers.sentiment.runtime import BRANCH_FILE, DEFAULT_FOLDER, TOPICS_FILE, OnnxSentiment, load
from classifiers.sentiment.topic_measures import average_precision, mean_average_precision, ranked
from classifiers.sentiment.topic_rows import TOPICS, TopicRow, topic_rows
from classifiers.sentiment.topics import TopicHead, TopicScale, load_topics
from classifiers.taxonomy import LABELS
from core.errors import ClassifyError
from core.types import Voice


def counting_head(words: dict[str, int], outputs: int) -> TopicHead:
    """A head that knows these words alone: each adds 4 to its output where it is the only word that is known."""
    weights, rarity = np.zeros((BUCKETS, outputs)), np.zeros(BUCKETS, dtype=np.float32)
    for word, column in words.items():
        (bucket,) = blocks(word)[0].buckets
        weights[bucket, column], rarity[bucket] = 4.0, 1.0
    return TopicHead.of(weights, rarity, np.full(outputs, -2.0, dtype=np.float32))


def describe(folder: Path, **more: object) -> None:
    path = folder / "model.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **more}), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEFAULT_FOLDER, tmp_path / "model"))


@pytest.fixture(scope="module")
def shipped() -> OnnxSentiment:
    return load(threads=1)


def test_a_head_is_the_same_when_it_is_read_back(tmp_path: Path) -> None:
    head = counting_head({"parcel": 0, "invoice": 2}, 3)
    head.save(tmp_path / "topics.npz")
    again = load_topics(tmp_path / "topics.npz", 3)
    counted = [blocks(text) for text in ("parcel", "invoice", "weather")]
    assert again.judged(counted).tolist() == head.judged(counted).tolist() == [[2.0, -2.0, -2.0], [-2.0, -2.0, 2.0], [-2.0, -2.0, -2.0]]


def test_only_what_says_anything_is_kept() -> None:
    assert len(counting_head({"parcel": 0, "invoice": 2}, 3).weights) == 3


def test_weights_are_rounded_to_steps_of_their_label_alone() -> None:
    weights = np.zeros((BUCKETS, 2))
    (parcel,), (invoice,), (weather,) = (blocks(word)[0].buckets for word in ("parcel", "invoice", "weather"))
    weights[parcel], weights[invoice], weights[weather] = (12.7, 0.0127), (0.32, 0.0), (0.04, 0.00004)
    head = TopicHead.of(weights, np.ones(BUCKETS, dtype=np.float32), np.zeros(2, dtype=np.float32))
    known = head.weights[head.rows[[parcel, invoice, weather]]]
    assert known.tolist() == [[127, 127], [3, 0], [0, 0]]
    assert (known[0] * head.scales).tolist() == pytest.approx([12.7, 0.0127])
    assert len(head.weights) == 1 + 2


def test_a_scale_weighs_both_opinions_and_gives_each_label_its_offset() -> None:
    scale = TopicScale(encoder=0.5, ngrams=1.0, offsets={"praise": 0.0, "question": -2.0})
    shares = scale.probabilities(np.array([2.0, 2.0], dtype=np.float32), np.array([-1.0, 1.0], dtype=np.float32))
    assert shares.tolist() == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize(
    ("text", "lang", "label"),
    [
        ("Two weeks and the parcel still hasn't left your depot.", "en", "complaint.delivery"),
        ("You charged my card twice for one order.", "en", "complaint.billing"),
        ("The whole team should stop buying here, join us on Saturday, #boycott", "en", "crisis.boycott"),
        ("My lawyer will be writing to you this week.", "en", "crisis.legal"),
        ("Paczka od dwóch tygodni stoi w sortowni i nikt nic nie wie.", "pl", "complaint.delivery"),
        ("Pobraliście z karty dwa razy tę samą kwotę.", "pl", "complaint.billing"),
        ("Składam pozew, spotkamy się w sądzie.", "pl", "crisis.legal"),
    ],
)
def test_the_model_that_ships_tells_a_clear_case(shipped: OnnxSentiment, text: str, lang: str, label: str) -> None:
    (one,) = shipped.read([text], [lang])
    assert max(one.topics, key=lambda name: one.topics[name]) == label


def test_every_topic_has_a_probability(shipped: OnnxSentiment) -> None:
    (one,) = shipped.read(["The meeting is at six."], ["en"])
    assert tuple(one.topics) == TOPICS
    assert all(0.0 < share < 0.5 for share in one.topics.values())


def test_topics_do_not_move_feelings(shipped: OnnxSentiment, folder: Path) -> None:
    describe(folder, topics={})
    (folder / TOPICS_FILE).unlink()
    (folder / BRANCH_FILE).unlink()
    texts, langs = ["Polecam!", "It broke again", "Zebranie jest o 18."], ["pl", "en", "pl"]
    plain = load(folder, threads=1).read(texts, langs)
    assert plain == shipped.read(texts, langs)
    assert [one.topics for one in plain] == [{}, {}, {}]


def test_a_long_text_tells_what_any_of_its_parts_tells(shipped: OnnxSentiment) -> None:
    filler = "The meeting is at six and the agenda hangs on the door of the room. " * 8
    short, long = shipped.read(
        ["You charged my card twice for one order.", f"{filler}You charged my card twice for one order."], ["en"] * 2
    )
    (calm,) = shipped.read([filler], ["en"])
    assert short.topics["complaint.billing"] > 0.5
    assert long.topics["complaint.billing"] > 5 * calm.topics["complaint.billing"]


def test_topics_of_other_languages_than_the_blends_are_refused(folder: Path) -> None:
    describe(folder, topics={"pl": {"encoder": 1.0, "ngrams": 1.0, "offsets": {"praise": 0.0}}})
    with pytest.raises(ClassifyError, match=r"model\.json.*topics"):
        load(folder, threads=1)


@pytest.mark.parametrize("name", [TOPICS_FILE, BRANCH_FILE])
def test_a_part_cut_short_is_named(folder: Path, name: str) -> None:
    (folder / name).write_bytes((folder / name).read_bytes()[:1_000])
    with pytest.raises(ClassifyError, match=name.replace(".", r"\.")):
        load(folder, threads=1)


def test_a_head_of_other_labels_is_named(folder: Path) -> None:
    counting_head({"parcel": 0}, 3).save(folder / TOPICS_FILE)
    with pytest.raises(ClassifyError, match=r"topics\.npz: weights of shape \(1, 3\), expected 31 labels"):
        load(folder, threads=1)


def post(voice: Voice, *labels: str) -> TopicRow:
    return TopicRow("text", "en", voice, frozenset(labels), frozenset(), "neutral", "a", "topics/1")


def test_nobody_judged_a_label_that_is_never_raised_for_a_voice() -> None:
    told = dict(zip(TOPICS, post(Voice.OURS, "policy.quarrel").tells(), strict=True))
    assert told["policy.quarrel"] == 1.0
    assert told["policy.politics"] == told["leak.finance"] == 0.0
    assert isnan(told["crisis.legal"]) and isnan(told["complaint.delivery"])


@pytest.mark.parametrize(("lang", "text"), [("pl", "Paczka nie dotarła, czekam tydzień."), ("en", "My parcel never came, a week now.")])
def test_the_branch_has_a_say_in_both_languages(shipped: OnnxSentiment, lang: str, text: str) -> None:
    encoded, _ = shipped.topic_logits([text], [lang])
    assert TOPICS[int(encoded[0].argmax())] == "complaint.delivery"


def test_the_posts_written_for_topics_are_whole() -> None:
    rows = topic_rows()
    assert len({row.key for row in rows}) == len({row.text for row in rows}) == len(rows) > 32_000
    assert {(row.series, row.lang) for row in rows} == {(series, lang) for series in "abcdefgh" for lang in ("en", "pl")}
    assert not [row.key for row in rows if row.labels & row.near]
    assert not [row.key for row in rows if any(row.voice not in LABELS[label].voices for label in row.labels & set(TOPICS))]
    for lang in ("en", "pl"):
        counts = Counter(label for row in rows if row.lang == lang for label in row.labels)
        assert min(counts[label] for label in TOPICS) >= 100
        assert sum(bool(row.near) and not row.labels for row in rows if row.lang == lang) > 0.3 * sum(row.lang == lang for row in rows)


def test_average_precision_is_the_mean_precision_at_the_hits() -> None:
    scores, holds = np.array([0.9, 0.8, 0.7, 0.6]), np.array([1.0, 0.0, 1.0, 0.0])
    assert average_precision(scores, holds) == pytest.approx((1 / 1 + 2 / 3) / 2)
    assert average_precision(-scores, holds) == pytest.approx((1 / 2 + 2 / 4) / 2)
    assert average_precision(scores, np.zeros(4)) == 0.0


def test_the_mean_is_over_topics_that_hold_and_posts_that_were_judged() -> None:
    scores = np.array([[0.9, 0.1, 0.5], [0.1, 0.9, 0.5], [0.5, 0.5, 0.5]])
    wanted = np.array([[1.0, 1.0, 0.0], [0.0, np.nan, 0.0], [0.0, 0.0, 0.0]])
    assert mean_average_precision(scores, wanted) == pytest.approx((1.0 + 0.5) / 2)
    figure = ranked(scores, wanted, draws=20)
    assert figure.low <= figure.value <= figure.high


def test_the_card_shows_topics_by_language_and_opinion() -> None:
    raw = {"pl": {"posts": 9, "both": [0.6, 0.5, 0.7]}, "en": {"posts": 10, "both": [0.7, 0.6, 0.8], "n-grams": [0.5, 0.4, 0.6]}}
    assert list(topic_lines(raw))[2:] == [
        "| posts in | posts | both | n-grams |",
        "|---|---|---|---|",
        "| pl | 9 | 0.600 [0.500, 0.700] | – |",
        "| en | 10 | 0.700 [0.600, 0.800] | 0.500 [0.400, 0.600] |",
        "",
    ]
    assert list(topic_lines({})) == []


TOLD = {
    "Ser był cały spleśniały, chcę zwrotu pieniędzy": "complaint.quality",
    "Kefir był zepsuty. Gdzie mogę to zgłosić?": "question",
    "Wypłacili nam pensje trzy tygodnie po terminie": "complaint.workplace",
    "Nie kupujcie tam więcej, wzywam wszystkich do bojkotu": "crisis.boycott",
    "The parcel was left in the rain and the box fell apart": "complaint.delivery",
    "I was charged twice for the same ticket": "complaint.billing",
    "We are taking them to court over this": "crisis.legal",
    "The app has been down since the morning": "complaint.outage",
}


@pytest.mark.parametrize("beside", ["#zimowit {}", "@zimowit {}", "Zimowit: {}", "#DobryZimowit {}", "{} #zimowit"])
def test_a_name_in_front_or_behind_takes_nothing_away(shipped: OnnxSentiment, beside: str) -> None:
    texts = [beside.format(text) for text in TOLD]
    langs = ["pl"] * 4 + ["en"] * 4
    told = [one.topics[label] for one, label in zip(shipped.read(texts, langs), TOLD.values(), strict=True)]
    assert min(told) > 0.5, dict(zip(texts, told, strict=True))
