"""A file of any size is read in constant memory."""

import tracemalloc
from pathlib import Path

from collector.file import read_file
from core.types import Item


def test_fifty_thousand_rows_in_constant_memory(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    with path.open("w", encoding="cp1250", newline="") as table:
        table.write("id;treść;data;autor\r\n")
        for number in range(50_000):
            table.write(f'{number};"wpis {number} o śmietanie, żółtym serze i jogurcie";20.11.2026 14:05;u{number % 500}\r\n')
    told: list[int] = []
    tracemalloc.start()
    seen = sum(isinstance(one, Item) for one in read_file(path, progress=told.append))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seen == 50_000
    assert sum(told) == path.stat().st_size
    assert len(told) > 20
    assert peak_bytes < 6_000_000
