"""Writes what was measured as a page: every figure with its interval and the number of posts that it rests on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from classifiers.evaluation.feeling import Felt
from classifiers.evaluation.rows import SENTIMENTS
from classifiers.evaluation.score import FAMILIES, Counts, Scored, Share
from classifiers.evaluation.stories import Told
from classifiers.evaluation.story_report import story_lines
from classifiers.sentiment.measures import Figure

NAMES = {"all": "both", "pl": "Polish", "en": "English"}


@dataclass(frozen=True, slots=True)
class Quality:
    """All that one run measured. `version` names the rules and the model; `outside` are other sets, by name, with what was counted."""

    version: str
    scored: Scored
    felt: Felt
    neutral: Share | None
    outside: Mapping[str, Counts]
    alarms: Mapping[str, Share]
    told: Told | None = None


def report(quality: Quality) -> str:
    """The page in Markdown."""
    parts = (_head, _summary, _labels, _near, _confused, _alarms, _feeling, _calibration, _stories, _outside, _mistakes)
    return "\n".join(line for part in parts for line in part(quality)) + "\n"


def _head(quality: Quality) -> Iterator[str]:
    yield "# Quality"
    yield ""
    yield "What Czujka finds, measured on posts written by hand for this alone ([the set](../evaluation/README.md)). `make eval` writes"
    yield "this page anew. Values in brackets are 95 % intervals: Wilson's for shares, bootstrap over posts for means."
    yield ""
    yield f"Rules and model: `{quality.version}`. Posts: {quality.scored.rows}."
    yield ""


def _summary(quality: Quality) -> Iterator[str]:
    scored = quality.scored
    yield "## In short"
    yield ""
    yield "| | " + " | ".join(NAMES.get(name, name) for name in scored.labels) + " |"
    yield "|---|" + "---|" * len(scored.labels)
    yield "| mean F1 over labels | " + " | ".join(_shown(*scored.macro_f1[name]) for name in scored.labels) + " |"
    for kind in FAMILIES:
        cells = [_both(scored.families[name][kind]) for name in scored.labels]
        yield f"| {kind}, any kind: precision, recall | " + " | ".join(cells) + " |"
    yield "| pages where nothing should page | " + " | ".join(_share(scored.false_pages[name]) for name in scored.labels) + " |"
    yield "| what should page and does not | " + " | ".join(_share(scored.missed_pages[name]) for name in scored.labels) + " |"
    yield ""
    yield "Two in five posts are near misses, chosen to mislead; ordinary streams are far easier (see the false alarms below)."
    yield ""


def _labels(quality: Quality) -> Iterator[str]:
    yield "## By label"
    yield ""
    for name, labels in quality.scored.labels.items():
        if name != "all":
            yield f"### {NAMES.get(name, name)}"
            yield ""
            yield "| label | posts | precision | recall | F1 |"
            yield "|---|---|---|---|---|"
            for label, counts in labels.items():
                if counts.support or counts.false:
                    yield f"| {label} | {counts.support} | {_precision(counts)} | {_recall(counts)} | {counts.f1:.2f} |"
            yield ""


def _near(quality: Quality) -> Iterator[str]:
    yield "## Near misses"
    yield ""
    yield "How often a label is seen where it only looks as if."
    yield ""
    yield "| label | seen | of |"
    yield "|---|---|---|"
    for label, share in quality.scored.near.items():
        low, high = share.interval()
        yield f"| {label} | {share.hits} [{low:.2f}, {high:.2f}] | {share.tries} |"
    yield ""


def _confused(quality: Quality) -> Iterator[str]:
    yield "## Taken for another"
    yield ""
    yield "| it is | it was called | posts |"
    yield "|---|---|---|"
    for missed, false, times in quality.scored.confused:
        yield f"| {missed} | {false} | {times} |"
    yield ""


def _alarms(quality: Quality) -> Iterator[str]:
    if quality.alarms:
        yield "## False alarms on ordinary posts"
        yield ""
        yield "Posts about anything but us, of which none should page. The budget is 2 in 1,000 of severity high or critical."
        yield ""
        yield "| taken as | high or critical | of | in 1,000 |"
        yield "|---|---|---|---|"
        for name, share in quality.alarms.items():
            low, high = share.interval()
            rate = 1000 * share.hits / max(1, share.tries)
            yield f"| {name} | {share.hits} | {share.tries} | {rate:.2f} [{1000 * low:.2f}, {1000 * high:.2f}] |"
        yield ""


def _feeling(quality: Quality) -> Iterator[str]:
    felt = quality.felt
    yield "## Feeling"
    yield ""
    yield "| reader | posts in | macro-recall | macro-F1 | accuracy | calibration error |"
    yield "|---|---|---|---|---|---|"
    for reader, languages in felt.measured.items():
        for name, one in languages.items():
            figures = (one.macro_recall, one.macro_f1, one.accuracy, one.calibration_error)
            yield f"| {reader} | {NAMES.get(name, name)} ({one.rows}) | " + " | ".join(_figure(figure) for figure in figures) + " |"
    yield ""
    if quality.neutral is not None:
        yield f"Of {quality.neutral.tries} neutral Polish posts {_share(quality.neutral)} are called neutral."
        yield ""
    yield "| it is | " + " | ".join(f"called {word}" for word in SENTIMENTS) + " |"
    yield "|---|---|---|---|"
    for word, row in zip(SENTIMENTS, felt.confusion, strict=True):
        yield f"| {word} | " + " | ".join(str(int(cell)) for cell in row) + " |"
    yield ""


def _calibration(quality: Quality) -> Iterator[str]:
    yield "![How sure the model is, and how often it is right](img/calibration.svg)"
    yield ""
    yield "| how sure | how often right | posts |"
    yield "|---|---|---|"
    for sure, right, posts in quality.felt.calibration:
        yield f"| {sure:.2f} | {right:.2f} | {posts} |"
    yield ""


def _stories(quality: Quality) -> Iterator[str]:
    if quality.told is not None:
        yield from story_lines(quality.told)


def _outside(quality: Quality) -> Iterator[str]:
    if quality.outside:
        yield "## On other sets"
        yield ""
        yield "Public posts that others labelled; their definitions are not quite ours, and none was trained on."
        yield ""
        yield "| set | posts with it | precision | recall | F1 |"
        yield "|---|---|---|---|---|"
        for name, counts in quality.outside.items():
            yield f"| {name} | {counts.support} | {_precision(counts)} | {_recall(counts)} | {counts.f1:.2f} |"
        yield ""


def _mistakes(quality: Quality) -> Iterator[str]:
    yield "## The worst mistakes"
    yield ""
    yield "| post | text | found and not there | there and not found |"
    yield "|---|---|---|---|"
    for one in quality.scored.mistakes:
        text = " ".join(one.row.reading.text.split()).replace("|", "\\|")
        yield f"| {one.row.id} | {text[:160]}{'…' if len(text) > 160 else ''} | {_names(one.false)} | {_names(one.missed)} |"


def _names(labels: Sequence[str]) -> str:
    return ", ".join(labels) or "–"


def _both(counts: Counts) -> str:
    return f"{_precision(counts)}, {_recall(counts)}"


def _precision(counts: Counts) -> str:
    return "–" if counts.precision is None else _shown(counts.precision, *counts.of_precision())


def _recall(counts: Counts) -> str:
    return "–" if counts.recall is None else _shown(counts.recall, *counts.of_recall())


def _share(share: Share) -> str:
    low, high = share.interval()
    return f"{share.hits} of {share.tries}: {100 * share.hits / max(1, share.tries):.1f} % [{100 * low:.1f}, {100 * high:.1f}]"


def _figure(figure: Figure) -> str:
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"


def _shown(value: float, low: float, high: float) -> str:
    return f"{value:.2f} [{low:.2f}, {high:.2f}]"
