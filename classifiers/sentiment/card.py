"""The model card: what the shipped model is made of, what it scores beside the baseline, and where it fails.

Written by code from `model.json` alone, so that it needs no data and cannot say other than what was measured.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from classifiers.sentiment.evaluate import Compared, labels_table, table
from classifiers.sentiment.measures import Figure, Measured
from classifiers.sentiment.runtime import DEFAULT_FOLDER, figures
from classifiers.sentiment.stance_measures import ComparedStance, Held, stance_table
from classifiers.sentiment.topic_measures import topic_table
from core.errors import ClassifyError

CARD_FILE = "CARD.md"
SINGLE = ("macro_recall", "macro_f1", "accuracy", "calibration_error")
BY_LABEL = ("precision", "recall")
STANCE_FIGURES = ("precision", "recall", "f1", "ranking", "calibration_error")

WHAT = """\
A post in, three probabilities out: negative, neutral, positive, as a reader would take the author's feeling.
Languages: Polish and English; other languages are answered with the blend fitted on both, without a promise.

Two opinions are blended by weights fitted for each language: an encoder (six transformer layers, 384 wide, int8 ONNX) and the
language's own logistic regression over hashed words, word pairs and character n-grams. Diacritics are folded before either reads, so
posts with and without them are read alike. Links are dropped, handles become `@user`, emoji become their names, hashtags words."""

DATA = """\
The training texts are public posts and reviews whose licences are unclear; they are not in this repository and are not shipped.
**Decision:** weights and aggregated figures are shipped, texts are not; the hashes below say exactly which files were used.
Polish tweets were annotated without *neutral*, so there the model learns from, and is measured on, negative and positive alone.
Ordinary Polish headlines and short posts stand in for Polish neutrals; their neutrality is assumed, not annotated. Three of
the first seven series of posts that topics are learned from teach the encoder feelings, too, and five the English n-gram head. Reviews and
headlines hold no emoji, so rows with emoji are made of labelled ones: with emoji that agree, short praise under mocking ones as negative,
plain texts that feel as their emoji. Reviews say outright what they feel; 9,500 Polish and 6,500 English sentences were written (in the
repository, eight writers a language) that tell it by what happened, by rarer words, by contrast or irony, among true neutrals that look
loaded."""

TRAINING = """\
`make train` follows this recipe from the same files with fixed seeds; it gives a model alike, not the same bytes: sums run in bfloat16,
in an order that depends on the machine. About 10,000 Polish word pieces and the 24,000 commonest Polish word forms are appended to the
English vocabulary; each form starts from the embeddings of its English gloss, of one to three words, written for this purpose.
The encoder is fitted on the labelled rows; from there on, twice in another order, with posts and sentences written for this purpose, with
rows with emoji, and with Polish texts that nobody labelled, to which the blend of the first fit and the n-gram heads gave the answers. The
mean of these two fits' weights loses a third of its inner features; as it was with them, it teaches what is left. The upper half of that
goes on twice in another order, with the English sentences, too; what ships is the mean of these two."""

LIMITS = """\
- Irony is mostly read literally. A quoted opinion counts as the author's.
- Feeling is not topic: bad news told soberly is neutral, and a complaint without strong words may be neutral too.
- Polish neutrals in the register of posts come from posts written for this purpose alone; expect short factual Polish posts to be called
  polar now and then.
- Polish tweet labels come from one annotator and are noisy; no figure on them should be read to the point.
- A thumb down under a short praise ("No super") is still read as praise: the n-gram heads vote by the words.
- The variants of the n-gram heads (with and without rows with emoji, our posts, sentences), the means of the fits, the inner widths and the
  size of a batch were compared on kept-out training rows, but their development figures were in view: expect a little less on texts from
  elsewhere.
- Of a long text the first six and the last two windows of 64 pieces are read; `truncated` says so.
- Activations are quantised over a batch: the company that a text is read in moves its probabilities, on 400 development posts by
  0.01 on average and by 0.18 at most."""

STANCES_TOLD = """\
Stances stand beside: whether the post complains, praises, asks or abuses somebody, whoever it is about. A linear head of their own over
the same n-grams was fitted on English tweets to support accounts, English tweets, Polish readers' comments, posts written for this
purpose (in the repository, in both languages), and guesses from feelings: guests of hotels who are negative complain. **No public set
shows Polish complaints, praise or questions: there the written posts and the guesses are all there is.** For each language a slope, two
weights for the feeling and an offset were fitted on rows disjoint from these. They are probabilities at the rate of those rows; in an
ordinary stream all are rarer. Told at one half; *ranking* is the area under the ROC curve; `own` are written posts that were neither
trained on nor calibrated with, by the same hand as those that were: expect less on posts by others. *linear* is fitted on the same
set's training rows alone."""

TOPICS_TOLD = """\
Topics stand beside: a probability for each label of the taxonomy that checksums and lists cannot settle, whoever the text is about. They
are learned from posts written for this purpose alone (in the repository, in both languages, two fifths of them near misses), in eight
series, each of other people and registers; the first four avoid the words that everybody uses for a matter, the others use them; the
eighth was written about what had been told worst, and learned from over the finished encoder. A linear head over the n-grams speaks, and
so do three upper layers beside those that read feelings, over the same lower half of the encoder. Figures: the mean over topics of
average precision on the third and the sixth series, by a model that learned from the others alone. The model that ships learned from all
and keeps the weights that were fitted on those. All come from one house, and the words of the first three were counted to choose which
Polish forms have a gloss: expect less on posts by others."""

