"""What is exported says what was fitted: both outputs of the encoder, and the branch of topics. Run by `make train-check`."""

import copy
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from classifiers.sentiment.topic_rows import TOPICS
from classifiers.sentiment.training.branch import BranchRecipe, Told, fit_branch, restored_branch
from classifiers.sentiment.training.encoder import BRANCH_INNER, INNER, SHARED, WIDTH, Branch, Encoder, narrowed
from classifiers.sentiment.training.export import export, export_branch, recovered

pytestmark = pytest.mark.filterwarnings("ignore")
"""The exporter warns of its own parts."""
PIECES = 50
NEAR = 0.15
"""How far int8 may lead away, of values of about 1."""


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    torch.manual_seed(1)
    made = Encoder(PIECES - 10, 10, positions=64)
    for name, weights in made.named_parameters():  # as after a fit: no two alike, which the exporter would make one
        if name == "position" or "norm" in name or name.endswith("bias"):
            weights.data.add_(torch.randn_like(weights) / 10)
    return made.eval()


def padded() -> tuple[torch.Tensor, torch.Tensor]:
    """Two texts; the second is half as long, with pieces behind its mask that say something else."""
    ids = torch.arange(1, 25).reshape(2, 12) % PIECES
    mask = torch.ones(2, 12, dtype=torch.long)
    mask[1, 6:] = 0
    return ids, mask


def test_the_encoder_gives_feelings_and_states_and_what_is_masked_says_nothing(encoder: Encoder, tmp_path: Path) -> None:
    ids, mask = padded()
    with torch.no_grad():
        hidden = encoder.lower(encoder.embed(ids), mask)
        logits = encoder.upper(hidden, mask)
    export(encoder, tmp_path / "encoder.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "encoder.onnx")
    told, states = session.run(["logits", "hidden"], {"ids": ids.numpy(), "mask": mask.numpy()})
    assert told == pytest.approx(logits.numpy(), abs=NEAR)
    assert np.abs(states - hidden.numpy())[mask.numpy() == 1].mean() < NEAR
    changed = ids.clone()
    changed[1, 6:] = 3
    again = session.run(["logits"], {"ids": changed.numpy(), "mask": mask.numpy()})[0]
    assert again == pytest.approx(told, abs=0.02)


def test_what_is_read_back_from_the_file_reads_as_what_was_fitted(encoder: Encoder, tmp_path: Path) -> None:
    ids, mask = padded()
    export(encoder, tmp_path / "encoder.onnx")
    again = Encoder(PIECES - 10, 10, positions=64)
    again.load_state_dict(recovered(tmp_path / "encoder.onnx", PIECES - 10))
    fitted = encoder.state_dict()
    for name, weights in again.state_dict().items():
        assert (weights - fitted[name]).abs().max() <= fitted[name].abs().max() / 60, name
    with torch.no_grad():
        assert again.eval()(ids, mask).numpy() == pytest.approx(encoder(ids, mask).numpy(), abs=NEAR)


def test_a_branch_learns_what_a_piece_tells_and_is_exported_so(encoder: Encoder, tmp_path: Path) -> None:
    told = [tuple(float(topic == 4 and piece == 7) for topic in range(len(TOPICS))) for piece in (7, 8)]
    todo = [Told([1, piece, 2], tells, 1.0) for piece, tells in zip((7, 8), told, strict=True) for _ in range(64)]
    fit_branch(encoder, todo, BranchRecipe(passes=10, batch=16), tmp_path / "branch.pt")
    branch = restored_branch(tmp_path / "branch.pt", encoder)
    assert len(branch.layers) == len(encoder.layers) - SHARED
    ids, mask = torch.tensor([[1, 7, 2], [1, 8, 2]]), torch.ones(2, 3, dtype=torch.long)
    with torch.no_grad():
        hidden = encoder.lower(encoder.embed(ids), mask)
        logits = branch(hidden, mask)
    assert logits[0, 4] > 1.0 > -1.0 > logits[1, 4]
    export_branch(branch, tmp_path / "branch.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "branch.onnx")
    (said,) = session.run(None, {"hidden": hidden.numpy(), "mask": mask.numpy()})
    assert said == pytest.approx(logits.numpy(), abs=4 * NEAR)
    assert hidden.shape == (2, 3, WIDTH)


def test_a_layer_is_narrowed_to_the_features_that_move_its_output(encoder: Encoder) -> None:
    layer = copy.deepcopy(encoder.layers[0])
    silent = torch.randperm(INNER)[: INNER - BRANCH_INNER]
    with torch.no_grad():
        layer.down.weight[:, silent] = 0.0
    hidden, may_see = torch.randn(2, 5, WIDTH), torch.zeros(2, 1, 1, 5)
    narrow = narrowed(layer)
    assert narrow.up.weight.shape == (BRANCH_INNER, WIDTH)
    assert narrow(hidden, may_see).detach().numpy() == pytest.approx(layer(hidden, may_see).detach().numpy(), abs=1e-4)
    assert layer.up.weight.shape == (INNER, WIDTH)


def test_a_branch_leaves_the_encoder_as_it_is(encoder: Encoder, tmp_path: Path) -> None:
    before = {name: value.clone() for name, value in encoder.state_dict().items()}
    fit_branch(encoder, [Told([1, 7, 2], (1.0,) * len(TOPICS), 1.0)] * 16, BranchRecipe(passes=1, batch=8), tmp_path / "branch.pt")
    assert all(torch.equal(before[name], value) for name, value in encoder.state_dict().items())
    assert not torch.equal(Branch(encoder, 1).layers[0].up.weight, restored_branch(tmp_path / "branch.pt", encoder).layers[0].up.weight)
