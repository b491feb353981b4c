"""Polish pieces begin with the meaning of their English gloss."""

from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from classifiers.sentiment.training.vocabulary import first_meanings, glosses

PIECES = {"[UNK]": 0, "good": 1, "very": 2, "bad": 3, "do": 4, "##br": 5, "##y": 6, "x": 7}
TABLE = np.array(
    [[0, 0, 0, 1], [2, 0, 0, 0], [0, 2, 0, 0], [0, 0, 4, 0], [1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1], [9, 9, 9, 9]], dtype=np.float32
)


@pytest.fixture
def base() -> Tokenizer:
    made = Tokenizer(models.WordPiece(vocab=PIECES, unk_token="[UNK]"))
    made.normalizer, made.pre_tokenizer = normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer()
    return made


def meaning(piece: str, base: Tokenizer, **glossary: str) -> list[float]:
    return [round(float(value), 4) for value in first_meanings([piece], base, TABLE, glossary)[0]]


def test_a_glossed_word_means_what_its_gloss_means(base: Tokenizer) -> None:
    assert meaning("swietny", base, swietny="good") == [2, 0, 0, 0]


def test_a_gloss_of_several_words_is_their_mean_and_as_long_as_they_are(base: Tokenizer) -> None:
    assert meaning("doskonaly", base, doskonaly="very good") == [1.4142, 1.4142, 0, 0]


def test_a_tokenizer_that_pads_drowns_no_gloss(base: Tokenizer) -> None:
    base.enable_padding(length=16)
    assert meaning("swietny", base, swietny="good") == [2, 0, 0, 0]


def test_the_beginning_of_glossed_words_means_what_they_mean_on_average(base: Tokenizer) -> None:
    assert meaning("swiet", base, swietny="good", swietna="very", swiat="bad") == [1, 1, 0, 0]


def test_a_beginning_too_short_to_mean_anything_is_spelled(base: Tokenizer) -> None:
    assert meaning("x", base, xero="good") == [9, 9, 9, 9]


def test_what_nobody_glossed_is_the_mean_of_the_pieces_that_spelled_it(base: Tokenizer) -> None:
    assert meaning("dobry", base, zly="bad") == [1, 0.3333, 0.3333, 0.3333]


def test_the_glossary_reads_as_the_tokenizer_sees_words() -> None:
    known = glosses()
    assert len(known) > 20_000
    assert (known["swietny"], known["pralka"], known["niezadowolona"]) == ("great", "washing machine", "dissatisfied")
    assert all(form.isascii() and form == form.lower() and " " not in form for form in known)
    assert all(gloss.isascii() and 1 <= len(gloss.split()) <= 5 for gloss in known.values())


def test_the_first_of_forms_that_fold_alike_counts(tmp_path: Path) -> None:
    (tmp_path / "glosses.tsv").write_text("laska\tgirl\nłaska\tgrace\n", encoding="utf-8")
    assert glosses(tmp_path / "glosses.tsv") == {"laska": "girl"}
