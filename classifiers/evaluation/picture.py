"""The calibration plot: how sure the model is, and how often it is right. Drawn as SVG that a page may show in either theme."""

import io
from collections.abc import Sequence

INK, QUIET, BAND = "#1b1f24", "#57606a", "#34495e"


def calibration(bins: Sequence[tuple[float, float, int]]) -> str:
    """Dots as large as their bin; on the diagonal sure is as good as right."""
    # matplotlib takes a second to load, which only those who draw should pay
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    total = max(1, sum(posts for _, _, posts in bins))
    with matplotlib.rc_context({"svg.hashsalt": "czujka", "svg.fonttype": "none", "font.family": "sans-serif"}):
        figure = Figure(figsize=(4.6, 4.0), facecolor="white")
        axes = figure.add_axes((0.14, 0.14, 0.82, 0.76))
        axes.plot([0.33, 1], [0.33, 1], color=QUIET, linewidth=1, linestyle="--")
        axes.scatter([b[0] for b in bins], [b[1] for b in bins], s=[20 + 900 * b[2] / total for b in bins], color=BAND, zorder=3)
        axes.set_xlim(0.33, 1.02)
        axes.set_ylim(0, 1.05)
        axes.set_xlabel("how sure", color=INK)
        axes.set_ylabel("how often right", color=INK)
        axes.set_title("Sentiment: sure and right", color=INK, fontsize=11, loc="left")
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(colors=QUIET)
        out = io.StringIO()
        FigureCanvasSVG(figure)
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()
