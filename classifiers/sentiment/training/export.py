# mypy: disallow-subclassing-any=False
"""Turns a fitted encoder into the file that ships: ONNX, weights in int8 with a scale per output channel.

Activations are quantised as they come. Seven-bit weights (`reduce_range`) keep processors without VNNI from overflowing.
"""

import json
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import Tensor, nn

from classifiers.sentiment.training.encoder import LAYERS, LONGEST_PIECES, WIDTH, Branch, Encoder

_PRODUCTS = (*(f"layers.{index}.{part}" for index in range(LAYERS) for part in ("attend", "mix", "up", "down")), "head")
"""What multiplies by whole numbers, in the order of the graph."""
_NORMS = ("norm", *(f"layers.{index}.{part}" for index in range(LAYERS) for part in ("norm_mix", "norm_down")))
_PLAIN = {"position", *(f"{one}.bias" for one in (*_PRODUCTS, *_NORMS)), *(f"{one}.weight" for one in _NORMS)}
"""What is not rounded."""
OPSET = 20
"""The first with GELU in one step, which onnxruntime runs in two thirds of the time of its parts."""


class Shipped(nn.Module):
    """The encoder with one table of pieces, as it is exported."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        table = torch.cat([encoder.old.weight, encoder.new.weight]).detach()
        self.pieces = nn.Embedding(len(table), WIDTH, _weight=table)
        self.encoder = encoder
        self.encoder.position = nn.Parameter(encoder.position[:LONGEST_PIECES].detach())

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Give logits, shape (batch, 3), and the hidden states that the branch of topics goes on from."""
        hidden = self.encoder.lower(self.pieces(ids), mask)
        return self.encoder.upper(hidden, mask), hidden


def export(encoder: Encoder, target: Path, reduce_range: bool = True) -> None:
    """Write the encoder as int8 ONNX to `target`; inputs `ids` and `mask`, both int64 (batch, pieces); outputs `logits` and `hidden`."""
    given = {name: torch.ones(2, 16, dtype=torch.long) for name in ("ids", "mask")}  # one tensor for both would become one input
    _write(Shipped(encoder).eval(), given, ["logits", "hidden"], target, reduce_range)


def export_branch(branch: Branch, target: Path) -> None:
    """Write the branch of topics as int8 ONNX to `target`; inputs `hidden` and `mask`, output `topics`."""
    given = {"hidden": torch.ones(2, 16, WIDTH), "mask": torch.ones(2, 16, dtype=torch.long)}
    _write(branch.eval(), given, ["topics"], target, reduce_range=True)


def _write(module: nn.Module, given: dict[str, Tensor], outputs: list[str], target: Path, reduce_range: bool) -> None:
    free = {0: torch.export.Dim("batch"), 1: torch.export.Dim("pieces", max=LONGEST_PIECES)}
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        torch.onnx.export(
            module, tuple(given.values()), str(full), input_names=list(given), output_names=outputs, opset_version=OPSET,
            dynamic_shapes=dict.fromkeys(given, free), dynamo=True, external_data=False, verbose=False,
        )  # fmt: skip
        _forget_shapes(full)
        quantize_dynamic(full, target, per_channel=True, reduce_range=reduce_range, weight_type=QuantType.QInt8)


def _forget_shapes(path: Path) -> None:
    """Drop the exporter's notes of inner shapes: they are not renewed when weights are turned, and the quantiser believes them."""
    model = onnx.load(path)
    del model.graph.value_info[:]
    onnx.save(model, path)


def restored(checkpoint: Path, tokenizer: Tokenizer, old_pieces: int) -> Encoder:
    """Read a checkpoint that `fit` or `narrow` wrote."""
    weights = torch.load(checkpoint, weights_only=True)
    inners = [len(weights[f"layers.{index}.up.bias"]) for index in range(LAYERS)]
    new_pieces = tokenizer.get_vocab_size() - old_pieces
    encoder = Encoder(old_pieces, new_pieces, positions=len(weights["position"]), inners=inners)
    encoder.load_state_dict(weights)
    encoder.eval()
    return encoder


def recovered(shipped: Path, old_pieces: int) -> dict[str, Tensor]:
    """Read the weights of an encoder back from the file that `export` wrote, rounded as they are there, as `fit` saves them."""
    graph = onnx.load(shipped).graph
    kept = {one.name: onnx.numpy_helper.to_array(one) for one in graph.initializer}

    def rounded(name: str) -> NDArray[np.float32]:
        steps = kept[f"{name}_quantized"].astype(np.float32) - kept[f"{name}_zero_point"].astype(np.float32)
        values: NDArray[np.float32] = steps * kept[f"{name}_scale"]
        return values

    plain = {name.removeprefix("encoder."): value for name, value in kept.items() if name.removeprefix("encoder.") in _PLAIN}
    products = [node.input[1].removesuffix("_quantized") for node in graph.node if node.op_type == "MatMulInteger"]
    turned = {f"{place}.weight": rounded(name).T for place, name in zip(_PRODUCTS, products, strict=True)}
    table = rounded("pieces.weight")
    tables = {"old.weight": table[:old_pieces], "new.weight": table[old_pieces:]}
    return {name: torch.from_numpy(np.array(value, order="C")) for name, value in {**plain, **turned, **tables}.items()}


def save_tokenizer(tokenizer: Tokenizer, path: Path) -> None:
    """Write the tokenizer without padding and truncation: the runtime does both."""
    path.write_text(json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False), encoding="utf-8")
