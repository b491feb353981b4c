"""Inner features go where the others can stand in for them, and what the encoder says stays. Run by `make train-check`."""

import copy
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models

from classifiers.sentiment.training.encoder import LAYERS, Encoder
from classifiers.sentiment.training.export import restored
from classifiers.sentiment.training.narrow import NARROW_INNER, fewest, narrow

OUTPUTS, FEATURES = 5, 96


def test_features_that_say_the_same_stand_in_for_each_other() -> None:
    torch.manual_seed(2)
    own = torch.randn(400, FEATURES // 3, dtype=torch.float64)
    said = torch.cat([own, own * 2.0, own.roll(1, dims=1) - own], dim=1)
    weight = torch.randn(OUTPUTS, FEATURES, dtype=torch.float64)
    kept, fitted = fewest(said.T @ said, weight, FEATURES // 3)
    assert (said[:, kept] @ fitted.T).numpy() == pytest.approx((said @ weight.T).numpy(), abs=0.05)


def test_of_features_of_their_own_the_quietest_go() -> None:
    torch.manual_seed(3)
    loud = torch.linspace(0.05, 1.0, FEATURES, dtype=torch.float64)[torch.randperm(FEATURES)]
    together, weight = torch.diag(loud**2) * 1e4, torch.ones(OUTPUTS, FEATURES, dtype=torch.float64)
    for count in (64, 32):
        kept, fitted = fewest(together, weight, count)
        assert sorted(kept.tolist()) == sorted(loud.topk(count).indices.tolist())
        assert fitted.numpy() == pytest.approx(1.0, abs=1e-3)


def test_a_narrowed_encoder_says_what_it_said_and_is_read_again(tmp_path: Path) -> None:
    torch.manual_seed(4)
    encoder = Encoder(40, 10, inners=(NARROW_INNER + 40,) * LAYERS)
    with torch.no_grad():
        for layer in encoder.layers:
            layer.down.weight[:, torch.randperm(NARROW_INNER + 40)[:60]] = 0.0
    before = copy.deepcopy(encoder).eval()
    ids, mask = torch.randint(0, 50, (64, 16)), torch.ones(64, 16, dtype=torch.long)
    mask[::2, 10:] = 0
    narrow(encoder, [(ids, mask)])
    assert [layer.up.out_features for layer in encoder.layers] == [NARROW_INNER] * LAYERS
    torch.save(encoder.state_dict(), tmp_path / "narrow.pt")
    again = restored(tmp_path / "narrow.pt", Tokenizer(models.WordLevel({str(piece): piece for piece in range(50)}, unk_token="0")), 40)
    assert [layer.up.out_features for layer in again.layers] == [NARROW_INNER] * LAYERS
    with torch.no_grad():
        assert encoder(ids, mask).numpy() == pytest.approx(before(ids, mask).numpy(), abs=1e-5)
        assert torch.equal(again(ids, mask), encoder(ids, mask))
