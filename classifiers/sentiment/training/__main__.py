"""Makes the sentiment model from the data sets: `make train DATA=DIR`, or `python -m classifiers.sentiment.training --data DIR --out DIR`.

Word pieces → n-gram heads → first fit of the encoder → second fit, which reads our own posts, Polish sentences and rows with emoji, too,
and unlabelled texts that the blend of both answers → third fit, the same in another order → the mean of those two fits' weights → narrower
layers, taught by the mean → their upper half goes on twice, with English sentences, too → the mean of those two fits → int8 ONNX →
blend on kept-out rows → stance heads and their scales → topics: a linear head and a branch of the encoder, once without two series of posts
to calibrate on those, once with all → figures beside the baseline → card.
Needs what `make .venv/train` installs. Takes about 100 minutes on two cores. What is finished lies in `OUT/work` and is not done again.
"""

import argparse
import json
import random
import shutil
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from classifiers.language import LANGUAGES
from classifiers.sentiment import data
from classifiers.sentiment.answers import LABELS
from classifiers.sentiment.runtime import (
    BRANCH_FILE,
    DESCRIPTION_FILE,
    MODEL_FILE,
    NGRAMS_FILES,
    TOKENIZER_FILE,
    TOPICS_FILE,
    Blend,
    OnnxSentiment,
    load,
)
from classifiers.sentiment.sentences import sentences
from classifiers.sentiment.text import LONGEST_CHARS, normalise
from classifiers.sentiment.topic_rows import KEPT, TOPICS, Series, TopicRow, topic_rows
from classifiers.sentiment.topics import TopicScale
from classifiers.sentiment.training import vocabulary
from classifiers.sentiment.training.branch import BranchRecipe, fit_branch, restored_branch, tokenized
from classifiers.sentiment.training.calibrate import OWN_SOURCE, fit_blends
from classifiers.sentiment.training.emoji import emoji_rows
from classifiers.sentiment.training.encoder import SHARED, Encoder, base_folder, base_weights, load_base
from classifiers.sentiment.training.export import export, export_branch, restored, save_tokenizer
from classifiers.sentiment.training.figures import describe, write_figures
from classifiers.sentiment.training.fit import Example, Recipe, examples, fit, mixture, padded, shuffled, taught
from classifiers.sentiment.training.linear import ORDINARY_POSTS, fit_head
from classifiers.sentiment.training.narrow import narrow
from classifiers.sentiment.training.stances import fit_stances
from classifiers.sentiment.training.topics import content, counted_topics, fit_topic_head, fit_topic_scales, measured_topics, told
from classifiers.sentiment.windows import FIRST as FIRST_WINDOWS
from classifiers.sentiment.windows import LAST as LAST_WINDOWS
from classifiers.sentiment.windows import LONGEST_PIECES

VERSION = "sentiment@9"
FIRST = Recipe()
SECOND = Recipe(seed=9, body_rate=5e-5, head_rate=3e-4, old_rate=2e-5, new_rate=2e-4, english_share=0.15)
THIRD = replace(SECOND, seed=10)
LAST = Recipe(seed=11, body_rate=2e-5, head_rate=1e-4, old_rate=1e-5, new_rate=5e-5, smoothing=0.0, class_power=0.0)
SHOWN, TAUGHT = 500, 6_000
"""So many texts of each kind show what a layer sees, and are answered by the encoder as it was before it was narrowed."""
BRANCH = BranchRecipe()
PUPIL, MEAN, TAUGHT_NARROW, NARROW = "first.pt", "mean.pt", "taught.pt", "narrow.pt"
OWN_HEARD: Mapping[str, frozenset[Series]] = {"en": frozenset({"a", "b", "d", "e", "g"})}
"""The languages whose n-gram head reads our own posts, and which of them: of Polish hotel reviews it would lose a point."""
APART, WHOLE = "apart", "whole"
"""The two makings of topics, without the kept series and with them. `OUT/work/apart` is a whole model folder: what decides on
probabilities reads the kept posts with it."""
EVEN = Blend(encoder=0.7, ngrams=0.3, bias=(0.0, 0.0, 0.0))
MEASURED_ON = (
    "Values with 95 % bootstrap intervals on development rows that were not trained on; the int8 model as shipped. *linear* is TF-IDF of "
    "words and character n-grams with logistic regression, classes weighed alike, fitted on the training rows of the same corpora. "
    "`pl-twitter` has no neutral: both are asked for negative or positive. `pl-sentences` and `en-sentences` are an eighth of the "
    "sentences written for this purpose, kept from training; the same people wrote the others: expect less on sentences by others."
)


