"""Teaches that a name in front, or behind, changes nothing a post tells: on the networks people begin with a hashtag or a handle.

Without it "#polna" before "the cheese was mouldy, I want my money back" took a complaint away.
"""

import random

PART = 0.25
"""The part of the posts that is read with a name beside it, in place of without."""
_BEHIND = 0.3
_SHAPES = ("#{0}", "#{0}", "@{0}", "@{0}", "#{0} #{1}", "@{0} @{1}", "#{0} @{1}", ".@{0}", "{0}:", "{0} -", "[{0}]", "{0}.")
_NAMES_TEXT = """
polna Zielona Kwiatek Jutrzenka SerTomek MleczarniaBor Brzoza dobryBank KredytNaJuz Sloneczna PralniaFala Lisowski Wiatrak TwojaApteka
Fitmania Kurierek GazowniaPN MalinowyDom Tramwaj24 Orlik Nowakowie PodSosna meadow Harbour BlueKettle FirstOak Parcelly NorthLine gymbox
Copperfield TallPines Lumen orchardfoods Brightwell SafeHands CityGas Quickcart Pebble Stonebridge WeFixIt Maple AirSwift Rivertown
DailyBread
"""
_NAMES = tuple(_NAMES_TEXT.split())


def fronted(text: str, dice: random.Random) -> str:
    """Give the text as it is, or, `PART` of the times, with names before it or behind it."""
    if dice.random() >= PART:
        return text
    names = dice.choice(_SHAPES).format(*dice.sample(_NAMES, 2))
    return f"{text} {names}" if dice.random() < _BEHIND else f"{names} {text}"
