# mypy: disallow-subclassing-any=False
"""Turns a fitted encoder into the file that ships: ONNX, weights in int8 with a scale per output channel.

Activations are quantised as they come. Seven-bit weights (`reduce_range`) keep processors without VNNI from overflowing.
"""

import json
import tempfile
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import Tensor, nn

from classifiers.sentiment.training.encoder import LONGEST_PIECES, WIDTH, Encoder

OPSET = 18


class Shipped(nn.Module):
    """The encoder with one table of pieces, as it is exported."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        table = torch.cat([encoder.old.weight, encoder.new.weight]).detach()
        self.pieces = nn.Embedding(len(table), WIDTH, _weight=table)
        self.encoder = encoder
        self.encoder.position = nn.Parameter(encoder.position[:LONGEST_PIECES].detach())

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Give logits, shape (batch, 3)."""
        logits: Tensor = self.encoder.pooled(self.pieces(ids), mask)
        return logits


def export(encoder: Encoder, target: Path, reduce_range: bool = True) -> None:
    """Write the encoder as int8 ONNX to `target`; inputs `ids` and `mask`, both int64 (batch, pieces); output `logits`."""
    shipped = Shipped(encoder).eval()
    example = (torch.ones(2, 16, dtype=torch.long), torch.ones(2, 16, dtype=torch.long))
    free = {0: torch.export.Dim("batch"), 1: torch.export.Dim("pieces", max=LONGEST_PIECES)}
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        torch.onnx.export(
            shipped, example, str(full), input_names=["ids", "mask"], output_names=["logits"], opset_version=OPSET,
            dynamic_shapes={"ids": free, "mask": free}, dynamo=True, external_data=False, verbose=False,
        )  # fmt: skip
        _forget_shapes(full)
        quantize_dynamic(full, target, per_channel=True, reduce_range=reduce_range, weight_type=QuantType.QInt8)


def _forget_shapes(path: Path) -> None:
    """Drop the exporter's notes of inner shapes: they are not renewed when weights are turned, and the quantiser believes them."""
    model = onnx.load(path)
    del model.graph.value_info[:]
    onnx.save(model, path)


def restored(checkpoint: Path, tokenizer: Tokenizer, old_pieces: int) -> Encoder:
    """Read a checkpoint that `fit` wrote."""
    encoder = Encoder(old_pieces, tokenizer.get_vocab_size() - old_pieces)
    encoder.load_state_dict(torch.load(checkpoint, weights_only=True))
    encoder.eval()
    return encoder


def save_tokenizer(tokenizer: Tokenizer, path: Path) -> None:
    """Write the tokenizer without padding and truncation: the runtime does both."""
    path.write_text(json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False), encoding="utf-8")