@dataclass(frozen=True, slots=True)
class Further:
    """A fit that goes on from another one, and what it reads beside its mixture: series of our own posts, sentences of these languages."""

    recipe: Recipe
    file: str
    series: frozenset[Series]
    langs: frozenset[str]


FURTHER = (
    Further(SECOND, "second.pt", frozenset({"a", "b"}), frozenset({"pl"})),
    Further(THIRD, "third.pt", frozenset({"a", "b", "d"}), frozenset({"pl"})),
)
UPPER = tuple(
    Further(replace(THIRD, seed=seed, english_share=0.5), f"upper{seed}.pt", frozenset({"a", "b", "d"}), frozenset(LANGUAGES))
    for seed in (15, 16)
)
"""Fits of the upper half of the narrow layers."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run every step. Prints what it does."""
    asked = _parser().parse_args(arguments)
    torch.set_num_threads(asked.threads)
    work = asked.out / "work"
    work.mkdir(parents=True, exist_ok=True)
    rows = data.training_rows(asked.data)
    tokenizer = _tokenizer(rows, asked.data, work)
    for lang, file in NGRAMS_FILES.items():
        if not (work / file).exists():
            fit_head(_heard(asked.data, lang)).save(work / file)
    if not (work / PUPIL).exists():
        fit(_fresh(tokenizer), examples(mixture(rows, FIRST), tokenizer), FIRST, work / PUPIL)
    for one in FURTHER:
        if not (work / one.file).exists():
            fit(restored(work / PUPIL, tokenizer, old_pieces()), _todo(asked.data, work, one, tokenizer), one.recipe, work / one.file)
    if not (work / MEAN).exists():
        _average([work / one.file for one in FURTHER], work / MEAN)
    if not (work / TAUGHT_NARROW).exists():
        _narrow(asked.data, rows, tokenizer, work)
    for one in UPPER:
        if not (work / one.file).exists():
            encoder = restored(work / TAUGHT_NARROW, tokenizer, old_pieces()).requires_grad_(False)
            for part in (*encoder.layers[SHARED:], encoder.head):
                part.requires_grad_(True)
            fit(encoder, _todo(asked.data, work, one, tokenizer), one.recipe, work / one.file)
    if not (work / NARROW).exists():
        _average([work / one.file for one in UPPER], work / NARROW)
    write(asked.data, work, asked.out)


def _heard(folder: Path, lang: str) -> list[data.Row]:
    """Give what a language's n-gram head learns from."""
    spoken = [row for row in [*data.training_rows(folder, ORDINARY_POSTS), *sentences()[0]] if row.lang == lang]
    own = [row for row in _own_rows(OWN_HEARD.get(lang, frozenset())) if row.lang == lang]
    return spoken + emoji_rows(spoken, mocked=0.0) + own


def _average(checkpoints: Sequence[Path], target: Path) -> None:
    """Save the mean of checkpoints. Source: Wortsman et al. 2022, "Model soups"."""
    fits = [torch.load(path, weights_only=True) for path in checkpoints]
    torch.save({name: sum(fit[name] for fit in fits) / len(fits) for name in fits[0]}, target)


def _narrow(folder: Path, rows: Sequence[data.Row], tokenizer: Tokenizer, work: Path) -> None:
    """Save the mean of the fits with narrower layers, which the mean as it was, blended with the n-gram heads, then teaches."""
    own = _own_rows({series for one in FURTHER for series in one.series})
    read = [row for row in sentences()[0] if row.lang in FURTHER[-1].langs]
    kinds = [*_spoken(rows), ("pl", data.unlabelled_texts(folder)), *_spoken(read), *_spoken(own)]
    dice = random.Random(MEAN)
    shown = [text for _, each in kinds for text in dice.sample(each, min(SHOWN, len(each)))]
    pieces = tokenized(((text, (), 1.0) for text in shown), tokenizer)
    encoder = restored(work / MEAN, tokenizer, old_pieces())
    narrow(encoder, [padded(batch) for batch in shuffled(pieces, LAST.batch, dice)])
    dice = random.Random(LAST.seed)
    texts, langs = zip(*((text, lang) for lang, each in kinds for text in dice.sample(each, min(TAUGHT, len(each)))), strict=True)
    answers = _calibrated(folder, work, MEAN, work / "wide").read(texts, langs)
    fit(encoder, taught(texts, answers, tokenizer), LAST, work / TAUGHT_NARROW)


