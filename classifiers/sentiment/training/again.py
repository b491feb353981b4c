"""Learns topics anew for a finished model: `python -m classifiers.sentiment.training.again --data DIR --model DIR --out DIR`.

For when posts to learn topics from were added: feelings and stances stay to the bit, since the branch of topics goes on from the lower half
of the encoder as it ships. Leaves in `OUT/work/apart` the model that joint decisions are fitted with. Needs what `make .venv/train`
installs. Takes about 40 minutes on two cores.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

import torch

from classifiers.sentiment.runtime import MODEL_FILE, TOKENIZER_FILE
from classifiers.sentiment.training.__main__ import NARROW, old_pieces, write_topics
from classifiers.sentiment.training.export import recovered
from classifiers.sentiment.training.figures import parser, write_figures


def main(arguments: Sequence[str] | None = None) -> None:
    """Write a model folder that differs from the one asked for in topics alone."""
    asking = parser("Learn topics anew for a finished model.")
    asking.add_argument("--out", type=Path, default=Path("var/model"), help="the model folder to write (default: var/model)")
    asking.add_argument("--threads", type=int, default=2)
    asked = asking.parse_args(arguments)
    if asked.out.resolve() == asked.model.resolve():
        asking.error(f"--out {asked.out} is the model that is gone on from: name another folder")
    torch.set_num_threads(asked.threads)
    work = asked.out / "work"
    shutil.copytree(asked.model, asked.out, dirs_exist_ok=True)
    work.mkdir(exist_ok=True)
    shutil.copyfile(asked.model / TOKENIZER_FILE, work / TOKENIZER_FILE)
    torch.save(recovered(asked.model / MODEL_FILE, old_pieces()), work / NARROW)
    write_topics(asked.data, work, asked.out)
    write_figures(asked.data, asked.out)


if __name__ == "__main__":
    main()
