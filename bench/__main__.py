"""Run every bench, or those named, and print one table. Exit 1 when a bound is broken."""

import importlib
import pkgutil
import sys
from collections.abc import Sequence

import click

import bench
from bench.frame import Figure

_FRAME = {"frame", "nab", "crowds", "__main__"}


def names() -> list[str]:
    """Every file of this folder that is a bench."""
    return sorted(found.name for found in pkgutil.iter_modules(bench.__path__) if found.name not in _FRAME)


def line(figure: Figure) -> str:
    """One row of the table."""
    low, high = min(figure.values), max(figure.values)
    verdict = "" if not figure.bound else "kept" if figure.is_kept else "BROKEN"
    numbers = "".join(f"{value:>11.2f}" for value in (low, figure.median, high))
    return f"{figure.name:<66}{numbers}  {figure.unit:<10}{figure.bound:<9}{verdict}".rstrip()


def main(wanted: Sequence[str]) -> int:
    unknown = sorted(set(wanted) - set(names()))
    if unknown:
        click.echo(f"no bench {', '.join(unknown)}; there are: {', '.join(names())}", err=True)
        return 2
    click.echo(f"{'measured':<66}{'min':>11}{'median':>11}{'max':>11}  {'unit':<10}{'bound':<9}")
    broken = 0
    for name in wanted or names():
        for figure in importlib.import_module(f"bench.{name}").measure():
            click.echo(line(figure))
            broken += not figure.is_kept
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
