"""Figures: labels with units, no overlapping text, 200 dpi, the same bytes twice."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from eqlearn import style
from eqlearn.netcdf import write_netcdf
from eqlearn.verdict import NOT_FOUND
from figure_coefficients import figure_coefficients
from figure_errors_by_experiments import figure_errors_by_experiments
from figure_example_fits import figure_example_fits
from figure_information import figure_information
from figure_joining import figure_joining
from figure_noise import figure_noise
from figure_parameter_inference import figure_parameter_inference
from figure_snapshots import figure_snapshots
from figure_structures import figure_structures
from figure_trajectory_errors import figure_trajectory_errors
from labels import OWN_LABELS, labels_of
from PIL import Image

RATES = np.geomspace(0.01, 5, 12)
QUANTITIES = {"parameter": {"name": "R_p", "unit": "1/h"}, "state": {"name": "N", "unit": "cells/site"}}
TABLE_LABELS = labels_of({**QUANTITIES, "time": {"name": "time", "unit": "h"}})
CURVES = ["mean_field.theory/n0", "oat.refined.alone/n12", "oat.refined/n4"]


def write(folder, name: str, table: pd.DataFrame):
    path = folder / f"{name}.csv"
    table.to_csv(path, index=False)
    return path


def refuting(folder, *labels: str):
    """A table of verdicts that says no to some equations ``dataset/learner.protocol/n``, and yes to another."""
    rows = [(*label.split("/"), label != "other/es.refined/n9") for label in ("other/es.refined/n9", *labels)]
    table = pd.DataFrame(rows, columns=["dataset", "learner", "experiments", "refuted"])
    table["experiments"] = table["experiments"].str.removeprefix("n")
    return write(folder, "verdicts", table.assign(supported=~table.pop("refuted")))


def example_fits(folder, labels=OWN_LABELS, **out):
    time = np.linspace(0, 20, 30)
    rows = [
        pd.DataFrame(
            {"curve": c, "parameter_value": p, "run": 0, "time": time, "scaled_time": time, "state": 0.4 * time / 20}
        )
        for c in ("data", *CURVES)
        for p in (0.01, 2.51, 4.91)
    ]
    path = write(folder, "examples", pd.concat(rows))
    verdicts = refuting(folder, "bdm-c0.25/oat.refined/n4")
    tables = {"bdm-c0.05": path, "bdm-c0.25": path}
    figure_example_fits(examples=tables, verdicts=verdicts, curves=CURVES, labels=labels, **out)


def coefficients(folder, labels=OWN_LABELS, terms=(("c1", 0.5), ("c2", -1.0), ("c3", 0.2)), **out):
    curves = [
        pd.DataFrame(
            {"learner": "oat.refined", "experiments": n, "coefficient": c, "parameter_value": RATES, "value": v}
        )
        for n in (12, 4)
        for c, v in terms
    ]
    points = pd.DataFrame({"parameter_value": RATES, "model": "common", "power": 1, "coefficient": 0.5})
    joined, single = write(folder, "joined", pd.concat(curves)), write(folder, "points", points)
    names = ("mean_field-c0.05", "mean_field-c0.25-noise0.0025")
    figure_coefficients(
        coefficients=dict.fromkeys(names, joined),
        points=dict.fromkeys(names, single),
        verdicts=refuting(folder, *(f"{names[1]}/oat.refined/n{n}" for n in (4, 12))),
        learner="oat.refined",
        labels=labels,
        **out,
    )


def embedded_coefficients(folder, labels=OWN_LABELS, **out):
    """Seven terms that differ between numbers of experiments, and no points: a learner without a fit per rate."""
    curves = [
        pd.DataFrame(
            {
                "learner": "es.refined",
                "experiments": n,
                "coefficient": f"c{k}",
                "parameter_value": RATES,
                "value": k * RATES,
            }
        )
        for n, powers in ((12, (1, 2, 3, 4, 5)), (4, (1, 2, 8, 10)))
        for k in powers
    ]
    path = write(folder, "joined", pd.concat(curves))
    names = ("mean_field-c0.05", "mean_field-c0.25-noise0.0025")
    curves, verdicts = dict.fromkeys(names, path), refuting(folder)
    figure_coefficients(coefficients=curves, points={}, verdicts=verdicts, learner="es.refined", labels=labels, **out)


def joining(folder, labels=OWN_LABELS, **out):
    """A curve that stays with its coefficients, and one that leaves them by a factor of 100."""
    shown = {"oat.published/n12": 100.0, "oat.refined/n12": 1.0}
    curves = [
        pd.DataFrame(
            {
                "learner": label.split("/")[0],
                "experiments": 12,
                "coefficient": f"c{k}",
                "parameter_value": RATES,
                "value": v,
            }
        )
        for label, v in shown.items()
        for k in (1, 2, 3, 5, 10)
    ]
    points = [
        pd.DataFrame({"parameter_value": RATES, "model": model, "power": k, "coefficient": (-1) ** k * RATES**0.1})
        for model in ("alone", "common")
        for k in (1, 2, 3, 5, 10)
    ]
    table = pd.concat(points)
    dropped = table[(table["model"] == "alone") | (table["parameter_value"] > 1)]
    paths = [write(folder, "published", dropped), write(folder, "refined", table.assign(standard_error=0.1))]
    figure_joining(
        coefficients=write(folder, "curves", pd.concat(curves)),
        points=dict(zip(shown, paths)),
        verdicts=refuting(folder, "bdm-c0.05/oat.published/n12"),
        dataset="bdm-c0.05",
        labels=labels,
        **out,
    )


def structures(folder, **out):
    """More structures than colours, and a publication that counts for one of two datasets."""
    names = ("mean_field-c0.05", "mean_field-c0.25-noise0.0025")
    rows = [
        (name, learner, band, powers, 50, 500, 0.1)
        for name in names
        for learner, bands in (("publication", ["all"]), ("oat.refined", ["all", "0.01-0.1", "2.51-5"]))
        for band in bands
        for powers in ("1 2", "1 2 3", "1 2 4", "1 2 5", "1 2 6", "1 2 7", "1 2 3 4 5", "1 2 3 5 6", "1 3", "1 9")
        if learner != "publication" or name == names[0]
    ]
    columns = ["dataset", "learner", "band", "powers", "count", "of", "share"]
    figure_structures(structures=write(folder, "structures", pd.DataFrame(rows, columns=columns)), **out)


def information(folder, **out):
    rows = [
        (f"bdm-c{c}", c, learner, powers, 0.8, c * 1e-5, 1e-6, 0.1 + c, 0.02, 1e4 + 1e6 * c, 0.01, 0.1, 0.2)
        for c in (0.05, 0.1, 0.15, 0.2, 0.25)
        for learner, powers in (("mean_field.theory", "1 2"), ("oat.refined", "1 2 3 5 10"), ("es.published", "1 4"))
    ]
    columns = ["dataset", "initial_density", "learner", "powers", "share_of_most_frequent"]
    medians = ("median_mse", "median_relative_error")
    columns += [column for name in medians for column in (name, f"standard_error_of_{name}")]
    columns += ["condition", *(f"standard_error_c{k}" for k in (1, 2, 3))]
    figure_information(table=write(folder, "information", pd.DataFrame(rows, columns=columns)), **out)


def errors_by_experiments(folder, labels=OWN_LABELS, **out):
    parts = [
        pd.DataFrame({"learner": learner, "experiments": n, "parameter_value": RATES, "mse": 1e-5 * RATES})
        for learner, numbers in (("mean_field.theory", [0]), ("es.published", [12, 4]), ("es.refined", [12, 6, 4]))
        for n in numbers
    ]
    path, learners = write(folder, "errors", pd.concat(parts)), ["es.published", "es.refined"]
    errors, verdicts = {"bdm-c0.05": path, "bdm-c0.25": path}, refuting(folder, "bdm-c0.25/es.refined/n12")
    figure_errors_by_experiments(errors=errors, verdicts=verdicts, learners=learners, labels=labels, **out)


def trajectory_errors(folder, labels=OWN_LABELS, **out):
    parts = [
        pd.DataFrame(
            {"learner": c.split("/")[0], "experiments": c.split("n")[-1], "parameter_value": RATES, "mse": 1e-5}
        )
        for c in CURVES
    ]
    path = write(folder, "errors", pd.concat(parts))
    sampled = {"12": list(RATES), "4": list(RATES[::3])}
    errors, verdicts = {"bdm-c0.05": path, "bdm-c0.25": path}, refuting(folder, "bdm-c0.05/oat.refined/n4")
    figure_trajectory_errors(errors=errors, verdicts=verdicts, sampled=sampled, labels=labels, **out)


def one_column(folder, **out):
    """Of a user's table with one number of experiments; the parameter goes below zero."""
    table = pd.DataFrame({"learner": "es.published", "experiments": "4", "parameter_value": RATES - 1, "mse": 1e-5})
    path, sampled = write(folder, "errors", table), {"4": list(RATES[::3] - 1)}
    verdicts = refuting(folder, "growth/es.published/n4")
    figure_trajectory_errors(errors={"growth": path}, verdicts=verdicts, sampled=sampled, labels=TABLE_LABELS, **out)