def _spoken(rows: Sequence[data.Row]) -> list[tuple[str, list[str]]]:
    """Give the texts of each language that has any."""
    texts = [(lang, [row.text for row in rows if row.lang == lang]) for lang in LANGUAGES]
    return [(lang, each) for lang, each in texts if each]


def _todo(folder: Path, work: Path, further: Further, tokenizer: Tokenizer) -> list[Example]:
    """Give what a further fit reads: labelled rows, our own, rows with emoji, and texts that nobody labelled, which the blend of the first
    fit and the n-gram heads answers."""
    read = [row for row in sentences()[0] if row.lang in further.langs]
    drawn = mixture(data.training_rows(folder), further.recipe) + _own_rows(further.series) + read
    teacher, texts = _calibrated(folder, work, PUPIL, work / "teacher"), data.unlabelled_texts(folder)
    return examples(drawn + emoji_rows(drawn), tokenizer) + taught(texts, teacher.read(texts, ["pl"] * len(texts)), tokenizer)


def _own_rows(series: Collection[Series]) -> list[data.Row]:
    """Give posts written to learn topics from with their feelings: neutral Polish posts are in no set."""
    return [data.Row(post.text, post.lang, post.label, OWN_SOURCE, post.key) for post in topic_rows() if post.series in series]


def write(folder: Path, work: Path, target: Path) -> None:
    """Write the model folder `target` from the parts in `work`: exported, calibrated, with stances and topics, measured beside the
    baseline."""
    _calibrated(folder, work, NARROW, target)
    describe(target, recipe=_recipe(), **_origin(folder))
    fit_stances(folder, target)
    write_topics(folder, work, target)
    write_figures(folder, target)


def write_topics(folder: Path, work: Path, target: Path) -> None:
    """Add topics to a finished model folder, and leave the same without the kept series in `work`."""
    posts = topic_rows()
    known, kept = [post for post in posts if post.series not in KEPT], [post for post in posts if post.series in KEPT]
    apart = work / APART
    shutil.copytree(target, apart, ignore=shutil.ignore_patterns("work"), dirs_exist_ok=True)
    _topics(folder, work, known, apart)
    described = {name: scale.model_dump() for name, scale in fit_topic_scales(load(apart), folder, kept).items()}
    describe(apart, topics=described)
    figures = measured_topics(load(apart), kept)
    _topics(folder, work, posts, target)
    describe(target, topics=described, topic_rows=counted_topics(posts, len(content(folder))), topic_figures=figures)


def _topics(folder: Path, work: Path, posts: Sequence[TopicRow], target: Path) -> None:
    """Write both opinions on topics to a model folder; without scales of its own yet, each counts as it comes."""
    checkpoint, tokenizer = work / f"{target.name if target.name == APART else WHOLE}.pt", Tokenizer.from_file(str(work / TOKENIZER_FILE))
    encoder = restored(work / NARROW, tokenizer, old_pieces())
    if not checkpoint.exists():
        fit_branch(encoder, tokenized(told(folder, posts), tokenizer), BRANCH, checkpoint)
    export_branch(restored_branch(checkpoint, encoder), target / BRANCH_FILE)
    fit_topic_head(folder, posts).save(target / TOPICS_FILE)
    plain = TopicScale(encoder=0.5, ngrams=0.5, offsets=dict.fromkeys(TOPICS, 0.0)).model_dump()
    describe(target, topics=dict.fromkeys(load(target).blends, plain))


