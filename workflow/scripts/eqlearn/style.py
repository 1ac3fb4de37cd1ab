"""One look for all figures: readable in print, colour-blind-safe, the same bytes for the same data."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from eqlearn.files import replacing
from eqlearn.verdict import NOT_FOUND

# Okabe & Ito (2008); told apart by dash as well, for print in grey.
BLACK, ORANGE, GREEN, BLUE, VERMILION = "#000000", "#E69F00", "#009E73", "#0072B2", "#D55E00"
SKY, PURPLE = "#56B4E9", "#CC79A7"
WINE, OLIVE = "#882255", "#999933"  # Tol (2021), muted: what joins the seven above in one panel
LEARNERS = {
    "mean_field.theory": ("mean field", ORANGE, (0, (5, 2))),
    "oat.refined": ("OAT ME-EQL", BLUE, "solid"),
    "oat.refined.alone": ("OAT, each value alone", GREEN, (0, (1, 1))),
    "oat.published": ("OAT ME-EQL, published", SKY, (0, (4, 1, 1, 1))),
    "oat.published.alone": ("OAT, each value alone, published", PURPLE, (0, (1, 1))),
    "mean_curves.theory": ("limit: the averages themselves", "0.45", (0, (5, 1, 1, 1, 1, 1))),
    "es.refined": ("ES ME-EQL", BLACK, "solid"),
    "es.published": ("ES ME-EQL, published", VERMILION, (0, (3, 1))),
    "sindy.published": ("group ridge regression (SGTR)", ORANGE, (0, (5, 2))),
    "sindy_linear.published": ("SGTR without products", SKY, (0, (4, 1, 1, 1))),
    "sindy.refined": ("weak form", BLACK, (0, (1, 1))),
    "eql.published": ("EQL, published", ORANGE, (0, (5, 2))),
    "seql.refined": ("SEQL", WINE, "solid"),
    "seql.published": ("SEQL, published", SKY, (0, (4, 1, 1, 1))),
    "heql.refined": ("HEQL", OLIVE, (0, (1, 1.5))),
    "heql.published": ("HEQL, published", PURPLE, (0, (1, 1))),
    "relu.published": ("ReLU network", VERMILION, (0, (3, 1))),
}
# Numbers of experiments, most first.
COUNT_COLOURS = (BLUE, GREEN, ORANGE, VERMILION)
COUNT_DASHES = ("solid", (0, (5, 2)), (0, (3, 1, 1, 1)), (0, (1, 1)))
# Colour and hatch of bars.
CATEGORIES = ((BLUE, ""), (ORANGE, "///"), (GREEN, ""), (VERMILION, "\\\\\\"), (SKY, ""), (PURPLE, "///"), (BLACK, ""))
MARKERS = ("o", "s", "^", "D", "v", "P")
PANEL = (2.3, 1.75)  # inches
NARROWEST = 5.0  # inches, for a legend of two columns
LEGEND_ROW = 0.17  # inches

_STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "legend.fontsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "lines.linewidth": 1.3,
    "svg.hashsalt": "eqlearn",
    "svg.fonttype": "none",
    "savefig.dpi": 200,
}


def grid(rows: int, columns: int, panel: Sequence[float] = PANEL, **options: object) -> tuple[Figure, list[list[Axes]]]:
    """A figure of rows x columns panels, always as a nested list."""
    plt.rcdefaults()
    plt.rcParams.update(_STYLE)
    size = (max(panel[0] * columns + 0.5, NARROWEST), panel[1] * rows + 0.7)
    figure, axes = plt.subplots(rows, columns, figsize=size, squeeze=False, layout="constrained", **options)
    return figure, axes.tolist()


def power_text(symbol: str, power: int) -> str:
    """A power of the state as a panel's title."""
    return symbol if power == 1 else f"{symbol}$^{{{power}}}$"


def equation_text(name: str) -> str:
    """Name of a partial differential equation as a title: Kuramoto–Sivashinsky."""
    return "–".join(word.capitalize() for word in name.split("_"))


def log_parameter(axis: Axes) -> None:
    """Logarithmic horizontal axis with plain numbers: 0.01, 0.1, 1; with 2 and 5 between where there is room.

    An axis that shows zero or negative values stays linear.
    """
    if axis.dataLim.xmin <= 0:
        return
    axis.set_xscale("log")
    low, high = axis.get_xlim()
    narrow = high < 30 * low
    axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if narrow else (1,)))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}"))
    axis.xaxis.set_minor_formatter(NullFormatter())


def log_error(axis: Axes) -> None:
    """Logarithmic vertical axis that spans two decades at least and is labelled at powers of ten."""
    axis.set_yscale("log")
    low, high = axis.get_ylim()
    grow = max(1.0, 10 / (high / low) ** 0.5)
    axis.set_ylim(low / grow, high * grow)
    axis.yaxis.set_major_locator(LogLocator(numticks=6))
    axis.yaxis.set_minor_formatter(NullFormatter())


def legend(figure: Figure, axes: Iterable[Axes]) -> None:
    """One legend above all panels, every label once."""
    handles = {}
    for axis in axes:
        handles |= {label: handle for handle, label in zip(*axis.get_legend_handles_labels()) if label not in handles}
    if not handles:
        return
    widest = 0.5 + 0.06 * max(map(len, handles))  # inches: a handle, then letters
    columns = max(1, int(figure.get_figwidth() / widest))
    figure.set_figheight(figure.get_figheight() + LEGEND_ROW * (-(-len(handles) // columns) - 1))
    figure.legend(
        handles.values(), handles.keys(), loc="outside upper center", ncols=min(len(handles), columns), frameon=False
    )


def mark_unsupported(axis: Axes, names: Iterable[str]) -> None:
    """Name in a panel, behind what is drawn, the equations that data do not support; nothing where there are none."""
    names = list(dict.fromkeys(names))
    if names:
        place = {"transform": axis.transAxes, "ha": "left", "va": "top", "zorder": 0.5}
        axis.text(0.02, 0.98, "\n".join([f"{NOT_FOUND}:", *names]), fontsize=5, color=VERMILION, **place)


def save(figure: Figure, svg: str | Path, png: str | Path) -> None:
    """Write both files, completely or not at all, without a date."""
    for path, metadata in ((svg, {"Date": None, "Creator": None}), (png, {"Software": None})):
        with replacing(path) as temporary:
            figure.savefig(temporary, metadata=metadata)
        figure.set_layout_engine("none")  # one layout for both; it takes as long as drawing
    plt.close(figure)
