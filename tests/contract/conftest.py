"""The second run, on recorded answers, takes place wherever the recordings lie beside the repository (they do in CI)."""

from pathlib import Path

RECORDINGS = Path(__file__).resolve().parents[2].parent / "shared" / "recordings"

collect_ignore = [] if RECORDINGS.is_dir() else ["test_recordings.py", "test_recordings_b.py"]


def pytest_report_header() -> str:
    return f"recorded answers: {'a second run' if RECORDINGS.is_dir() else 'not here, so no second run'}"
