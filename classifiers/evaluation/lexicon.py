"""A baseline that anybody could write in an hour: words that please and words that do not, counted."""

import numpy as np
from numpy.typing import NDArray

from core.text import fold

_PLEASING = """
super swietny swietna swietne swietnie polecam dziekuje dzieki brawo rewelacja rewelacyjny rewelacyjna cudowny cudowna pieknie
piekny piekna mily mila milo sympatyczny sprawnie szybko zadowolony zadowolona najlepszy najlepsza kocham uwielbiam wspanialy
wspaniala idealny great love loved best thanks thank awesome amazing excellent perfect happy nice wonderful recommend brilliant
fantastic lovely helpful
"""
_DISPLEASING = """
fatalny fatalna fatalnie okropny okropna tragedia porazka dramat oszusci oszustwo wstyd skandal nigdy najgorszy najgorsza zly zla
zepsuty zepsuta brudny brudna opozniony opozniona zawiodlem reklamacja kpina zenada chamstwo nieuprzejmy dno masakra niestety
rozczarowany bad worst terrible awful hate horrible broken late never scam rude disappointed refund useless angry poor disgusting
shame fail
"""
PLEASING, DISPLEASING = frozenset(_PLEASING.split()), frozenset(_DISPLEASING.split())


def read(texts: list[str]) -> NDArray[np.float64]:
    """Negative, neutral, positive for each text, shape (texts, 3): more of one kind of words decides, none or as many is neutral."""
    answers = np.zeros((len(texts), 3))
    for number, text in enumerate(texts):
        words = fold(text).replace(",", " ").replace(".", " ").replace("!", " ").split()
        balance = sum(word in PLEASING for word in words) - sum(word in DISPLEASING for word in words)
        answers[number, 1 + int(np.sign(balance))] = 1.0
    return answers
