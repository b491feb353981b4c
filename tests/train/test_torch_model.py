"""A real Hugging Face model behind the face: tiny, built here, its answers known from its weights. Run by `make train-check`."""

from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

from classifiers.sentiment.answers import Sentiment
from classifiers.sentiment.torch_model import TorchSentiment, load
from core.errors import ClassifyError

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "bad", "plain", "good"]
LONGEST = 16


def build(folder: Path, labels: list[str]) -> Path:
    """Save a model that answers by its last word's row of the embedding alone."""
    torch.manual_seed(3)
    tokenizer = Tokenizer(models.WordLevel({word: index for index, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", model_max_length=LONGEST)
    fast.save_pretrained(folder)
    names = dict(enumerate(labels))
    size = {"vocab_size": len(WORDS), "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 16}
    still = {"initializer_range": 0.5, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, "max_position_embeddings": LONGEST}
    config = BertConfig(**size, **still, id2label=names, label2id={label: index for index, label in names.items()})
    model = BertForSequenceClassification(config)
    fit(model, fast, labels)
    model.save_pretrained(folder)
    return folder


def fit(model: BertForSequenceClassification, tokenizer: PreTrainedTokenizerFast, labels: list[str]) -> None:
    wanted = torch.tensor([labels.index(label) for label in ("negative", "neutral", "positive")])
    batch = tokenizer(["bad", "plain", "good"], return_tensors="pt", padding=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    model.train()
    for _ in range(200):
        loss = torch.nn.functional.cross_entropy(model(**batch).logits, wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@pytest.fixture(
    scope="module", params=[["negative", "neutral", "positive"], ["positive", "negative", "neutral"]], ids=["straight", "turned"]
)
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> TorchSentiment:
    return load(build(tmp_path_factory.mktemp("model"), request.param))


def test_each_word_has_its_feeling(model: TorchSentiment) -> None:
    answers = model.read(["good", "bad", "plain"], ["en", None, "pl"])
    assert [one.label for one in answers] == ["positive", "negative", "neutral"]
    assert all(one.of(one.label) > 0.6 and one.negative + one.neutral + one.positive == pytest.approx(1) for one in answers)


def test_empty_texts_are_neutral_and_order_is_kept(model: TorchSentiment) -> None:
    answers = model.read(["", "good", " ", "bad", "good"], [None] * 5)
    assert answers[0] == answers[2] == Sentiment("neutral", 0.0, 1.0, 0.0, truncated=False)
    assert answers[1] == answers[4]
    assert answers[3].label == "negative"


def test_a_long_text_is_truncated(model: TorchSentiment) -> None:
    long, short = model.read(["good " * 100, "good"], [None, None])
    assert (long.truncated, short.truncated) == (True, False)


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClassifyError, match=tmp_path.name):
        load(tmp_path)


def test_a_model_with_other_labels_is_refused(tmp_path: Path) -> None:
    folder = build(tmp_path, ["negative", "neutral", "positive"])
    config = folder / "config.json"
    config.write_text(
        config.read_text(encoding="utf-8").replace('"positive"', '"joy"').replace('"0": "negative"', '"0": "anger"'), encoding="utf-8"
    )
    with pytest.raises(ClassifyError, match="expected negative, neutral, positive"):
        load(folder)