def example_fits_of_a_table(folder, **out):
    example_fits(folder, TABLE_LABELS, **out)


def coefficients_of_a_table(folder, **out):
    coefficients(folder, TABLE_LABELS, **out)


def coefficients_of_no_polynomial(folder, **out):
    coefficients(folder, terms=(("sin(_*C)", 0.5), ("(_*1 + _*C)**-1*C factor 1", 1.0), ("c2", 0.2)), **out)


def parameter_inference(folder, **out):
    parts = [
        pd.DataFrame(
            {"learner": c, "parameter_value": RATES, "mean_relative_error": 0.1, "sd_relative_error": 0.2, "runs": 10}
        )
        for c in ("mean_field.theory", "oat.refined")
    ]
    summary = dict.fromkeys(("bdm-c0.05", "bdm-c0.25"), write(folder, "inference", pd.concat(parts)))
    rows = {"learner": ["mean_field.theory", "oat.refined"], "median_relative_error": 0.1, "standard_error": 0.01}
    medians = dict.fromkeys(summary, write(folder, "medians", pd.DataFrame(rows)))
    figure_parameter_inference(summaries=summary, medians=medians, **out)


def snapshots(folder, **out):
    curve = ("parameter", "sample")
    time = np.tile(np.linspace(0, 10, 20), (2, 1))
    data = xr.Dataset(
        {
            "occupancy": (
                ("parameter", "snapshot", "row", "column"),
                np.eye(8, dtype=np.uint8)[None, None].repeat(2, 0).repeat(3, 1),
            ),
            "density": (curve, time / 20),
            "mean_field": (curve, time / 20),
            "time": (curve, time),
        },
        {"parameter_value": ("parameter", [0.01, 5.0]), "snapshot_sample": ("snapshot", [0, 10, 19])},
    )
    write_netcdf(data, folder / "snapshots.nc")
    figure_snapshots(snapshots=folder / "snapshots.nc", **out)


