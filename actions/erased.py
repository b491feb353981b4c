"""Who was erased, as keyed hashes in a file beside the database: a backup that is older than an erasure brings nobody back for good.

The key is the data folder's own secret, which no backup of the database holds. Without it the hashes say nothing.
"""

import hmac
import json
import os
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from core.errors import ConfigError
from core.forgetting import Erased, Somebody
from core.links import secret_key
from core.settings import Settings
from storage import Store

FILE = "erased.jsonl"
AGAIN = "erased-again"


def erased_file(settings: Settings) -> Path:
    """Beside the heads of the audit, where those lie, else in the data folder."""
    return (Path(settings.audit.heads).parent if settings.audit.heads else settings.home) / FILE


def note(settings: Settings, people: Iterable[Somebody], also: Iterable[str], pseudonym: str, now: datetime) -> None:
    """Remember an erasure. Raises ConfigError: the file cannot be written."""
    key, file = secret_key(settings.home), erased_file(settings)
    hashes = sorted({_hash(key, "author", one.key) for one in people} | {_hash(key, "word", word) for word in also if word.strip()})
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="ascii") as out:
            out.write(json.dumps({"at": now.isoformat(), "pseudonym": pseudonym, "hashes": hashes}) + "\n")
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise ConfigError(f"{file}: the erasure cannot be noted: {error.strerror}", reason="erased") from error


def back(store: Store, settings: Settings) -> tuple[list[str], list[str]]:
    """Who stands in the database though they were erased: keys of authors, and words of colleagues. Raises ConfigError: an unreadable
    file."""
    known = _known(erased_file(settings))
    if not known:
        return [], []
    key = secret_key(settings.home)
    met = [(kind, word) for kind, word in store.erasing.candidates() if word and _hash(key, kind, word) in known]
    return sorted({word for kind, word in met if kind == "author"}), sorted({word for kind, word in met if kind == "word"})


def erase_again(store: Store, settings: Settings, now: datetime) -> Erased | None:
    """Erase whoever a restored backup brought back; None: nobody. Raises ConfigError: an unreadable file."""
    authors, words = back(store, settings)
    if not authors and not words:
        return None
    people = [one for key in authors if (one := store.erasing.somebody(key)) is not None]
    done = store.erasing.erase(people, (*authors, *words), AGAIN, now)
    store.erasing.settle()
    return done


def _known(file: Path) -> frozenset[str]:
    if not file.exists():
        return frozenset()
    found: set[str] = set()
    for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        try:
            found.update(str(one) for one in json.loads(line)["hashes"]) if line.strip() else None
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigError(f'{file}, line {number}: {{"at": …, "pseudonym": …, "hashes": […]}} was expected', reason="erased") from error
    return frozenset(found)


def _hash(key: str, kind: str, word: str) -> str:
    """A word as it is compared, whatever its case. `kind` keeps an author's key apart from a word that is written alike."""
    said = f"czujka.erased.1:{kind}:{word.strip().removeprefix('@').casefold()}"
    return hmac.new(key.encode(), said.encode("utf-8", "surrogatepass"), sha256).hexdigest()
