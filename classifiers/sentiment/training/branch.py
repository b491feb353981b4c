"""Fits the encoder's branch of topics; the layers below it stay as they are, so feelings do too.

A fit of the whole encoder with both tasks lost two points of macro-recall on feelings and told topics no better.
"""

import random
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F

from classifiers.sentiment.text import normalise
from classifiers.sentiment.topic_rows import TOPICS
from classifiers.sentiment.training.encoder import Branch, Encoder
from classifiers.sentiment.training.fit import cut_ids, padded, rate_at, shuffled


@dataclass(frozen=True, slots=True)
class BranchRecipe:
    """How to fit. Rates are peaks, falling from the upper layers to the lower ones; `rarest`: the most that a rare topic's hit weighs."""

    batch: int = 32
    passes: int = 4
    body_rate: float = 2e-4
    layer_decay: float = 0.85
    head_rate: float = 1e-3
    warm_up: float = 0.08
    rarest: float = 12.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Told:
    """A text as piece ids, what it tells (1, 0, NaN where nobody judged) and how much it weighs."""

    ids: list[int]
    tells: tuple[float, ...]
    weight: float


def tokenized(rows: Iterable[tuple[str, tuple[float, ...], float]], tokenizer: Tokenizer) -> list[Told]:
    """Tokenize texts; longer ones keep their first pieces and their end mark."""
    known = list(rows)
    codes = tokenizer.encode_batch([normalise(text) for text, _, _ in known])
    return [Told(cut_ids(code.ids), tells, weight) for code, (_, tells, weight) in zip(codes, known, strict=True)]


def fit_branch(encoder: Encoder, todo: list[Told], recipe: BranchRecipe, checkpoint: Path) -> None:
    """Fit a fresh branch over a finished encoder and save it."""
    torch.manual_seed(recipe.seed)
    encoder.eval()
    branch = Branch(encoder, len(TOPICS)).train()
    rarities = _rarities(todo, recipe.rarest)
    dice = random.Random(recipe.seed)
    batches = [batch for _ in range(recipe.passes) for batch in shuffled(todo, recipe.batch, dice)]
    optimizer = _optimizer(branch, recipe)
    started, shares = time.monotonic(), 0
    for step, batch in enumerate(batches):
        progress = step / len(batches)
        loss = _loss(encoder, branch, batch, rarities)
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * rate_at(progress, recipe.warm_up)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call, unused-ignore]
        torch.nn.utils.clip_grad_norm_(branch.parameters(), 1.0)
        optimizer.step()
        if int(progress * 10) > shares:
            shares = int(progress * 10)
            took = time.monotonic() - started
            print(f"{progress:.0%} step {step}/{len(batches)} loss {float(loss.detach()):.3f} {took:.0f} s", flush=True)  # noqa: T201
    torch.save(branch.state_dict(), checkpoint)


def _optimizer(branch: Branch, recipe: BranchRecipe) -> torch.optim.Optimizer:
    top = len(branch.layers) - 1
    rates = [recipe.body_rate * recipe.layer_decay ** (top - index) for index in range(len(branch.layers))]
    groups = [{"params": list(layer.parameters()), "peak": rate} for layer, rate in zip(branch.layers, rates, strict=True)]
    groups.append({"params": list(branch.head.parameters()), "peak": recipe.head_rate})
    return torch.optim.AdamW([{**group, "lr": group["peak"]} for group in groups], weight_decay=0.01)


def _loss(encoder: Encoder, branch: nn.Module, batch: list[Told], rarities: Tensor) -> Tensor:
    """Binary cross entropy over the topics that somebody judged, summed over topics, the mean over texts."""
    ids, mask = padded(batch)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        with torch.no_grad():
            hidden = encoder.lower(encoder.embed(ids), mask)
        logits = branch(hidden, mask).float()
    wanted = torch.tensor([one.tells for one in batch])
    judged = (~torch.isnan(wanted)).float() * torch.tensor([one.weight for one in batch])[:, None]
    raw = F.binary_cross_entropy_with_logits(logits, wanted.nan_to_num(), weight=judged, pos_weight=rarities, reduction="sum")
    return raw / len(batch)


def _rarities(todo: list[Told], most: float) -> Tensor:
    """Weigh a topic's hits half-way to being as many as the texts without it, `most` times at most."""
    wanted, weights = np.array([one.tells for one in todo]), np.array([one.weight for one in todo])[:, None]
    hits, others = ((wanted == 1.0) * weights).sum(axis=0), ((wanted == 0.0) * weights).sum(axis=0)
    return torch.tensor(np.clip(np.sqrt(others / np.maximum(hits, 1.0)), 1.0, most), dtype=torch.float32)


def restored_branch(checkpoint: Path, encoder: Encoder) -> Branch:
    """Read a branch that `fit_branch` wrote."""
    branch = Branch(encoder, len(TOPICS))
    branch.load_state_dict(torch.load(checkpoint, weights_only=True))
    branch.eval()
    return branch
