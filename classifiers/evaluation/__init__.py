"""Measures the whole reading, rules and model together, on labelled posts: `rows.read`, `score.score`, `report.report`."""