def _calibrated(folder: Path, work: Path, checkpoint: str, target: Path) -> OnnxSentiment:
    """Export a checkpoint to `target` and fit how it is blended with the n-gram heads."""
    tokenizer = Tokenizer.from_file(str(work / TOKENIZER_FILE))
    target.mkdir(parents=True, exist_ok=True)
    save_tokenizer(tokenizer, target / TOKENIZER_FILE)
    for file in NGRAMS_FILES.values():
        shutil.copyfile(work / file, target / file)
    export(restored(work / checkpoint, tokenizer, old_pieces()), target / MODEL_FILE)
    _describe(target, {"other": EVEN})
    blends = fit_blends(load(target), [*data.calibration_rows(folder), *_own_rows(KEPT)])
    _describe(target, blends)
    return load(target)


def _describe(target: Path, blends: dict[str, Blend]) -> None:
    described = {"version": VERSION, "labels": LABELS, "blends": {name: blend.model_dump() for name, blend in blends.items()}}
    (target / DESCRIPTION_FILE).write_text(json.dumps(described, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _origin(folder: Path) -> dict[str, Any]:
    rows = Counter(row.source for row in [*data.training_rows(folder), *sentences()[0]])
    made = {"licence": "Apache-2.0", "base": "all-MiniLM-L6-v2", "measured_on": MEASURED_ON}
    reads = {"code points": LONGEST_CHARS, "first windows": FIRST_WINDOWS, "last windows": LAST_WINDOWS, "pieces a window": LONGEST_PIECES}
    return {**made, "reads": reads, "rows": dict(rows)}


def _recipe() -> dict[str, Any]:
    fits = [asdict(recipe) for recipe in (FIRST, *(one.recipe for one in FURTHER), LAST, *(one.recipe for one in UPPER))]
    values = {key: [str(one[key]) for one in fits] for key in fits[0]}
    told = {key.replace("_", " "): each[0] if len(set(each)) == 1 else ", then ".join(each) for key, each in values.items()}
    return told | {f"topics: {key.replace('_', ' ')}": value for key, value in asdict(BRANCH).items()}


def _tokenizer(rows: Sequence[data.Row], folder: Path, work: Path) -> Tokenizer:
    """Read the extended tokenizer from `work`, or learn it."""
    if (work / TOKENIZER_FILE).exists():
        return Tokenizer.from_file(str(work / TOKENIZER_FILE))
    base = Tokenizer.from_file(str(base_folder() / TOKENIZER_FILE))
    labelled = [row for row in rows if row.lang == "pl" and row.source != data.ORDINARY_SOURCE]
    texts = [row.text for row in labelled + data.ordinary_rows(folder)] + data.unlabelled_texts(folder)
    known = set(base.get_vocab())
    pieces = vocabulary.learn_pieces((normalise(text) for text in texts), known)
    words = [word for word in vocabulary.glosses() if word not in known]
    tokenizer = vocabulary.extended(base_folder() / TOKENIZER_FILE, dict.fromkeys([*pieces, *words]))
    tokenizer.save(str(work / TOKENIZER_FILE))
    return tokenizer


def old_pieces() -> int:
    """Give how many pieces the base vocabulary has."""
    return Tokenizer.from_file(str(base_folder() / TOKENIZER_FILE)).get_vocab_size()


def _fresh(tokenizer: Tokenizer) -> Encoder:
    """Give the base encoder with rows for the new pieces."""
    weights, base = base_weights(), Tokenizer.from_file(str(base_folder() / TOKENIZER_FILE))
    pieces = [piece for piece, _ in sorted(tokenizer.get_vocab().items(), key=lambda entry: entry[1])]
    old = base.get_vocab_size()
    table = weights["embeddings.word_embeddings.weight"].numpy()
    encoder = Encoder(old, len(pieces) - old)
    load_base(encoder, weights)
    with torch.no_grad():
        encoder.new.weight.copy_(torch.from_numpy(vocabulary.first_meanings(pieces[old:], base, table, vocabulary.glosses())))
    return encoder


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Make the sentiment model from the data sets.")
    parser.add_argument("--data", type=Path, required=True, help="the folder of *.jsonl.gz")
    parser.add_argument("--out", type=Path, default=Path("var/model"), help="the model folder to write (default: var/model)")
    parser.add_argument("--threads", type=int, default=2)
    return parser


if __name__ == "__main__":
    main()
