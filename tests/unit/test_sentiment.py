"""The model that ships reads plain posts as a reader would, whatever their order, company, length or script."""

import random
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifiers.sentiment import runtime
from classifiers.sentiment.answers import LABELS, Sentiment
from classifiers.sentiment.ngrams import load_head
from classifiers.sentiment.runtime import DEFAULT_FOLDER, NGRAMS_FILES, Floats, OnnxSentiment, load
from classifiers.sentiment.windows import Reading
from core.errors import ClassifyError
from tests.unit.sentiment_posts import POSTS

CLOSE = 0.12


@pytest.fixture(scope="module")
def model() -> OnnxSentiment:
    return load(threads=1)


def total(one: Sentiment) -> float:
    return one.negative + one.neutral + one.positive


def one(model: OnnxSentiment, text: str, lang: str | None = "pl") -> Sentiment:
    return model.read([text], [lang])[0]


def test_plain_posts_are_read_as_a_reader_would(model: OnnxSentiment) -> None:
    answers = model.read([text for _, _, text in POSTS], [lang for lang, _, _ in POSTS])
    wrong = [(wanted, got.label, text) for (_, wanted, text), got in zip(POSTS, answers, strict=True) if got.label != wanted]
    assert len(wrong) <= len(POSTS) // 10, wrong


def test_the_version_names_the_detector(model: OnnxSentiment) -> None:
    assert model.version == "sentiment@9"


def test_each_language_has_an_ngram_head_of_its_own_and_others_hear_the_mean(model: OnnxSentiment) -> None:
    polish, english = (load_head(DEFAULT_FOLDER / NGRAMS_FILES[lang]).logits(["dramat, nie polecam"])[0] for lang in ("pl", "en"))
    heard = model.logits(["dramat, nie polecam"] * 3, ["pl", "en", None])[1]
    assert heard.tolist() == [polish.tolist(), english.tolist(), ((polish + english) / 2).tolist()]
    assert polish[LABELS.index("negative")] > english[LABELS.index("negative")]


def test_the_order_of_texts_changes_nothing(model: OnnxSentiment) -> None:
    texts = [text for _, _, text in POSTS] * 2
    shuffled = random.Random(5).sample(texts, len(texts))
    straight = dict(zip(texts, model.read(texts, ["pl"] * len(texts)), strict=True))
    assert model.read(shuffled, ["pl"] * len(texts)) == [straight[text] for text in shuffled]


def test_company_moves_probabilities_little(model: OnnxSentiment) -> None:
    together = model.read([text for _, _, text in POSTS], [lang for lang, _, _ in POSTS])
    alone = [one(model, text, lang) for lang, _, text in POSTS]
    assert max(abs(a.negative - b.negative) for a, b in zip(together, alone, strict=True)) < CLOSE
    assert max(abs(a.positive - b.positive) for a, b in zip(together, alone, strict=True)) < CLOSE