def noise(folder, **out):
    """Two learners, five functions, three levels; at the highest one learner never finds the structure."""
    rows = [
        {"function": f"f{k}", "noise": level, "learner": learner, "runs_right": right, "runs": 5}
        | {"runs_rate_low": max(0, right / 5 - 0.3), "runs_rate_high": min(1, right / 5 + 0.3)}
        | {
            "coefficient_error_median": level if right else np.nan,
            "coefficient_error_worst": 3 * level if right else np.nan,
        }
        for k in range(1, 6)
        for level in (0.001, 0.01, 0.05)
        for learner, right in (("seql.refined", 5), ("heql.refined", 5 if level < 0.05 else 0))
    ]
    figure_noise(recovery=write(folder, "recovery", pd.DataFrame(rows)), **out)


FIGURES = [
    noise,
    example_fits,
    coefficients,
    embedded_coefficients,
    joining,
    structures,
    trajectory_errors,
    errors_by_experiments,
    parameter_inference,
    snapshots,
    information,
    one_column,
    example_fits_of_a_table,
    coefficients_of_a_table,
    coefficients_of_no_polynomial,
]


@pytest.fixture
def kept(monkeypatch):
    """Figures stay open for inspection."""
    figures = []
    monkeypatch.setattr(style.plt, "close", figures.append)
    yield figures
    monkeypatch.undo()
    plt.close("all")


