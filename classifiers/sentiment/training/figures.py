"""Measures a model folder and writes what was measured there: `python -m classifiers.sentiment.training.figures --data DIR --model DIR`.

Feelings and stances beside linear baselines fitted in the same run, then the card. Needs scikit-learn, not torch. Takes minutes.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from classifiers.sentiment.card import CARD_FILE, card, plain, plain_stances
from classifiers.sentiment.data import fingerprints
from classifiers.sentiment.evaluate import compare
from classifiers.sentiment.runtime import DEFAULT_FOLDER, DESCRIPTION_FILE, figures, load
from classifiers.sentiment.stance_measures import compare_stances


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the model folder that is asked for."""
    asked = parser("Measure a model folder and write its card.").parse_args(arguments)
    write_figures(asked.data, asked.model)


def write_figures(folder: Path, target: Path) -> None:
    """Measure the model folder `target` on the rows to report on in `folder`; figures and card are written anew."""
    model = load(target)
    measured = {"figures": plain(compare(model, folder)), "stances": plain_stances(compare_stances(model, folder))}
    describe(target, **measured, data=fingerprints(folder))
    (target / CARD_FILE).write_text(card(target), encoding="utf-8")


def describe(target: Path, **more: Any) -> None:
    """Add to what the model folder says of itself, or put it right."""
    described = {**figures(target), **more}
    (target / DESCRIPTION_FILE).write_text(json.dumps(described, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def parser(purpose: str) -> argparse.ArgumentParser:
    """Give what the commands on a finished model folder are asked with."""
    made = argparse.ArgumentParser(description=purpose)
    made.add_argument("--data", type=Path, required=True, help="the folder of *.jsonl.gz")
    made.add_argument("--model", type=Path, default=DEFAULT_FOLDER, help="the model folder (default: the one that ships)")
    return made


if __name__ == "__main__":
    main()
