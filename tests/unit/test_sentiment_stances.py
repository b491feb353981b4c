"""What a post does beside how it feels: answered by a model that has scales for it, and by no other."""

import json
import shutil
from math import isnan
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer

from classifiers.sentiment.answers import LABELS, STANCES, Stance
from classifiers.sentiment.card import STANCES_TOLD, card, compared_stances, plain_stances
from classifiers.sentiment.data import Row
from classifiers.sentiment.runtime import DEFAULT_FOLDER, MODEL_FILE, TOKENIZER_FILE, OnnxSentiment, Scale, load, scaled
from classifiers.sentiment.stance_measures import ComparedStance, binned_error, measure_stance, ranking
from classifiers.sentiment.stances import own_rows, suggested
from core.errors import ClassifyError

WORDS = {"broken": 3 + STANCES.index("complaint"), "thanks": 3 + STANCES.index("praise"), "idiot": 3 + STANCES.index("abuse")}
EVEN = {"slope": 1.0, "offset": -2.0}


def counting_encoder(path: Path, vocabulary: dict[str, int]) -> None:
    """Write an encoder whose logits are the sums of its pieces' rows: each word of `WORDS` adds 4 to its stance."""
    table = np.zeros((len(vocabulary), len(LABELS) + len(STANCES)), dtype=np.float32)
    for word, column in WORDS.items():
        table[vocabulary[word], column] = 4.0
    nodes = [
        helper.make_node("Gather", ["table", "ids"], ["rows"]),
        helper.make_node("Cast", ["mask"], ["shown"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["shown", "last"], ["wide"]),
        helper.make_node("Mul", ["rows", "wide"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "middle"], ["logits"], keepdims=0),
    ]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "pieces"]) for name in ("ids", "mask")]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", table.shape[1]])]
    constants = {"table": table, "last": np.array([2]), "middle": np.array([1])}
    graph = helper.make_graph(
        nodes, "counting", inputs, outputs, [numpy_helper.from_array(value, name) for name, value in constants.items()]
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), path)


def describe(folder: Path, **more: object) -> None:
    path = folder / "model.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **more}), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model folder whose encoder tells stances; Polish has a scale for complaints alone."""
    made = Path(shutil.copytree(DEFAULT_FOLDER, tmp_path / "model"))
    counting_encoder(made / MODEL_FILE, Tokenizer.from_file(str(made / TOKENIZER_FILE)).get_vocab())
    taught = dict.fromkeys(("complaint", "praise", "abuse"), EVEN)
    describe(made, scales={"en": taught, "other": taught, "pl": {"complaint": EVEN}})
    return made


def stances_of(model: OnnxSentiment, text: str, lang: str) -> list[float | None]:
    (one,) = model.read([text], [lang])
    return [one.holds(stance) for stance in STANCES]


@pytest.mark.parametrize(("text", "holds"), [("It is broken", "complaint"), ("Thanks a lot", "praise"), ("What an idiot", "abuse")])
def test_each_stance_comes_from_its_own_output(folder: Path, text: str, holds: str) -> None:
    told = dict(zip(STANCES, stances_of(load(folder, threads=1), text, "en"), strict=True))
    high, low = pytest.approx(0.8808, abs=1e-4), pytest.approx(0.1192, abs=1e-4)
    assert told == {"question": None} | {stance: high if stance == holds else low for stance in ("complaint", "praise", "abuse")}


def test_several_stances_hold_at_once(folder: Path) -> None:
    complaint, praise, _, abuse = stances_of(load(folder, threads=1), "Broken, idiot", "en")
    assert complaint is not None and praise is not None and abuse is not None
    assert min(complaint, abuse) > 0.8 > praise


def test_a_language_answers_the_stances_it_has_scales_for(folder: Path) -> None:
    model = load(folder, threads=1)
    assert stances_of(model, "broken thanks", "pl") == [pytest.approx(0.8808, abs=1e-4), None, None, None]
    assert stances_of(model, "broken", "de")[0] == pytest.approx(0.8808, abs=1e-4)