def test_identical_texts_are_answered_alike_and_once(model: OnnxSentiment, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    whole = OnnxSentiment._encoding

    def counted(self: OnnxSentiment, readings: Sequence[Reading], branched: Sequence[bool]) -> Callable[[], tuple[Floats, Floats]]:
        read.append(len(readings))
        return whole(self, readings, branched)

    monkeypatch.setattr(OnnxSentiment, "_encoding", counted)
    answers = model.read(["Polecam!"] * 500, ["pl"] * 500)
    assert len(set(answers)) == 1
    assert read == [1]


def test_texts_are_read_in_stretches_and_none_is_left_out(model: OnnxSentiment, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [text for _, _, text in POSTS]
    whole = model.read(texts, ["pl"] * len(texts))
    monkeypatch.setattr(runtime, "STRETCH", 3)
    parts = model.read(texts, ["pl"] * len(texts))
    assert max(abs(a.negative - b.negative) for a, b in zip(whole, parts, strict=True)) < CLOSE


@pytest.mark.parametrize("text", ["", "   \n\t", "\u200b\u200d", "https://example.com/a?b=c", "\x00\x01"])
def test_nothing_to_read_is_neutral(model: OnnxSentiment, text: str) -> None:
    assert one(model, text) == Sentiment("neutral", 0.0, 1.0, 0.0, truncated=False)


def test_no_texts_give_no_answers(model: OnnxSentiment) -> None:
    assert model.read([], []) == []


@pytest.mark.parametrize(
    ("text", "label"), [("😍😍😍", "positive"), ("👎 🤮 😡", "negative"), ("Kocham 💚💚💚", "positive"), ("Obrzydliwe 🤮🤮", "negative")]
)
def test_emoji_carry_feelings(model: OnnxSentiment, text: str, label: str) -> None:
    assert one(model, text).label == label


def test_diacritics_do_not_matter(model: OnnxSentiment) -> None:
    with_them, without = model.read(["Bardzo źle, nie działa żaden przycisk", "Bardzo zle, nie dziala zaden przycisk"], ["pl", "pl"])
    assert with_them.label == "negative"
    assert abs(with_them.negative - without.negative) < CLOSE


def test_a_long_text_is_read_at_both_ends_and_says_so(model: OnnxSentiment) -> None:
    middle = "Spotkanie odbyło się w czwartek w sali numer trzy. " * 2_000
    glad = one(model, "Polecam, wspaniała obsługa i przepyszne jedzenie! " * 30 + middle + "Jestem zachwycona, cudownie! " * 12)
    angry = one(model, "Nie polecam, tragiczna obsługa i obrzydliwe jedzenie! " * 30 + middle + "Jestem wściekła, okropność! " * 12)
    assert glad.truncated
    assert angry.truncated
    assert (glad.label, angry.label) == ("positive", "negative")


def test_the_end_of_a_long_text_counts(model: OnnxSentiment) -> None:
    middle = "Spotkanie odbyło się w czwartek w sali numer trzy. " * 200
    quiet, loud = model.read([middle + "Protokół jest na stronie. " * 20, middle + "Wstyd, tragedia, nigdy więcej! " * 20], ["pl", "pl"])
    assert loud.negative > quiet.negative + 0.03


@pytest.mark.parametrize(
    "text",
    ["a" * 100_000, "😀" * 100_000, "ł" * 100_000, "nie " * 25_000, "#" * 100_000, "@a " * 33_000, "\\u0041" * 16_000, "\u202e" * 100_000],
)
def test_a_hundred_thousand_characters_are_answered(model: OnnxSentiment, text: str) -> None:
    assert total(one(model, text)) == pytest.approx(1.0, abs=1e-5)


def test_a_short_text_is_not_truncated(model: OnnxSentiment) -> None:
    assert not one(model, "Dziękuję za wszystko " * 20).truncated


@pytest.mark.parametrize("lang", ["pl", "PL", "pl-PL", "en", "de", "und", "", None])
def test_any_language_is_answered(model: OnnxSentiment, lang: str | None) -> None:
    assert one(model, "I love it, thank you!", lang).label == "positive"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(max_size=80), max_size=6))
def test_any_text_gets_probabilities(model: OnnxSentiment, texts: list[str]) -> None:
    for answer in model.read(texts, [None] * len(texts)):
        assert total(answer) == pytest.approx(1.0, abs=1e-5)
        assert answer.of(answer.label) == max(answer.negative, answer.neutral, answer.positive)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEFAULT_FOLDER, tmp_path / "model"))


def test_another_folder_can_be_loaded(copied: Path) -> None:
    assert load(copied, threads=1).read(["Polecam!"], ["pl"])[0].label == "positive"


@pytest.mark.parametrize("name", ["encoder.onnx", "tokenizer.json", "ngrams-pl.npz", "model.json"])
@pytest.mark.parametrize("damage", ["missing", "half", "garbage", "empty"])
def test_a_damaged_file_is_named(copied: Path, name: str, damage: str) -> None:
    path = copied / name
    whole = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes({"half": whole[: len(whole) // 2], "garbage": b"\x00\xff{" * 100, "empty": b""}[damage])
    with pytest.raises(ClassifyError, match=name) as caught:
        load(copied, threads=1)
    assert caught.value.reason == "bad_model"


def test_files_of_two_models_are_not_mixed(copied: Path) -> None:
    text = (copied / "model.json").read_text(encoding="utf-8")
    (copied / "model.json").write_text(text.replace('"neutral"', '"meh"', 1), encoding="utf-8")
    with pytest.raises(ClassifyError, match="labels"):
        load(copied, threads=1)
