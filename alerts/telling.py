"""What a message tells, in parts that any medium can lay out, and its lay-out as text for media that show little else.

`telling` cleans and masks; `write` puts the parts into text in a medium's `Style`, as much as fits. Channels add their own buttons.
"""

from collections.abc import Callable
from dataclasses import dataclass

from alerts.headlines import reach, speak, zone
from alerts.mail import NOTES, SHAPES
from alerts.quoting import Piece, one_line, pieces, web_address
from core.labels import platform_name, severity_name
from core.types import Message, Quote

_QUOTES = (700, 300, 120, 40)


@dataclass(frozen=True, slots=True)
class Post:
    """A quoted post: who said it where and when, the words in pieces (what fired has a label), its address or ''."""

    head: str
    words: tuple[Piece, ...]
    url: str


@dataclass(frozen=True, slots=True)
class Telling:
    """Cleaned text, not yet escaped for a medium. `mark` is the severity, or the state once it is no longer open."""

    mark: str
    title: str
    note: str
    sentence: str
    posts: tuple[Post, ...]
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Button:
    """One thing to do: a `url` to open, or a `token` with which the click itself acts ('' for whichever it has not)."""

    act: str
    label: str
    url: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Style:
    """How a medium writes: `escape` makes text harmless, `bold` stands out, `quote` begins a quoted line, `link` leads somewhere."""

    escape: Callable[[str], str] = str
    bold: Callable[[str], str] = str
    quote: str = "> "
    link: Callable[[str, str], str] = lambda _label, url: url


def telling(message: Message, quote_chars: int = 700) -> Telling:
    """The parts of a message; `quote_chars` is how much of each post is shown."""
    spoken = speak(message.language)
    line = one_line(message.line, 300)
    named = severity_name(message.severity, message.language) if message.state == "open" else spoken.say(message.state)
    facts = [(spoken.say("Why"), one_line(message.because, 1500))] if message.because else []
    facts.append((spoken.say("How many like it"), spoken.count("{n} post so far", "{n} posts so far", message.count)))
    told = ", ".join(one_line(name, 120) for name in message.told[:20])
    facts.append((spoken.say("Who else was told"), told or spoken.say("Nobody else so far.")))
    return Telling(
        mark=f"{SHAPES[message.severity]} {named}",
        title=one_line(message.title, 120),
        note=spoken.say(NOTES[message.kind]) if message.kind in NOTES else one_line(message.news, 200),
        sentence=line.partition("] ")[2] or line,
        posts=tuple(_post(quote, message, quote_chars) for quote in message.quotes),
        facts=tuple(facts),
    )


def buttons(message: Message) -> tuple[Button, ...]:
    """What can be done now: an acknowledged incident cannot be acknowledged again, and one that is over only looked at."""
    spoken, clicks = speak(message.language), message.clicks
    found = []
    if message.state == "open" and (message.ack_url or clicks):
        found.append(Button("acknowledge", spoken.say("Acknowledge"), message.ack_url, clicks.acknowledge if clicks else ""))
    if clicks and message.state != "resolved":
        found.append(Button("resolve", spoken.say("Resolve"), token=clicks.resolve))
        found.append(Button("snooze", spoken.say("Snooze for an hour"), token=clicks.snooze))
        found.append(Button("irrelevant", spoken.say("Irrelevant"), token=clicks.irrelevant))
    return (*found, Button("open", spoken.say("Open the incident"), message.url))


def write(message: Message, style: Style, limit: int, size: Callable[[str], int] = len) -> str:
    """The whole message as text of at most `limit`, measured by `size`; quotes give way first, then what follows them."""
    written = ""
    for quote_chars in _QUOTES:
        written = _laid_out(telling(message, quote_chars), style)
        if size(written) <= limit:
            return written
    while size(written) > limit - size("…"):
        written = written[: -max(1, (size(written) - limit) // 4)]
    return written.rstrip("\\") + "…"


def _laid_out(told: Telling, style: Style) -> str:
    head = style.bold(style.escape(f"{told.mark}: {told.title}"))
    posts = [_quoted(post, style) for post in told.posts]
    facts = "\n".join(f"{style.bold(style.escape(name))}: {style.escape(value)}" for name, value in told.facts)
    return "\n\n".join(part for part in (head, style.escape(told.note), style.escape(told.sentence), *posts, facts) if part)


def _quoted(post: Post, style: Style) -> str:
    words = "".join(style.bold(style.escape(piece.text)) if piece.label else style.escape(piece.text) for piece in post.words)
    lines = [f"{style.quote}{line}" for line in words.splitlines() if line.strip()]
    return "\n".join((style.escape(post.head), *(lines or [f"{style.quote}–"]), *([style.link("→", post.url)] if post.url else [])))


def _post(quote: Quote, message: Message, quote_chars: int) -> Post:
    spoken = speak(message.language)
    said_at = quote.created_at.astimezone(zone(message.timezone)).strftime("%Y-%m-%d %H:%M %Z")
    author = one_line(quote.author, 80) or spoken.say("unknown author")
    head = " · ".join([platform_name(one_line(quote.platform, 40)), author, reach(quote.reach, message.language), said_at])
    return Post(head, pieces(quote, quote_chars), web_address(quote.url))
