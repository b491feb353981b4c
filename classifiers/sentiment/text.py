"""One way of making text plain for the model, the same when it is trained and when it reads.

`normalise` is all there is: what differs between platforms without carrying a feeling (links, handles, diacritics,
zero-width characters, tokenised corpora) is levelled, what carries one (emoji, hashtags) is turned into words.
"""

import html
import re
import unicodedata

LONGEST_CHARS = 12_000
"""A longer text is cut to its first two thirds and its last third of this many code points before anything else."""

_FILLERS = frozenset({"with", "and", "face", "sign", "symbol", "of", "emoji", "black", "heavy", "white"})
_MEANT = {"😡": "angry", "🤬": "angry", "😤": "angry", "😂": "laughing", "🤣": "laughing", "👍": "good", "👎": "bad"}
_MEANT |= {"🤮": "disgusting", "🤢": "disgusting", "💩": "crap"}
"""What people mean by emoji whose Unicode names do not say it."""
_ESCAPES = re.compile(r"\\u([0-9a-fA-F]{4})")
_LINKS = re.compile(r"(?:https?://|www\.)\S*", re.IGNORECASE)
_RETWEET = re.compile(r"^\s*RT\b[\s:]*(?:@\w+\s*:?)?")
_HANDLES = re.compile(r"(?<![\w.])@\w+")
_HASHTAGS = re.compile(r"#(\w+)")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])|_")
_SPLIT_EMOTICON = re.compile(r"(?<=[:;=]) (?=[()DP](?:\s|$))")
_REPEATS = re.compile(r"(.)\1{3,}", re.DOTALL)
_SPACES = re.compile(r"\s+")
# Some corpora split the endings of Polish verbs off: "chciał em", "mogła by m", "zauważy li śmy".
_LOOSE_PLURAL = re.compile(r"(?<=\w) (li|ły) (śmy|ście)\b")
_LOOSE_ENDING = re.compile(r"\b(\w+(?:ł|ła|ło|ły|li)) (?:(by) )?(em|m|eś|ś|śmy|ście|by|bym|byś|byśmy|byście)\b")


class _Characters(dict[int, str]):
    """What each code point becomes; filled as code points are met, so it holds at most the whole of Unicode."""

    def __missing__(self, point: int) -> str:
        self[point] = plain = _plain(chr(point))
        return plain


def _plain(character: str) -> str:
    """Give the replacement of one decomposed character: itself, nothing, a space, or an emoji's name."""
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Cf", "Sk") and character not in "^`":
        return ""
    if category == "So":
        return f" {_name(character)} "
    if category[0] == "C" or category[0] == "Z":
        return " "
    return character


def _name(character: str) -> str:
    """Give an emoji's name in at most four telling words, lower case; nothing for letters of flags."""
    name = unicodedata.name(character, "").lower()
    if name.startswith("regional indicator"):
        return ""
    name = _MEANT.get(character, name)
    words = [word for word in re.split(r"[ -]", name) if word not in _FILLERS]
    return " ".join(words[:4]) or name


_CHARACTERS = _Characters({ord("ł"): "l", ord("Ł"): "L", ord("’"): "'", ord("‘"): "'", ord("“"): '"', ord("”"): '"', ord("„"): '"'})


def is_longer_than_read(text: str) -> bool:
    """Say whether `normalise` cuts this text."""
    return len(text) > LONGEST_CHARS


def normalise(text: str) -> str:
    """Level one text for the model: cased, without diacritics, one line.

    Links go, handles become `@user`, emoji their names, hashtags their words; runs of one character shrink to three.
    Takes time linear in `LONGEST_CHARS` at most.
    """
    if is_longer_than_read(text):
        third = LONGEST_CHARS // 3
        text = f"{text[: 2 * third]} {text[-third:]}"
    text = html.unescape(_ESCAPES.sub(lambda found: chr(int(found[1], 16)), text))
    text = _REPEATS.sub(r"\1\1\1", text)
    text = _HANDLES.sub("@user", _RETWEET.sub("", _LINKS.sub(" ", text)))
    text = _LOOSE_ENDING.sub(r"\1\2\3", _LOOSE_PLURAL.sub(r"\1\2", text))
    text = _SPLIT_EMOTICON.sub("", text)
    text = unicodedata.normalize("NFKD", text).translate(_CHARACTERS)
    text = _HASHTAGS.sub(lambda found: "# " + _HUMPS.sub(" ", found[1]), text)
    return _SPACES.sub(" ", text).strip()
