"""Teaches what emoji do to a text, by rows made of labelled ones: posts are full of them, reviews and headlines have none.

Emoji that agree are added to some texts of each label; a short praise under mocking ones is none; and a plain text feels as its emoji.
"""

import random
from collections.abc import Sequence
from dataclasses import replace

from classifiers.sentiment.answers import LABELS
from classifiers.sentiment.data import Row

GLAD = tuple("😍❤😊🥰👏💪🔥🎉👍🙏😁🤩💚⭐😃🏆💯😀🙌🥳")
CROSS = tuple("😡🤬👎😤💩🤮😠🖕😒🤦🙄🤡😞💔😢🤢😾☹")
PLAIN = tuple("📦📍📅📷👇➡ℹ🕐📞🚗🏠📢🔗🤔👀☕")
EITHER = tuple("😂😭😅🙈😱🤣")
"""Said in joy and in grief alike."""
MOCKING = tuple("👎🤡🙄🤦💩🤮😒🖕")
AGREEING, MOCKED, PLAINLY_FELT = 0.08, 0.2, 0.05
"""The parts of the rows that are told with agreeing emoji, mocked where they praise shortly, and felt where they are plain."""
SHORT_PRAISE, SHORT_PLAIN = 45, 90
SOURCE = "emoji"
SEED = 3

_NEGATIVE, _NEUTRAL, _POSITIVE = range(len(LABELS))
_AGREE = {_NEGATIVE: CROSS, _NEUTRAL: PLAIN, _POSITIVE: GLAD}


def emoji_rows(rows: Sequence[Row], mocked: float = MOCKED) -> list[Row]:
    """Give further rows with emoji; those whose label the emoji decide are of a source of their own.

    A linear head learns from mocked praise that praise is bad: it should be given none.
    """
    dice = random.Random(SEED)
    made = []
    for row in rows:
        if dice.random() < AGREEING:
            made.append(replace(row, text=_with(row.text, _AGREE[row.label] + EITHER, dice)))
        if row.label == _POSITIVE and len(row.text) <= SHORT_PRAISE and dice.random() < mocked:
            made.append(replace(row, text=_with(row.text, MOCKING, dice), label=_NEGATIVE, source=SOURCE))
        if row.label == _NEUTRAL and len(row.text) <= SHORT_PLAIN and dice.random() < PLAINLY_FELT:
            label = dice.choice([_NEGATIVE, _POSITIVE])
            made.append(replace(row, text=_with(row.text, _AGREE[label], dice), label=label, source=SOURCE))
    return made


def _with(text: str, emoji: Sequence[str], dice: random.Random) -> str:
    """Put one to three emoji behind a text, seldom before it."""
    chosen = "".join([dice.choice(emoji)] * dice.choice([1, 1, 2, 3]) if dice.random() < 0.5 else dice.sample(emoji, dice.choice([1, 2])))
    return f"{chosen} {text}" if dice.random() < 0.1 else f"{text} {chosen}"