@pytest.mark.parametrize("draw", FIGURES, ids=lambda draw: draw.__name__)
def test_a_figure_can_be_read(draw, tmp_path, kept):
    draw(tmp_path, svg=tmp_path / "f.svg", png=tmp_path / "f.png")
    (figure,) = kept
    for axes in figure.axes:
        assert unlabelled(axes) == []
    assert overlapping(figure) == []
    assert outside(figure) == []
    with Image.open(tmp_path / "f.png") as image:
        assert image.info["dpi"][0] >= 199.9
        assert image.width <= 2600


MARKED = {
    example_fits: ["", "", "", "OAT ME-EQL", "OAT ME-EQL", "OAT ME-EQL"],
    coefficients: ["", "", "", *["12 experiments\n4 experiments"] * 3],
    embedded_coefficients: [""] * 14,
    joining: ["OAT ME-EQL, published"] * 5 + [""] * 5,
    trajectory_errors: ["", "OAT ME-EQL", "", ""],
    errors_by_experiments: ["", "", "", "12 experiments"],
    one_column: ["ES ME-EQL, published"],
}


@pytest.mark.parametrize("draw", MARKED, ids=lambda draw: draw.__name__)
def test_equations_that_data_do_not_support_are_marked_in_their_panels_alone(draw, tmp_path, kept):
    draw(tmp_path, svg=tmp_path / "f.svg", png=tmp_path / "f.png")
    (figure,) = kept
    notes = ["".join(text.get_text() for text in axes.texts if NOT_FOUND in text.get_text()) for axes in figure.axes]
    assert [note.removeprefix(f"{NOT_FOUND}:\n") for note in notes] == MARKED[draw]
    figure.canvas.draw()
    for text in (text for axes in figure.axes for text in axes.texts):
        box, frame = text.get_window_extent(), text.axes.get_window_extent()
        assert frame.x0 <= box.x0 and box.x1 <= frame.x1 and box.y1 <= frame.y1


@pytest.mark.parametrize("draw", FIGURES, ids=lambda draw: draw.__name__)
def test_a_figure_has_the_same_bytes_twice(draw, tmp_path):
    for name in ("a", "b"):
        draw(tmp_path, svg=tmp_path / f"{name}.svg", png=tmp_path / f"{name}.png")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def unlabelled(axes) -> list[str]:
    """Labels of an axis that shows tick labels but names no unit in brackets (a shared axis shows none)."""
    wrong = []
    for axis, label in ((axes.xaxis, axes.get_xlabel()), (axes.yaxis, axes.get_ylabel())):
        shows = any(tick.label1.get_visible() and tick.label1.get_text() for tick in axis.get_major_ticks())
        outer = axes.get_subplotspec().is_last_row() if axis is axes.xaxis else axes.get_subplotspec().is_first_col()
        if shows and outer and "(" not in label and "sites" not in label:
            wrong.append(label or "no label")
    return wrong


def overlapping(figure) -> list[tuple[str, str]]:
    """Pairs of texts whose boxes overlap by more than a pixel."""
    figure.canvas.draw()
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts(figure) if text.get_text().strip()]
    return [
        (one[0], two[0])
        for index, one in enumerate(boxes)
        for two in boxes[index + 1 :]
        if min(one[1].x1, two[1].x1) - max(one[1].x0, two[1].x0) > 1
        and min(one[1].y1, two[1].y1) - max(one[1].y0, two[1].y0) > 1
    ]


def outside(figure) -> list[str]:
    """Texts that the edge of the figure cuts off."""
    frame = figure.bbox
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts(figure) if text.get_text().strip()]
    return [
        name
        for name, box in boxes
        if box.x0 < frame.x0 - 1 or box.x1 > frame.x1 + 1 or box.y0 < frame.y0 - 1 or box.y1 > frame.y1 + 1
    ]


def texts(figure) -> list:
    """Legend, titles, axis labels and the tick labels that are drawn."""
    found = [text for legend in figure.legends for text in legend.get_texts()]
    for axes in figure.axes:
        if axes.axison:
            found += [axes.title, axes.xaxis.label, axes.yaxis.label]
            found += [tick.label1 for axis in (axes.xaxis, axes.yaxis) for tick in drawn_ticks(axis)]
    return found


def drawn_ticks(axis) -> list:
    """Ticks inside the view whose label is shown."""
    low, high = sorted(axis.get_view_interval())
    ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
    return [tick for tick in ticks if low <= tick.get_loc() <= high and tick.label1.get_visible()]
