"""The third fit: unknown stances cost nothing, and what ships keeps the stances of the fit that learned them. Run by `make train-check`."""

from math import nan
from pathlib import Path

import pytest
import torch

from classifiers.sentiment.training.__main__ import _average
from classifiers.sentiment.training.fit import Example, _stance_loss

FEELING = (0.0, 1.0, 0.0)


def test_unknown_stances_cost_nothing() -> None:
    logits = torch.tensor([[3.0, -50.0, 50.0, 7.0]], requires_grad=True)
    loss = _stance_loss(logits, [Example([1], FEELING, stances=(1.0, nan, nan, nan))])
    loss.backward()
    assert logits.grad is not None
    assert logits.grad[0, 1:].tolist() == [0.0, 0.0, 0.0]
    assert logits.grad[0, 0] < 0


def test_a_batch_without_stances_costs_nothing_at_all() -> None:
    assert float(_stance_loss(torch.ones(2, 4), [Example([1], FEELING)] * 2)) == 0.0


def test_feelings_are_mixed_and_stances_taken_from_the_later_fit(tmp_path: Path) -> None:
    for name, value in (("one", 0.0), ("other", 1.0)):
        state = {"head.weight": torch.full((7, 2), value), "head.bias": torch.full((7,), value), "norm.weight": torch.full((2,), value)}
        torch.save(state, tmp_path / name)
    _average(tmp_path / "one", tmp_path / "other", tmp_path / "mixed", 0.75)
    mixed = torch.load(tmp_path / "mixed", weights_only=True)
    assert mixed["head.bias"].tolist() == pytest.approx([0.75] * 3 + [1.0] * 4)
    assert mixed["norm.weight"].tolist() == pytest.approx([0.75] * 2)
