"""The look of figures: what readers must be able to tell, and nothing left open."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from eqlearn import style


@pytest.fixture
def axis():
    figure, axes = style.grid(1, 1)
    yield axes[0][0]
    plt.close(figure)


def test_figures_are_drawn_without_a_screen_and_closed(tmp_path):
    before = plt.get_fignums()  # of other tests
    figure, axes = style.grid(2, 3)
    assert (len(axes), len(axes[0])) == (2, 3)
    axes[0][0].plot([1, 2], [1, 2], label="line")
    style.legend(figure, axes[0])
    style.save(figure, tmp_path / "a.svg", tmp_path / "a.png")
    assert mpl.get_backend().lower() == "agg"
    assert plt.get_fignums() == before
    assert (tmp_path / "a.svg").stat().st_size > 0 and (tmp_path / "a.png").stat().st_size > 0


def test_frames_are_open_and_numbers_smaller_than_labels(axis):
    assert [side for side, spine in axis.spines.items() if spine.get_visible()] == ["left", "bottom"]
    number, label = axis.xaxis.get_ticklabels()[0].get_size(), axis.xaxis.label.get_size()
    assert number < label == axis.title.get_size() == plt.rcParams["legend.fontsize"]


@pytest.mark.parametrize(
    ("low", "high", "scale", "labelled"),
    [(0.01, 5.0, "log", [0.01, 0.1, 1]), (1.0, 10.0, "log", [1, 2, 5, 10]), (0.0, 5.0, "linear", [0, 5])],
)
def test_parameters_are_shown_on_a_logarithmic_axis_with_plain_numbers(axis, low, high, scale, labelled):
    axis.plot(np.linspace(low, high, 9), np.ones(9))
    style.log_parameter(axis)
    axis.set_xlim(low, high)
    assert axis.get_xscale() == scale
    shown = dict(zip(axis.get_xticks().tolist(), [label.get_text() for label in axis.get_xticklabels()]))
    for value in labelled:
        assert any(np.isclose(tick, value) and text in (f"{value:g}", "") for tick, text in shown.items())


def test_errors_span_two_decades_at_least(axis):
    axis.plot([1, 2], [1.0, 2.0])
    style.log_error(axis)
    low, high = axis.get_ylim()
    assert axis.get_yscale() == "log" and high / low >= 100 * (1 - 1e-9)


@pytest.mark.parametrize(("power", "text"), [(1, "C"), (2, "C$^{2}$"), (10, "C$^{10}$")])
def test_powers_as_titles(power, text):
    assert style.power_text("C", power) == text


def test_names_of_equations_as_titles():
    assert style.equation_text("kuramoto_sivashinsky") == "Kuramoto–Sivashinsky"
