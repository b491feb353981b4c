"""The detector: what stands out and what does not, gaps, the first hours, what it remembers, and `czujka series` over a file."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from alerts.crisis import advance
from alerts.peaks import at_rank
from alerts.series import Judged, Point, SeriesState, Tuning, begin, from_blob
from czujka.cli import cli
from czujka.csv_series import Reader

STEP_S = 300
DAY = 288
TUNING = Tuning()
START = datetime(2026, 3, 2)  # noqa: DTZ001


def usual(day: int, slot: int, luck: random.Random) -> float:
    """About 4 mentions at night and 40 in the evening, half of that at weekends."""
    hour = slot / 12
    mean = 22 - 18 * (1 if 0 <= hour < 7 else -1 if 17 <= hour < 22 else 0)
    return max(0, round(luck.gauss(mean, mean**0.5) * (0.5 if day % 7 >= 5 else 1)))


def a_month(days: int = 28) -> list[float]:
    luck = random.Random(7)
    return [usual(day, slot, luck) for day in range(days) for slot in range(DAY)]


def points(values: list[float], first: int = 0) -> Iterator[Point]:
    for index, value in enumerate(values, start=first):
        yield Point(index * STEP_S, value, index // 12 % 24, index // DAY % 7 >= 5)


def judge(values: list[float], state: SeriesState | None = None, first: int = 0) -> list[Judged]:
    state = state or begin(TUNING)
    return [advance(state, point, TUNING) for point in points(values, first)]


def openings(judged: list[Judged]) -> list[int]:
    return [index for index, one in enumerate(judged) if one.opens]


def test_a_month_of_evenings_and_weekends_is_next_to_silent() -> None:
    assert len(openings(judge(a_month()))) <= 3


def test_a_wave_opens_one_episode_at_once_says_what_is_usual_and_ends() -> None:
    values = a_month(16)
    start = 15 * DAY + 10 * 12
    for index in range(start, start + 36):
        values[index] = 120.0
    judged = judge(values)
    opened = [index for index in openings(judged) if index >= 15 * DAY]
    assert opened == [start]
    first = judged[start]
    assert first.window_min == 5
    assert first.seen == 120
    assert first.usual_low < 22 < first.usual_high < first.line < 120
    assert first.score > 0.5
    assert first.is_open
    assert first.since_s == start * STEP_S
    assert judged[start + 35].is_open
    assert not judged[start + 35].opens
    assert not judged[-1].is_open
    assert judged[-1].since_s is None


def test_a_slow_swell_is_seen_by_a_long_window_though_no_moment_stands_out() -> None:
    values = a_month(18)
    for index in range(16 * DAY, 18 * DAY):
        values[index] = round(values[index] * 1.7)
    judged = judge(values)
    opened = [index for index in openings(judged) if index >= 16 * DAY]
    assert opened
    assert judged[opened[0]].window_min in {60, 720, 1440}


def test_a_trend_is_no_wave() -> None:
    values = [round(value * (1 + index / (14 * DAY))) for index, value in enumerate(a_month(28))]
    assert len(openings(judge(values))) <= 4


def test_the_evening_of_a_working_day_is_much_on_a_day_off() -> None:
    state = begin(TUNING)
    judge(a_month(12), state)
    saturday = 12 * DAY + 18 * 12
    blob = state.blob()
    as_work = advance(from_blob(blob, TUNING), Point(saturday * STEP_S, 40.0, 18, is_off=False), TUNING)
    as_off = advance(from_blob(blob, TUNING), Point(saturday * STEP_S, 40.0, 18, is_off=True), TUNING)
    assert as_off.score > as_work.score


def test_no_data_is_not_zero() -> None:
    """After six hours of silence of the source, the same amounts as ever are neither low nor high, and the usual has not moved."""
    values = a_month(16)
    cut = 15 * DAY + 9 * 12
    state = begin(TUNING)
    judge(values[:cut], state)
    before = [window.level for window in state.windows]
    after_gap = judge(values[cut + 72 :], state, first=cut + 72)
    assert not openings(after_gap)
    assert state.windows[0].level == pytest.approx(before[0], rel=0.05)
    zeros = begin(TUNING)
    judge(values[:cut] + [0.0] * 72, zeros)
    assert zeros.windows[2].total / zeros.windows[2].weight_min < 0.8 * state.windows[2].total / state.windows[2].weight_min


def test_after_a_gap_a_long_window_is_silent_until_it_is_half_full() -> None:
    state = begin(TUNING)
    judge(a_month(10), state)
    before = [window.points for window in state.windows]
    judge([500.0] * 3, state, first=13 * DAY)
    assert [window.points - points for window, points in zip(state.windows, before, strict=True)] == [3, 0, 0, 0]
    assert state.windows[1].total / state.windows[1].weight_min == pytest.approx(500)


def test_the_first_hour_says_nothing_and_the_first_week_says_that_it_is_cold() -> None:
    judged = judge([10.0] * 6 + [400.0] + [10.0] * 4 + a_month(8))
    assert not any(one.score for one in judged[:11])
    assert judged[DAY].is_cold
    assert not judged[-1].is_cold


def test_a_wave_on_the_first_day_is_seen() -> None:
    luck = random.Random(3)
    values = [float(luck.randint(8, 14)) for _ in range(30)] + [90.0] * 4
    assert openings(judge(values)) == [30]


def test_within_the_rest_a_second_crossing_belongs_to_the_episode() -> None:
    values = a_month(16)
    for start in (15 * DAY + 60, 15 * DAY + 120):
        values[start : start + 6] = [150.0] * 6
    assert [index for index in openings(judge(values)) if index >= 15 * DAY] == [15 * DAY + 60]


def test_a_silent_series_and_one_mention_is_no_wave() -> None:
    values = [0.0] * (12 * DAY)
    values[11 * DAY] = 1.0
    assert not openings(judge(values))


def test_what_is_remembered_does_not_grow_and_reads_back() -> None:
    state = begin(TUNING)
    judge(a_month(10), state)
    state.windows[0].peaks.days = [5.0] * 56
    long = len(state.blob())
    judge(a_month(4), state, first=10 * DAY)
    assert len(state.windows[0].peaks.days) == 56
    assert len(state.blob()) < 1.2 * long
    again = from_blob(state.blob(), TUNING)
    assert again == state
    assert judge([50.0] * 5, again, 14 * DAY) == judge([50.0] * 5, state, 14 * DAY)


def test_a_blob_of_another_version_starts_cold() -> None:
    assert from_blob('{"version": 0}', TUNING) == begin(TUNING)


def test_the_line_is_a_rank() -> None:
    falling = [float(height) for height in range(56, 0, -1)]
    assert at_rank(falling, 57.0) == 56
    assert at_rank(falling, 19.0) == 54
    assert at_rank(falling, 38.0) == pytest.approx(55.5)
    assert at_rank([9.0, 1.0], 14.0) == 9


SPOILT = st.sampled_from(["", "-3", "n/a", "nan", "inf", "1e400", "1_0", "٣", '"5', "5,5"])
AMOUNT = st.integers(0, 500).map(str)


@given(st.lists(st.tuples(st.integers(-2, 40), AMOUNT | SPOILT, st.sampled_from(["", "Z", "+02:00"])), max_size=30), st.integers(0, 30))
def test_a_prefix_of_the_rows_gives_a_prefix_of_the_output(rows: list[tuple[int, str, str]], cut: int) -> None:
    moment = START
    lines = ["timestamp,value\n"]
    for steps, value, zone in rows:
        moment += timedelta(minutes=5 * steps)
        lines.append(f"{moment}{zone},{value}\n")
    assert judged_rows(lines[: cut + 1]) == judged_rows(lines)[:cut]


def test_a_prefix_of_a_real_length_gives_a_prefix_of_the_output() -> None:
    """A month with two waves; a detector that looked at what comes would judge the rows before the cut otherwise."""
    values = a_month(12)
    values[10 * DAY : 10 * DAY + 12] = [200.0] * 12
    values[11 * DAY + 30 : 11 * DAY + 42] = [900.0] * 12
    lines = ["timestamp,value\n", *(f"{START + timedelta(minutes=5 * index)},{value:g}\n" for index, value in enumerate(values))]
    whole = judged_rows(lines)
    assert sum(row[3] == "1" for row in whole) >= 2
    for cut in (12, 10 * DAY + 1):
        assert judged_rows(lines[: cut + 1]) == whole[:cut]


def judged_rows(lines: list[str]) -> list[tuple[str, str, str, str]]:
    return list(Reader(remark=lambda _: None, complain=lambda _: None).rows(lines))


def run(tmp_path: Path, text: str | bytes) -> Result:
    file = tmp_path / "series.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return CliRunner().invoke(cli, ["series", str(file)])


def test_the_verb_keeps_order_and_words_of_every_row(tmp_path: Path) -> None:
    result = run(tmp_path, "\ufefftimestamp,value\n2026-03-02 10:00:00,5\r\n2026-03-02T10:05,7.0\n")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "timestamp,value,score,alert",
        "2026-03-02 10:00:00,5,0.000000,0",
        "2026-03-02T10:05,7.0,0.000000,0",
    ]
    assert not result.stderr


def test_what_cannot_be_read_keeps_its_row_is_named_and_ends_with_1(tmp_path: Path) -> None:
    rows = ["2026-03-02 10:00,5", "2026-03-02 10:05,-4", "2026-03-02 10:10,lots", "yesterday,4", "2026-03-02 10:15", "2026-03-02 10:20,6"]
    result = run(tmp_path, "timestamp,value\n" + "\n".join(rows) + "\n")
    assert result.exit_code == 1
    told = [line.split(",")[-2:] for line in result.stdout.splitlines()[1:]]
    assert told == [["0.000000", "0"], ["", "0"], ["", "0"], ["", "0"], ["", "0"], ["0.000000", "0"]]
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["line 3", "line 4", "line 5", "line 6"]


def test_what_is_odd_is_only_named(tmp_path: Path) -> None:
    rows = ["10:00", "10:05", "10:05", "10:10", "13:00", "12:00", "12:05", "12:10+02:00"]
    result = run(tmp_path, "timestamp,value\n" + "".join(f"2026-03-02T{row},5\n" for row in rows))
    assert result.exit_code == 0
    assert [line.split(";")[0] for line in result.stderr.splitlines()] == [
        "line 4: the same time as the row before",
        "line 6: no data for 2:50:00",
        "line 7: the clock goes back by 1:00:00",
        "line 9: another zone than in the rows before (+2 h after none)",
        "line 9: the clock goes back by 1:55:00",
    ]
    assert len(result.stdout.splitlines()) == 9


def test_a_clock_that_goes_back_by_a_year_does_not_blind(tmp_path: Path) -> None:
    values = [float(value) for value in a_month(10)]
    values[9 * DAY + 60 : 9 * DAY + 72] = [300.0] * 12
    back = 8 * DAY
    rows = []
    for index, value in enumerate(values):
        moment = START + timedelta(minutes=5 * index) - (timedelta(days=365) if index >= back else timedelta())
        rows.append(f"{moment},{value:g}\n")
    result = run(tmp_path, "timestamp,value\n" + "".join(rows))
    assert result.stdout.splitlines()[1 + 9 * DAY + 60].endswith(",1")
    assert "the clock goes back by 36" in result.stderr


@pytest.mark.parametrize("text", ["", "time,count\n1,2\n", "2026-03-02 10:00,5\n"])
def test_without_its_header_a_file_is_wrong_use(tmp_path: Path, text: str) -> None:
    result = run(tmp_path, text)
    assert result.exit_code != 0
    assert "timestamp and value" in str(result.exception)


def test_a_header_alone_and_bytes_that_are_no_text_are_survived(tmp_path: Path) -> None:
    assert run(tmp_path, "timestamp,value\n").stdout == "timestamp,value,score,alert\n"
    result = run(tmp_path, b"timestamp,value\n2026-03-02 10:00,\xff\xfe\n2026-03-02 10:05,3\n")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 3
