"""What the model learns topics from, and how both opinions on them become probabilities.

Everything is made twice: once without one series of posts, to calibrate on those, and once with all.
"""

import random
from collections.abc import Iterator, Sequence
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from classifiers.language import LANGUAGES
from classifiers.sentiment.data import Row, ordinary_keys_to_learn_from, ordinary_rows, read_raw, training_rows
from classifiers.sentiment.measures import Figure
from classifiers.sentiment.runtime import OTHER, OnnxSentiment
from classifiers.sentiment.text import normalise
from classifiers.sentiment.topic_measures import ranked
from classifiers.sentiment.topic_rows import TOPICS, TopicRow
from classifiers.sentiment.topics import TopicHead, TopicScale
from classifiers.sentiment.training.fronts import fronted
from classifiers.sentiment.training.linear import matrix, rarity_of
from classifiers.sentiment.training.stances import fitted

ORDINARY, TWEETS = 1_500, 1_500
ORDINARY_WEIGHT, CONTENT_WEIGHT = 0.3, 0.5
COMPLAINTS_FILE = "complaints_en_train.jsonl.gz"
STRENGTH = 12.0
HOLD = 0.02
SEED = 4
HASHTAG = "#HaldenDairy"
"""People begin with a brand's name, and it should change nothing. It is none of those that posts are learned with."""
_NEVER_BY_CHANCE = ("leak.", "crisis.", "account.", "complaint.safety", "complaint.workplace")
"""What English tweets about nobody in particular are taken not to tell."""


def silent_rows(folder: Path, count: int = ORDINARY) -> list[Row]:
    """Give ordinary Polish posts to learn from, as posts that tell of nothing."""
    fresh = ordinary_keys_to_learn_from(folder)
    return [row for row in ordinary_rows(folder) if row.key in fresh][:count]


def unseen_silent_rows(folder: Path, count: int = ORDINARY) -> list[Row]:
    """Give as many ordinary posts again that no fit saw."""
    seen = {row.key for row in (*training_rows(folder), *silent_rows(folder))}
    fresh = ordinary_keys_to_learn_from(folder) - seen
    return [row for row in ordinary_rows(folder) if row.key in fresh][:count]


def tweets(folder: Path, count: int = TWEETS) -> list[Row]:
    """Draw English tweets, which tell of hardly anything that matters."""
    return random.Random(SEED).sample([row for row in training_rows(folder) if row.lang == "en"], count)


def tells_by_chance() -> tuple[float, ...]:
    """Give what is known of such a tweet."""
    return tuple(0.0 if name.startswith(_NEVER_BY_CHANCE) else nan for name in TOPICS)


def content(folder: Path) -> list[str]:
    """Give tweets to support accounts that people judged to be no complaints."""
    return [raw["text"] for raw in read_raw(folder / COMPLAINTS_FILE) if raw["label"] == "not_complaint"]


def tells_no_complaint() -> tuple[float, ...]:
    """Give what is known of such a tweet."""
    return tuple(0.0 if name.startswith("complaint.") else nan for name in TOPICS)


def told(folder: Path, posts: Sequence[TopicRow]) -> Iterator[tuple[str, tuple[float, ...], float]]:
    """Give the texts to learn from, what each tells, and how much it weighs."""
    dice = random.Random(SEED)
    yield from ((fronted(post.text, dice), post.tells(), 1.0) for post in posts)
    yield from ((row.text, (0.0,) * len(TOPICS), ORDINARY_WEIGHT) for row in silent_rows(folder))
    yield from ((row.text, tells_by_chance(), ORDINARY_WEIGHT) for row in tweets(folder))
    yield from ((text, tells_no_complaint(), CONTENT_WEIGHT) for text in content(folder))


def counted_topics(posts: Sequence[TopicRow], contents: int) -> dict[str, int]:
    """Count for the card how many posts tell of each topic, and how many of none; `contents` are tweets that are no complaints."""
    counts = {name: sum(name in post.labels for post in posts) for name in TOPICS}
    others = {"ordinary posts": ORDINARY, "English tweets": TWEETS, "English tweets that are no complaints": contents}
    return {**counts, "none of them": sum(not post.labels for post in posts), **others}


