"""Takes inner features from a fitted encoder, those that the others can stand in for, and lets the others do so.

A feature that goes costs what the rest cannot make up for by least squares. Source: Hassibi & Stork 1993, "Second order derivatives for
network pruning: optimal brain surgeon"; Kurtic et al. 2023, "ZipLM", for whole features.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from classifiers.sentiment.training.encoder import Encoder, Layer, keep, seen_by

NARROW_INNER = 1_024
"""The inner width that is left. Widths by an equal loss for each layer were worse: what the first and the last layer lose weighs more."""
DAMPING = 1e-4
"""Added to the diagonal, as a part of its mean, so that features that always agree can be told apart."""


def narrow(encoder: Encoder, batches: Sequence[tuple[Tensor, Tensor]]) -> None:
    """Narrow an encoder in place, a layer after the other; `batches` of ids and masks show what its layers see."""
    encoder.eval()
    with torch.no_grad():
        _narrow_all(encoder, batches)


def _narrow_all(encoder: Encoder, batches: Sequence[tuple[Tensor, Tensor]]) -> None:
    states = [encoder.begun(encoder.embed(ids)) for ids, _ in batches]
    for layer in encoder.layers:
        mixed = [layer.mixed(state, seen_by(mask)) for state, (_, mask) in zip(states, batches, strict=True)]
        inside = torch.cat([layer.inside(one)[mask.bool()] for one, (_, mask) in zip(mixed, batches, strict=True)])
        lost = _narrow_layer(layer, inside)
        print(f"inner width {layer.up.out_features}, lost {lost:.2%}", flush=True)  # noqa: T201
        states = [layer.closed(one, layer.inside(one)) for one in mixed]


def _narrow_layer(layer: Layer, inside: Tensor) -> float:
    """Narrow one layer; `inside` are features it had, shape (pieces, inner width). Gives the part that was lost."""
    weight = layer.down.weight.double()
    together = (inside.T @ inside).double()
    kept, fitted = fewest(together, weight, NARROW_INNER)
    before, after = inside.mean(dim=0).double() @ weight.T, inside[:, kept].mean(dim=0).double() @ fitted.T
    keep(layer, kept)
    layer.down.weight.copy_(fitted)
    layer.down.bias += before - after
    change = weight.clone()
    change[:, kept] -= fitted
    return float((change @ together * change).sum() / (weight @ together * weight).sum())


def fewest(together: Tensor, weight: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Give `count` features to keep and their weights, shape (outputs, count), for features whose products sum to `together`.

    One feature goes at a time, the one that costs least.
    """
    together = together + torch.eye(len(together), dtype=together.dtype) * DAMPING * together.diagonal().mean()
    inverse, changed = torch.linalg.inv(together), weight.clone()
    left = torch.ones(len(together), dtype=torch.bool)
    for _ in range(len(together) - count):
        gone = int(torch.where(left, changed.pow(2).sum(dim=0) / inverse.diagonal(), torch.inf).argmin())
        row = inverse[gone] / inverse[gone, gone]
        changed -= torch.outer(changed[:, gone], row)
        inverse -= torch.outer(inverse[:, gone].clone(), row)
        inverse[gone], inverse[:, gone], inverse[gone, gone], left[gone] = 0.0, 0.0, 1.0, False
    kept = left.nonzero().flatten()
    return kept, torch.linalg.solve(together[kept][:, kept], together[kept] @ weight.T).T
