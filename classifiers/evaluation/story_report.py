"""Writes how well stories are gathered, as a section of the page of figures."""

from collections.abc import Iterator

from classifiers.evaluation.score import Share
from classifiers.evaluation.stories import Told
from classifiers.sentiment.measures import Figure

NAMES = {"pl–pl": "both in Polish", "pl–en": "one in each language", "en–en": "both in English"}


def story_lines(told: Told) -> Iterator[str]:
    """The section in Markdown."""
    yield "## Stories"
    yield ""
    yield f"{told.posts} posts tell {told.stories} stories in their own words; {told.families} families of look-alikes, where the same"
    yield "words tell of another city, product, day or sum. They arrive mixed, and each is taken to a story at once. B-cubed figures;"
    yield "intervals are bootstrapped over families."
    yield ""
    yield "| gathered by | precision | recall | F1 |"
    yield "|---|---|---|---|"
    for name, way in told.ways.items():
        yield f"| {name} | {_figure(way.precision)} | {_figure(way.recall)} | {_figure(way.f1)} |"
    yield ""
    yield "| pairs of one story | found |"
    yield "|---|---|"
    for name, share in told.found.items():
        yield f"| {NAMES[name]} | {_share(share)} |"
    yield f"| look-alikes told apart | {_share(told.apart)} |"
    yield ""


def _figure(figure: Figure) -> str:
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"


def _share(share: Share) -> str:
    low, high = share.interval()
    return f"{share.hits} of {share.tries}: {100 * share.hits / max(1, share.tries):.1f} % [{100 * low:.1f}, {100 * high:.1f}]"
