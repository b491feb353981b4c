"""Our replies to people, as they are looked at for quality: what was said to us, what we said back."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied:
    """One reply of ours beside the post that it answers. `asks`: a question was found in that post; `quarrels`: our reply carries a
    finding of blame, mockery or insult. `at` is aware UTC."""

    item_id: int
    at: datetime
    platform: str
    author: str
    said: str
    reply: str
    asks: bool
    quarrels: bool
