"""Fits the encoder on a shuffled mixture of examples, in batches of like length.

Rows of sources without *neutral* are judged on negative and positive alone. Rates fall from the upper layers to the lower
ones; old and new pieces learn at their own. Source: Howard & Ruder 2018, "Universal Language Model Fine-tuning" for the rates.
"""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from classifiers.sentiment.answers import LABELS, Sentiment
from classifiers.sentiment.data import NEUTRAL, Row
from classifiers.sentiment.text import normalise
from classifiers.sentiment.training.encoder import LAYERS, LONGEST_PIECES, Encoder


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to fit. Rates are peaks. `polish_passes`: how often each Polish row is seen; `english_share`: the part of the English rows."""

    batch: int = 32
    body_rate: float = 8e-5
    layer_decay: float = 0.85
    head_rate: float = 1e-3
    old_rate: float = 4e-5
    new_rate: float = 3e-4
    warm_up: float = 0.06
    smoothing: float = 0.05
    class_power: float = 0.7
    polish_passes: int = 1
    english_share: float = 1.0
    seed: int = 7


class Tokenized(Protocol):
    """A text as piece ids."""

    @property
    def ids(self) -> list[int]: ...


AnyTokenized = TypeVar("AnyTokenized", bound=Tokenized)


@dataclass(frozen=True, slots=True)
class Example:
    """A text as piece ids, with what is asked of it: shares of the labels, and whether *neutral* was not among the answers."""

    ids: list[int]
    shares: tuple[float, ...]
    is_forced: bool = False


def examples(rows: Sequence[Row], tokenizer: Tokenizer) -> list[Example]:
    """Tokenize labelled rows; longer ones keep their first pieces and their end mark."""
    codes = tokenizer.encode_batch([normalise(row.text) for row in rows])
    return [Example(cut_ids(code.ids), _shares(row.label), row.is_forced) for code, row in zip(codes, rows, strict=True)]


def taught(texts: Sequence[str], answers: Sequence[Sentiment], tokenizer: Tokenizer) -> list[Example]:
    """Tokenize texts that a teacher answered; the encoder is to give the teacher's probabilities."""
    codes = tokenizer.encode_batch([normalise(text) for text in texts])
    return [Example(cut_ids(code.ids), (one.negative, one.neutral, one.positive)) for code, one in zip(codes, answers, strict=True)]


def _shares(label: int) -> tuple[float, ...]:
    return tuple(float(index == label) for index in range(len(LABELS)))


def mixture(rows: Sequence[Row], recipe: Recipe) -> list[Row]:
    """Repeat the Polish rows and draw the English ones as the recipe says."""
    english = [row for row in rows if row.lang == "en"]
    drawn = random.Random(recipe.seed).sample(english, round(len(english) * recipe.english_share))
    return drawn + [row for row in rows if row.lang == "pl"] * recipe.polish_passes


def cut_ids(ids: list[int]) -> list[int]:
    """Keep the first pieces and the end mark of what is too long."""
    return ids if len(ids) <= LONGEST_PIECES else [*ids[: LONGEST_PIECES - 1], ids[-1]]


def fit(encoder: Encoder, todo: list[Example], recipe: Recipe, checkpoint: Path) -> None:
    """Fit the encoder in place, one pass over the examples. Every tenth of the way it is saved beside `checkpoint`, in the end to it."""
    part = checkpoint.with_suffix(".part")
    torch.manual_seed(recipe.seed)
    weights = _class_weights(todo, recipe.class_power)
    batches = list(shuffled(todo, recipe.batch, random.Random(recipe.seed)))
    dense, sparse = _optimizers(encoder, recipe)
    started, shares = time.monotonic(), 0
    encoder.train()
    for step, batch in enumerate(batches):
        progress = step / len(batches)
        loss = _step(encoder, batch, weights, recipe, (dense, sparse), rate_at(progress, recipe.warm_up))
        if int(progress * 10) > shares:
            shares = int(progress * 10)
            torch.save(encoder.state_dict(), part)
            print(f"{progress:.0%} step {step}/{len(batches)} loss {loss:.3f} {time.monotonic() - started:.0f} s", flush=True)  # noqa: T201
    torch.save(encoder.state_dict(), part)
    part.replace(checkpoint)