def test_the_model_that_ships_answers_feelings_alone() -> None:
    (one,) = load(threads=1).read(["Polecam!"], ["pl"])
    assert one.label == "positive"
    assert {one.holds(stance) for stance in STANCES} == {None}
    assert STANCES_TOLD not in card()


def test_scales_of_other_languages_than_the_blends_are_refused(folder: Path) -> None:
    describe(folder, scales={"pl": {}})
    with pytest.raises(ClassifyError, match=r"model\.json.*scales"):
        load(folder, threads=1)


def test_scales_for_an_encoder_without_stances_are_refused(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(DEFAULT_FOLDER, tmp_path / "model"))
    describe(folder, scales={name: {"complaint": EVEN} for name in ("en", "pl", "other")})
    with pytest.raises(ClassifyError, match="do not belong together"):
        load(folder, threads=1)


def test_logits_become_probabilities_by_their_scale() -> None:
    scales: dict[Stance, Scale] = {"complaint": Scale(slope=2.0, offset=-1.0), "abuse": Scale(slope=1.0, offset=0.0)}
    complaint, praise, question, abuse = scaled(np.array([0.5, 9.0, 9.0, -1.0], dtype=np.float32), scales)
    assert (praise, question) == (None, None)
    assert complaint == pytest.approx(0.5)
    assert abuse == pytest.approx(0.26894, abs=1e-5)


def test_ranking_and_calibration_are_those_of_the_textbook() -> None:
    shares, wanted = np.array([0.9, 0.4, 0.4, 0.1]), np.array([1.0, 1.0, 0.0, 0.0])
    assert ranking(shares, wanted) == pytest.approx(0.875)
    assert binned_error(shares, wanted) == pytest.approx((0.1 + 0.2 + 0.1) / 4)
    held = measure_stance(shares, wanted, draws=50)
    assert (held.precision.value, held.recall.value, held.f1.value) == (1.0, 0.5, 0.6667)
    assert held.recall.low <= 0.5 <= held.recall.high


def test_guests_complain_and_praise_but_a_neutral_tweet_does_neither() -> None:
    row = Row("text", "pl", LABELS.index("negative"), "pl-hotels", "a/1")
    assert suggested(row)[:2] == (1.0, 0.0)
    assert suggested(Row("text", "en", LABELS.index("neutral"), "tweets", "a/2"))[:2] == (0.0, 0.0)
    angry = suggested(Row("text", "en", LABELS.index("negative"), "tweets", "a/3"))
    assert isnan(angry[STANCES.index("complaint")])
    assert angry[STANCES.index("praise")] == 0.0


def test_our_own_posts_are_many_different_and_show_every_stance_in_both_languages() -> None:
    rows = own_rows()
    assert len({row.text.casefold() for row in rows}) == len(rows) >= 500
    assert len({row.key for row in rows}) == len(rows)
    for lang in ("pl", "en"):
        for index in range(len(STANCES)):
            held = [row.stances[index] for row in rows if row.lang == lang]
            assert 10 <= sum(held) <= len(held) / 2
    assert {row.part for row in rows} == {"calibrate", "report"}


def test_the_card_tells_stances_as_its_file_does(folder: Path) -> None:
    held = measure_stance(np.array([0.9, 0.4, 0.4, 0.1]), np.array([1.0, 1.0, 0.0, 0.0]), draws=50)
    raw = plain_stances({"complaint/tweets/en": ComparedStance(held, None), "abuse/tweets/en": ComparedStance(held, held)})
    assert plain_stances(compared_stances(raw)) == raw
    describe(folder, stances=raw)
    text = card(folder)
    assert STANCES_TOLD in text
    assert "| complaint/tweets/en | 4 (2) | 1.000 [" in text
    assert "(linear 0.875)" in text