CALIBRATED = """\
Calibration and blend were fitted on training rows kept out of training and, as a tenth of the weight, on posts of our own that teach no
feelings; both are disjoint from the rows reported here."""

LICENCE = """\
Base weights: all-MiniLM-L6-v2, Apache-2.0. These weights: Apache-2.0, like the rest of the repository."""


def card(folder: Path | None = None) -> str:
    """Write the card of a model folder (None: the one that ships) as Markdown. Raises ClassifyError where its description lacks a part."""
    known: Mapping[str, Any] = figures(folder)
    try:
        return "\n".join(_lines(known)) + "\n"
    except (KeyError, TypeError, AttributeError) as error:
        where = (folder or DEFAULT_FOLDER) / "model.json"
        raise ClassifyError(f"{where}: the card needs {error}; write the file again with `make train`", reason="bad_model") from error


def _lines(known: Mapping[str, Any]) -> Iterator[str]:
    results = compared(known["figures"])
    yield from (f"# Model card: {known['version']}", "", WHAT, "", "## Figures", "", known["measured_on"], "")
    yield from (*table(results), "", "By label:", "", *labels_table(results), "")
    yield from stance_lines(known.get("stances", {}))
    yield from topic_lines(known.get("topic_figures", {}))
    yield from (CALIBRATED, "")
    yield from ("## Data", "", DATA, "", "| source | rows |", "|---|---|", *_cells(known["rows"]), "")
    yield from _sources("Stances", known.get("stance_rows", {}))
    yield from (*_sources("Topics", known.get("topic_rows", {})), "| file | SHA-256 |", "|---|---|", *_cells(known["data"]), "")
    yield from ("## How it was trained", "", TRAINING, "", *(f"- {key}: {value}" for key, value in known["recipe"].items()), "")
    yield from ("## Limits", "", LIMITS, "", "## Licence", "", LICENCE)


def stance_lines(raw: Mapping[str, Any]) -> Iterator[str]:
    """Give the part of the card on stances; nothing for a model without them."""
    if raw:
        yield from (STANCES_TOLD, "")
        yield from (*stance_table(compared_stances(raw)), "")


def topic_lines(raw: Mapping[str, Any]) -> Iterator[str]:
    """Give the part of the card on topics; nothing for a model without them."""
    if raw:
        yield from (TOPICS_TOLD, "", *topic_table(raw), "")


def _sources(name: str, rows: Mapping[str, object]) -> Iterator[str]:
    if rows:
        yield from (f"{name}:", "", "| source | rows |", "|---|---|", *_cells(rows), "")


def compared_stances(raw: Mapping[str, Any]) -> dict[str, ComparedStance]:
    """Read the stances' figures of `model.json` back."""
    return {name: ComparedStance(_held(one["model"]), _held(one["baseline"]) if one["baseline"] else None) for name, one in raw.items()}


def _held(raw: Mapping[str, Any]) -> Held:
    return Held(raw["rows"], raw["holding"], *(Figure(*raw[key]) for key in STANCE_FIGURES))


def plain_stances(results: Mapping[str, ComparedStance]) -> dict[str, Any]:
    """Give stances' figures as `model.json` keeps them."""
    return {
        name: {"model": _plain_held(one.model), "baseline": _plain_held(one.baseline) if one.baseline else None}
        for name, one in results.items()
    }


def _plain_held(one: Held) -> dict[str, Any]:
    return {"rows": one.rows, "holding": one.holding, **{key: _triple(getattr(one, key)) for key in STANCE_FIGURES}}


def _cells(pairs: Mapping[str, object]) -> Iterator[str]:
    yield from (f"| {name} | {value} |" for name, value in pairs.items())


def compared(raw: Mapping[str, Any]) -> dict[str, Compared]:
    """Read the figures of `model.json` back."""
    return {name: Compared(_measured(one["model"]), _measured(one["baseline"])) for name, one in raw.items()}


def _measured(raw: Mapping[str, Any]) -> Measured:
    recall, f1, accuracy, calibration = (Figure(*raw[key]) for key in SINGLE)
    precisions, recalls = ({label: Figure(*values) for label, values in raw[key].items()} for key in BY_LABEL)
    return Measured(raw["rows"], recall, f1, accuracy, calibration, precisions, recalls)


def plain(results: Mapping[str, Compared]) -> dict[str, Any]:
    """Give figures as `model.json` keeps them: [value, low, high]."""
    return {name: {"model": _plain(one.model), "baseline": _plain(one.baseline)} for name, one in results.items()}


def _plain(one: Measured) -> dict[str, Any]:
    single = {key: _triple(getattr(one, key)) for key in SINGLE}
    by_label = {key: {label: _triple(figure) for label, figure in getattr(one, key).items()} for key in BY_LABEL}
    return {"rows": one.rows, **single, **by_label}


def _triple(figure: Figure) -> list[float]:
    return [figure.value, figure.low, figure.high]
