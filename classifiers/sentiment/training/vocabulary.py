"""Polish word pieces for an English tokenizer: learned, appended, and given a first meaning.

Without them a Polish post falls into crumbs (39 pieces on average instead of 25). The commonest word forms are pieces as a whole and begin
with the meaning of their English gloss, so that what the encoder knows of English words holds for Polish ones from the first step.
Source of the thought: Minixhofer et al. 2022, "WECHSEL", which finds the English neighbours by aligned vectors; here a glossary names them.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from classifiers.sentiment.text import normalise

PIECES_LEARNED = 12_000
RAREST_PIECE = 4
CONTINUES, UNKNOWN = "##", "[UNK]"
GLOSSARY = Path(__file__).parent / "own" / "glosses_pl.tsv"
SHORTEST_STEM = 4
"""A shorter piece begins too many words to mean what they mean."""

Floats = NDArray[np.float32]


def glosses(path: Path = GLOSSARY) -> dict[str, str]:
    """Read the glossary: Polish word forms, as the tokenizer sees them, with a few English words each; the first of like forms counts."""
    known: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        form, gloss = line.split("\t")
        known.setdefault(normalise(form).lower(), gloss)
    return known


def learn_pieces(texts: Iterable[str], known: set[str]) -> list[str]:
    """Learn word pieces from normalised texts and give those that the vocabulary lacks, the most frequent first."""
    learner = Tokenizer(models.WordPiece(unk_token=UNKNOWN))
    learner.normalizer = normalizers.BertNormalizer(lowercase=True)
    learner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=PIECES_LEARNED, min_frequency=RAREST_PIECE, special_tokens=[UNKNOWN])
    learner.train_from_iterator(texts, trainer)
    return [piece for piece, _ in sorted(learner.get_vocab().items(), key=lambda entry: entry[1]) if piece not in known]


def extended(tokenizer_file: Path, pieces: Iterable[str]) -> Tokenizer:
    """Give the tokenizer of `tokenizer_file` with `pieces` appended to its vocabulary, without padding or truncation."""
    description = json.loads(tokenizer_file.read_text(encoding="utf-8"))
    vocabulary = description["model"]["vocab"]
    for piece in pieces:
        vocabulary.setdefault(piece, len(vocabulary))
    description["padding"] = description["truncation"] = None
    return Tokenizer.from_str(json.dumps(description, ensure_ascii=False))


def first_meanings(pieces: Iterable[str], base: Tokenizer, embeddings: Floats, glossary: Mapping[str, str]) -> Floats:
    """Give each new piece its first embedding, shape (pieces, width).

    A glossed word has the mean of its gloss's pieces, at their usual length; a stem the mean of the glossed words that begin with it; any
    other the mean of the old pieces that spelled it.
    """
    vocabulary = base.get_vocab()
    meant = {word: _mean(embeddings, _shown(base, gloss)) for word, gloss in glossary.items()}
    stems = _stems(meant)
    rows = [stems[piece] if piece in stems else embeddings[_spelled(piece, vocabulary)].mean(axis=0) for piece in pieces]
    return np.stack(rows).astype(np.float32)


def _shown(base: Tokenizer, gloss: str) -> list[int]:
    """Give a gloss's pieces without the padding that a tokenizer may add: a hundred blanks would drown two words."""
    code = base.encode(gloss, add_special_tokens=False)
    return [piece for piece, is_shown in zip(code.ids, code.attention_mask, strict=True) if is_shown]


def _stems(meant: Mapping[str, Floats]) -> dict[str, Floats]:
    """Add to the words what each beginning of theirs that is no word means on average."""
    begun = defaultdict(list)
    for word, meaning in meant.items():
        for length in range(SHORTEST_STEM, len(word)):
            begun[word[:length]].append(meaning)
    return {stem: np.mean(meanings, axis=0) for stem, meanings in begun.items()} | dict(meant)


def _mean(embeddings: Floats, ids: list[int]) -> Floats:
    """Average embeddings without losing length: what is shorter than the others speaks more quietly in the first layer."""
    rows = embeddings[ids]
    mean = rows.mean(axis=0)
    longer: Floats = mean * (np.linalg.norm(rows, axis=1).mean() / np.linalg.norm(mean))
    return longer


def _spelled(piece: str, vocabulary: dict[str, int]) -> list[int]:
    """Spell a piece with the longest old pieces from the left; what cannot be spelled is [UNK]."""
    prefix, rest = (CONTINUES, piece[2:]) if piece.startswith(CONTINUES) else ("", piece)
    ids: list[int] = []
    while rest:
        length = next((n for n in range(len(rest), 0, -1) if prefix + rest[:n] in vocabulary), 0)
        if not length:
            return [vocabulary[UNKNOWN]]
        ids.append(vocabulary[prefix + rest[:length]])
        prefix, rest = CONTINUES, rest[length:]
    return ids
