"""Does this look like a working credential, or like a placeholder from a tutorial?

Source: Shannon, "A Mathematical Theory of Communication" (1948), for entropy; the thresholds are those usual for secret scanners.
"""

from collections import Counter
from math import log2

_PLACEHOLDER_TEXT = """
xxx your twoj changeme change_me change-me example przyklad placeholder password passw0rd haslo secret_here dummy sample insert wstaw
tutaj redacted foobar abcdef 123456 qwerty < > { } *** ... todo none null undefined env( process.env os.environ akiaiosfodnn7
wjalrxutnfemi test_key fake lorem
"""
_PLACEHOLDERS = tuple(_PLACEHOLDER_TEXT.split())
_TUTORIAL_HOSTS = ("localhost", "127.0.0.1", "example.", "@host", "username:password", "user:pass")
_MIN_BITS = 2.8


def entropy_bits(text: str) -> float:
    """Shannon entropy in bits per character, 0 for an empty text."""
    counts = Counter(text)
    return -sum(n / len(text) * log2(n / len(text)) for n in counts.values())


def is_placeholder(text: str) -> bool:
    lowered = text.lower()
    return any(word in lowered for word in _PLACEHOLDERS) or len(set(lowered)) < 5


def is_hard_to_guess(text: str) -> bool:
    """A generated key or token: high entropy, no placeholder."""
    return not is_placeholder(text) and entropy_bits(text) >= _MIN_BITS


def is_generated(text: str) -> bool:
    """A key that a machine made: hard to guess, with letters and digits mixed in one run of twelve or more; words and dates strung together
    are none."""
    runs = "".join(c if c.isalnum() else " " for c in text).split()
    return is_hard_to_guess(text) and any(len(run) >= 12 and not run.isalpha() and not run.isdigit() for run in runs)


def is_mixed(text: str) -> bool:
    """Generated, of letters large and small: no hash, and no identifier in hexadecimal digits."""
    return is_generated(text) and text.lower() != text and text.upper() != text


def is_chosen(text: str) -> bool:
    """A password with a letter and a digit that is no address, no file, no hour and no amount."""
    bare = text.rstrip(".,;:)\"'")
    runs = "".join(c if c.isalnum() else " " for c in bare).split()
    is_said = any((run.isalpha() and len(run) > 2) or (run.strip("0123456789") and len(run) > 4) for run in runs)
    return is_said and any(c.isdigit() for c in bare) and is_password(bare) and not any(mark in bare[1:-1] for mark in "@/\\.")


def is_password(text: str) -> bool:
    """A password that a person chose: at least six characters of two kinds, no placeholder and no plain word."""
    bare = text.rstrip(".,;:)\"'")
    if bare[:1] in "#@" and bare[1:].isalpha():
        return False  # a hashtag or a handle
    kinds = (any(c.isalpha() for c in bare), any(c.isdigit() for c in bare), any(not c.isalnum() for c in bare.rstrip("!?")))
    return len(bare) >= 6 and sum(kinds) >= 2 and not bare.isdigit() and not is_placeholder(bare) and "://" not in bare


def is_connection_string(text: str) -> bool:
    """An address with a password that is neither a placeholder nor a host of a tutorial."""
    lowered = text.lower()
    if any(word in lowered for word in _TUTORIAL_HOSTS):
        return False
    secret = lowered.partition("://")[2].rpartition("@")[0].partition(":")[2]
    secret = secret or lowered.rpartition("=")[2].rpartition("@")[0].rpartition("/")[2] or lowered.rpartition("=")[2]
    return len(secret) > 3 and not is_placeholder(secret)