def fit_topic_head(folder: Path, posts: Sequence[TopicRow]) -> TopicHead:
    """Fit the linear head, one topic at a time, over one table of rarity."""
    texts, tells, weights = zip(*told(folder, posts), strict=True)
    plain = [normalise(text) for text in texts]
    rarity = rarity_of(plain)
    features, wanted, trusted = matrix(plain, rarity), np.array(tells), np.array(weights)
    solution = np.stack([fitted(features, each, _evened(each, trusted), STRENGTH) for each in wanted.T], axis=1)
    return TopicHead.of(solution[:-1], rarity, solution[-1].astype(np.float32))


def _evened(wanted: NDArray[np.float64], trusted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weigh the hits half-way to being as many as the others."""
    held, others = trusted[wanted == 1.0].sum(), trusted[wanted == 0.0].sum()
    shares: NDArray[np.float64] = np.where(wanted == 1.0, trusted * np.sqrt(others / max(held, 1.0)), trusted)
    return shares


def measured_topics(model: OnnxSentiment, posts: Sequence[TopicRow]) -> dict[str, dict[str, Any]]:
    """Measure how a calibrated model that saw none of these posts ranks their topics, in each language: as they are, behind a hashtag, and
    its opinions alone."""
    figures = {}
    for lang in LANGUAGES:
        mine = [post for post in posts if post.lang == lang]
        texts, wanted = [post.text for post in mine], np.array([post.tells() for post in mine])
        encoded, voted = model.topic_logits(texts, [lang] * len(mine))
        told, beside = _told(model, texts, lang), _told(model, [f"{HASHTAG} {text}" for text in texts], lang)
        opinions: list[tuple[str, NDArray[Any]]] = [("both", told), ("behind a hashtag", beside), ("n-grams", voted), ("encoder", encoded)]
        figures[lang] = {"posts": len(mine)} | {name: _triple(ranked(scores, wanted)) for name, scores in opinions if scores.any()}
    return figures


def _told(model: OnnxSentiment, texts: Sequence[str], lang: str) -> NDArray[np.float64]:
    """Give probabilities, shape (texts, topics)."""
    return np.array([[one.topics[name] for name in TOPICS] for one in model.read(texts, [lang] * len(texts))])


def _triple(figure: Figure) -> list[float]:
    return [round(one, 4) for one in (figure.value, figure.low, figure.high)]


def fit_topic_scales(model: OnnxSentiment, folder: Path, posts: Sequence[TopicRow]) -> dict[str, TopicScale]:
    """Fit how the opinions of a model that saw none of these posts become probabilities, for each language and for all others."""
    known = [(post.text, post.lang, post.tells()) for post in posts]
    known += [(row.text, row.lang, (0.0,) * len(TOPICS)) for row in unseen_silent_rows(folder)]
    texts, spoken, tells = zip(*known, strict=True)
    encoded, voted = model.topic_logits(texts, spoken)
    langs, wanted = np.array(spoken), np.array(tells)
    groups = {lang: langs == lang for lang in LANGUAGES} | {OTHER: np.ones(len(langs), dtype=bool)}
    return {name: fit_topic_scale(encoded[group], voted[group], wanted[group]) for name, group in groups.items()}


def fit_topic_scale(
    encoded: NDArray[np.float32], voted: NDArray[np.float32], wanted: NDArray[np.float64], names: Sequence[str] = TOPICS
) -> TopicScale:
    """Fit two weights and an offset for each topic on logits and answers, shape (texts, topics); NaN: nobody judged.

    Offsets are drawn to their mean, so that a topic with few posts leans on the others.
    """
    known = ~np.isnan(wanted)
    answers = np.nan_to_num(wanted)

    def loss(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        raw = encoded * point[0] + voted * point[1] + point[2:]
        away = point[2:] - point[2:].mean()
        gap = known * (1.0 / (1.0 + np.exp(-raw)) - answers)
        value = float((known * (np.logaddexp(0.0, raw) - answers * raw)).sum()) / len(wanted) + HOLD * float((away**2).sum())
        slope = np.concatenate([[(gap * encoded).sum(), (gap * voted).sum()], gap.sum(axis=0)]) / len(wanted)
        slope[2:] += 2.0 * HOLD * away
        return value, slope

    start = np.concatenate([[0.7, 0.7], np.full(len(names), -1.0)])
    bounds = [(0.0, 5.0), (0.0, 5.0), *[(-8.0, 4.0)] * len(names)]
    first, second, *offsets = (round(float(value), 5) for value in minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x)
    return TopicScale(encoder=first, ngrams=second, offsets=dict(zip(names, offsets, strict=True)))
