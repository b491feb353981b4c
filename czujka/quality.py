"""Measures the reading that ships on a folder of labelled posts: rules over the folder's own configuration, and the model."""

from collections.abc import Sequence
from pathlib import Path

from classifiers.evaluation import feeling, outside, rows, score, story_rows
from classifiers.evaluation.report import Quality
from classifiers.evaluation.stories import Told, by_likeness, measure_stories
from classifiers.sentiment import torch_model
from classifiers.understand import Classifiers
from core.errors import ConfigError
from czujka.config import load
from czujka.reading import context_of, model_of

NEUTRAL, STORIES = "neutral_pl.jsonl", "stories.jsonl"


def measure(posts: Path, datasets: Path | None, others: Sequence[str] = ()) -> Quality:
    """All figures of one run; minutes. Raises ConfigError: no posts there, or a row that cannot be read."""
    files = sorted(posts.glob("??.jsonl"))
    if not files or not (posts / "czujka.toml").exists():
        raise ConfigError(f"{posts}: files such as pl.jsonl, and the czujka.toml that they are about, were expected", reason="evaluation")
    settings = load(posts / "czujka.toml")
    model = model_of(settings)
    classifiers = Classifiers.load(context_of(settings), model)
    read = [row for file in files for row in rows.read(file)]
    neutral = rows.read(posts / NEUTRAL) if (posts / NEUTRAL).exists() else []
    return Quality(
        version=version(classifiers),
        scored=score.score(read, classifiers.read([row.reading for row in read])),
        felt=feeling.measure_feeling(read, model, {name: torch_model.load(name) for name in others}, datasets),
        neutral=feeling.share_neutral(neutral, model) if neutral else None,
        outside=outside.labelled(classifiers, datasets) if datasets is not None else {},
        alarms=outside.alarms(classifiers, datasets) if datasets is not None else {},
        told=told(posts / STORIES) if (posts / STORIES).exists() else None,
    )


def told(posts: Path) -> Told:
    """How well the posts of one file are gathered into stories. Raises ConfigError for a row that cannot be read."""
    return measure_stories(story_rows.read(posts), by_likeness)


def version(classifiers: Classifiers) -> str:
    """What was measured: another whenever a pack or the model changes."""
    return classifiers.version