def shuffled(todo: Sequence[AnyTokenized], size: int, dice: random.Random) -> Iterator[list[AnyTokenized]]:
    """Give batches of a random order, stretches of 50 sorted by length, so that little is padding."""
    todo = dice.sample(todo, len(todo))
    stretch = size * 50
    for start in range(0, len(todo), stretch):
        part = sorted(todo[start : start + stretch], key=lambda one: len(one.ids))
        group = [part[at : at + size] for at in range(0, len(part), size)]
        dice.shuffle(group)
        yield from group


def padded(batch: Sequence[Tokenized]) -> tuple[Tensor, Tensor]:
    """Piece ids and mask, shape (batch, pieces), pieces a multiple of 8."""
    longest = -(-max(len(one.ids) for one in batch) // 8) * 8
    ids = torch.zeros(len(batch), longest, dtype=torch.long)
    mask = torch.zeros(len(batch), longest, dtype=torch.long)
    for index, one in enumerate(batch):
        ids[index, : len(one.ids)] = torch.tensor(one.ids)
        mask[index, : len(one.ids)] = 1
    return ids, mask


def _step(
    encoder: Encoder, batch: list[Example], weights: Tensor, recipe: Recipe, optimizers: Sequence[torch.optim.Optimizer], rate: float
) -> float:
    ids, mask = padded(batch)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = encoder(ids, mask).float()
    loss = _loss(logits, batch, weights, recipe.smoothing)
    for optimizer in optimizers:
        optimizer.zero_grad()
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * rate
    loss.backward()
    torch.nn.utils.clip_grad_norm_([p for p in encoder.parameters() if p.grad is not None and not p.grad.is_sparse], 1.0)
    for optimizer in optimizers:
        optimizer.step()
    return float(loss.detach())


def _loss(logits: Tensor, batch: Sequence[Example], weights: Tensor, smoothing: float) -> Tensor:
    """Cross entropy with smoothing over the answers that the row's annotators had."""
    shares = torch.tensor([one.shares for one in batch])
    forced = torch.tensor([one.is_forced for one in batch])
    allowed = torch.ones_like(logits)
    allowed[forced, NEUTRAL] = 0.0
    logs = torch.log_softmax(logits.masked_fill(allowed == 0, -1e4), dim=-1)
    targets = smoothing * allowed / allowed.sum(-1, keepdim=True) + (1.0 - smoothing) * shares
    each = -(targets * logs * allowed).sum(-1)
    own = shares @ weights
    return (each * own).sum() / own.sum()


def _class_weights(todo: Sequence[Example], power: float) -> Tensor:
    counts = np.array([one.shares for one in todo if not one.is_forced]).sum(axis=0)
    raw = (counts / counts.sum()) ** -power
    return torch.tensor(raw / raw.mean(), dtype=torch.float32)


def rate_at(progress: float, warm_up: float) -> float:
    """Up in a line, then down in a line to nothing."""
    return min(progress / warm_up, (1.0 - progress) / (1.0 - warm_up)) if warm_up else 1.0 - progress


def _optimizers(encoder: Encoder, recipe: Recipe) -> tuple[torch.optim.Optimizer, torch.optim.Optimizer]:
    groups = [{"params": list(encoder.head.parameters()), "peak": recipe.head_rate}]
    for index in range(LAYERS):
        rate = recipe.body_rate * recipe.layer_decay ** (LAYERS - 1 - index)
        groups.append({"params": list(encoder.layers[index].parameters()), "peak": rate})
    lowest = recipe.body_rate * recipe.layer_decay**LAYERS
    groups.append({"params": [encoder.position, *encoder.norm.parameters()], "peak": lowest})
    pieces = [{"params": [encoder.old.weight], "peak": recipe.old_rate}, {"params": [encoder.new.weight], "peak": recipe.new_rate}]
    dense = torch.optim.AdamW([{**group, "lr": group["peak"]} for group in groups], weight_decay=0.01)
    return dense, torch.optim.SparseAdam([{**group, "lr": group["peak"]} for group in pieces])
