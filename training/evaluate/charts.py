"""Plots as SVG: the one module of training that imports matplotlib."""

import io
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

Words = Mapping[str, str]
CUTOFFS = ("1", "5", "10")
INK, LINES, GRID = "#1f2933", ("#1d4f91", "#b3541e"), "#d5dae1"
mpl.rcParams["svg.fonttype"] = "none"  # words stay words: the reader's own fonts draw them
mpl.rcParams["svg.hashsalt"] = "yaozheng"
mpl.rcParams["font.family"] = "sans-serif"


def coverage(points: Sequence[Mapping[str, float]], words: Words) -> str:
    """Return the share of wrong answers over the share answered rightly; its end is how it is served."""

    def draw(axes: Any) -> None:
        axes.plot([p["coverage"] for p in points], [p["error"] for p in points], color=LINES[0])
        if points:
            last = points[-1]
            axes.plot(last["coverage"], last["error"], "o", color=LINES[1])
            axes.annotate(
                f"{last['coverage']:.2f} / {last['error']:.2f}",
                (last["coverage"], last["error"]),
                textcoords="offset points",
                xytext=(-6, 9),
                ha="right",
            )
        axes.set(xlim=(0, 1), ylim=(0, 0.5), xlabel=words["coverage"], ylabel=words["error"])

    return _drawn(draw)


def recall(hits: Mapping[str, Mapping[str, float]], words: Words) -> str:
    """Return the share of questions whose article is found among the first k, by language."""

    def draw(axes: Any) -> None:
        for (lang, rates), colour, style in zip(hits.items(), LINES, ("-o", "--s"), strict=False):
            axes.plot([rates[k] for k in CUTOFFS], style, color=colour, label=words[lang])
        axes.set_xticks(range(len(CUTOFFS)), CUTOFFS)
        axes.set(ylim=(0, 1), xlabel=words["k"], ylabel=words["found"])
        axes.legend(frameon=False, loc="lower right")

    return _drawn(draw)


def calibration(bins: Sequence[Mapping[str, float]], words: Words) -> str:
    """Return the share of right answers over their support."""

    def draw(axes: Any) -> None:
        axes.plot([b["support"] for b in bins], [b["right"] for b in bins], marker="o", color=LINES[0])
        axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel=words["support"], ylabel=words["right"])

    return _drawn(draw)


def _drawn(draw: Callable[[Any], None]) -> str:
    figure = Figure(figsize=(5.6, 3.4), layout="constrained")
    axes = figure.subplots()
    axes.grid(visible=True, color=GRID, linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=INK)
    draw(axes)
    stream = io.StringIO()
    with warnings.catch_warnings():  # the measuring font need not know the words: they are not drawn by it
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(stream, format="svg", metadata={"Date": None})
    svg = stream.getvalue()
    return svg[svg.index("<svg") :]
