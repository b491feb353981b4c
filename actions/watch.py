"""Begin to watch a brand: write a first czujka.toml that works at once, without any account."""

import json
import os
import re
import tempfile
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from core.errors import ConfigError
from core.text import fold, strip_controls

LONGEST_NAME = 80

_NEWS = "https://news.google.com/rss/search"

_TEMPLATE = """\
# Czujka: what to watch, whom to tell. Written on {day}; it is yours now, change what you like.
# `czujka check` says what is wrong with it; every key is explained in docs/reference/configuration.md.

[company]
name = {name}
timezone = "Europe/Warsaw"
languages = ["pl", "en"]
fallback = "team"                      # answers for everything that no route below sends elsewhere

[[brand]]
id = {brand}
name = {name}
# How people write it; inflected forms are found by themselves.
terms = {terms}
# Names that must never be seen outside.
code_names = []
competitors = []

# Who is told. Add people here, and put their ids into an owner's list. The first sign-in link is the operator's.
[[person]]
id = "operator"
name = "Operator"
language = "pl"
contacts = ["email:operator@example.com"]  # where pages go: put your own address here

[[owner]]
id = "team"
name = "Social media team"
people = ["operator"]

# Without a server, mails are written as files into the folder mail/ beside the database. With one they are sent.
[[channel]]
id = "mail"
kind = "email"
# server = "smtp.example.com:587"
# username = "czujka"
# password = {{ env = "SMTP_PASSWORD" }}
# sender = "czujka@example.com"

# Where to look. None of these needs an account.
[[source]]
id = "mastodon-tag"
kind = "mastodon"
server = "https://mastodon.social"
tag = {tag}
scope = "mention"
brand = {brand}
every = "2m"

[[source]]
id = "mastodon-tag-pl"
kind = "mastodon"
server = "https://pol.social"
tag = {tag}
scope = "mention"
brand = {brand}
every = "2m"

[[source]]
id = "news-pl"
kind = "rss"
url = {news_pl}
terms_only = true                      # only articles that name the brand
scope = "mention"
brand = {brand}
every = "10m"

[[source]]
id = "news-en"
kind = "rss"
url = {news_en}
terms_only = true
scope = "mention"
brand = {brand}
every = "10m"

# Bluesky's search needs an app password (Bluesky: Settings, Privacy and security, App passwords). Set it in the
# environment as BLUESKY_APP_PASSWORD, fill in your handle, and take the "#" away:
# [[source]]
# id = "bluesky-search"
# kind = "bluesky"
# search = {phrase}
# handle = "you.bsky.social"
# app_password = {{ env = "BLUESKY_APP_PASSWORD" }}
# scope = "mention"
# brand = {brand}
# every = "2m"
"""


def watch_brand(name: str, folder: Path, now: datetime) -> Path:
    """Write `folder`/czujka.toml for a brand of this name. Raises ConfigError: no usable name, or there is a file already."""
    path = folder / "czujka.toml"
    text = first_configuration(name, now)
    try:
        _write_new(path, text)
    except OSError as error:
        if path.exists():
            raise ConfigError(f"{path} is there already and was left as it is; add the brand by hand", reason="config_exists") from error
        raise ConfigError(f"{path} cannot be written: {error.strerror}", reason="config_write") from error
    return path


def first_configuration(name: str, now: datetime) -> str:
    """The text of a first czujka.toml. Raises ConfigError when the name holds no letter, or is too long."""
    clean = " ".join(strip_controls(name).replace("\x7f", "").split())
    tag = _tag(clean)
    if not re.search(r"[^\W\d_]", clean) or not tag:
        raise ConfigError("a brand's name with at least one letter was expected", reason="brand_name")
    if len(clean) > LONGEST_NAME:
        raise ConfigError(f"a brand's name of at most {LONGEST_NAME} characters was expected, {len(clean)} came", reason="brand_name")
    terms = list(dict.fromkeys([clean, f"#{tag}", f"#{fold(tag)}"]))
    return _TEMPLATE.format(
        day=f"{now:%Y-%m-%d}",
        name=_quoted(clean),
        phrase=_quoted(_phrase(clean)),
        brand=_quoted(_id(clean)),
        terms="[" + ", ".join(_quoted(term) for term in terms) + "]",
        tag=_quoted(tag),
        news_pl=_quoted(f"{_NEWS}?{urlencode({'q': _phrase(clean), 'hl': 'pl', 'gl': 'PL', 'ceid': 'PL:pl'})}"),
        news_en=_quoted(f"{_NEWS}?{urlencode({'q': _phrase(clean), 'hl': 'en-US', 'gl': 'US', 'ceid': 'US:en'})}"),
    )


def _tag(name: str) -> str:
    """The name as people write it in a hashtag: small letters and digits without a space."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _id(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:64].strip("-") or "brand"


def _phrase(name: str) -> str:
    return '"' + " ".join(name.replace('"', " ").split()) + '"'


def _quoted(text: str) -> str:
    """A TOML string. JSON's escapes are TOML's, but for DEL, which names cannot hold."""
    return json.dumps(text, ensure_ascii=False)


def _write_new(path: Path, text: str) -> None:
    """Write a whole file, or none, and never over another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".czujka-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).chmod(0o644)
        os.link(aside, path)
    finally:
        Path(aside).unlink(missing_ok=True)
