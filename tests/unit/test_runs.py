"""Runs under equal parameters: what is averaged, what stays apart, and columns that may be forgotten parameters."""

from itertools import chain, pairwise, permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from eqlearn.dataset import ParametricDataset, Quantity
from eqlearn.datasets import other_columns, runs
from eqlearn.datasets.table import Quantities, parametric_dataset
from eqlearn.datasets.table_file import Columns, read_rows
from eqlearn.errors import InputError
from eqlearn.learners import es, oat, oat_study
from eqlearn.noise import noise_of
from eqlearn.random import generator
from eqlearn.scoring import predicted_alone, trajectory_mse
from hypothesis import given
from hypothesis import strategies as st
from unit.mutation import executed

TIMES = np.linspace(0.0, 12.0, 25)
QUANTITIES = Quantities(Quantity("p"), Quantity("t"), Quantity("N"))


def logistic(rate: float, start: float, times: np.ndarray = TIMES) -> np.ndarray:
    return 1 / (1 + (1 / start - 1) * np.exp(-rate * times))


def table_of(starts: dict[float, list[float]], noise: float = 0.0, seed: int = 0) -> pd.DataFrame:
    """A run per start of every parameter value, with ids over the whole table and noise on every reading."""
    random = generator("runs", noise=noise, seed=seed)
    parts, number = [], 0
    for rate, own in starts.items():
        for start in own:
            states = logistic(rate, start) + noise * random.normal(size=TIMES.size)
            parts.append(pd.DataFrame({"p": rate, "t": TIMES, "N": states, "run": f"r{number}"}))
            number += 1
    return pd.concat(parts, ignore_index=True)


def imported(folder: Path, table: pd.DataFrame, **columns) -> ParametricDataset:
    path = folder / "t.csv"
    table.to_csv(path, index=False)
    named = Columns(**{"parameter": "p", "time": "t", "state": "N", "replicate": "run", **columns})
    return parametric_dataset("d", read_rows(path, named), QUANTITIES, {"initial_state": "data", "time_scale": "none"})


def notes(data: ParametricDataset) -> str:
    return str(data.attributes.get("notes", ""))


# Starts


@pytest.mark.parametrize("noise", [0.0, 0.005, 0.01])
def test_runs_from_different_starts_are_trajectories_of_their_own(tmp_path, noise):
    starts = {0.5: [0.3, 0.05, 0.3, 0.05], 1.0: [0.05, 0.05, 0.05, 0.05]}
    data = imported(tmp_path, table_of(starts, noise))
    assert data.values.tolist() == [0.5, 0.5, 1.0]
    expected = np.stack([logistic(0.5, 0.05), logistic(0.5, 0.3), logistic(1.0, 0.05)])
    np.testing.assert_allclose(data.features[:, :, 0], expected, atol=5 * noise + 1e-12)
    assert notes(data).startswith(
        "t.csv: at p = 0.5 runs start from different values of N, and are learned from one by one."
    )


@pytest.mark.parametrize("seed", range(10))
def test_noise_of_first_values_makes_no_different_starts(tmp_path, seed):
    """First values of 0.05 with noise of 0.05 differ in sign and by any factor. Three of 75 readings differ by six
    standard deviations with a probability of 1e-4."""
    data = imported(tmp_path, table_of({0.5: [0.05] * 3, 1.0: [0.05] * 3}, noise=0.05, seed=seed))
    assert data.values.tolist() == [0.5, 1.0]
    assert data.attributes["replicates"] == 3 and "start" not in notes(data)


@given(
    st.lists(st.sampled_from([0.01, 0.02, 0.04, 0.1, 0.3, 0.9]), min_size=1, max_size=6),
    st.sampled_from([0.0, 0.001, 0.02]),
)
def test_no_two_of_a_group_differ_and_neighbouring_groups_do(starts, noise):
    made = [runs.Run(TIMES, np.full(TIMES.size, start), None, row) for row, start in enumerate(starts)]
    groups = runs.by_start(made, noise)
    firsts = [[run.states[0] for run in group] for group in groups]
    assert sorted(chain.from_iterable(firsts)) == sorted(starts)
    assert not any(runs.starts_differ(a, b, noise) for group in firsts for a, b in permutations(group, 2))
    assert all(runs.starts_differ(min(low), min(high), noise) for low, high in pairwise(firsts))


def truth_starts(module) -> None:
    """Both a factor of three and six standard deviations are needed; signs count as a factor."""
    for one, other, noise, differ in (
        (0.1, 0.31, 0.03, True),
        (0.1, 0.29, 0.001, False),
        (0.1, 0.31, 0.036, False),
        (-0.1, 0.1, 0.03, True),
        (-0.1, 0.1, 0.034, False),
        (0.0, 0.1, 0.01, True),
        (0.0, 0.0, 0.0, False),
        (-0.31, -0.1, 0.03, True),
    ):
        assert module.starts_differ(one, other, noise) == module.starts_differ(other, one, noise) == differ


def truth_noise(module) -> None:
    """Of 4,000 readings the estimate has a relative standard deviation of 3 %, for curves that bend, at uneven times;
    a line has no noise."""
    random = generator("reading noise")
    times = np.sort(random.uniform(0, 12, 2000))
    made = [module.Run(times, logistic(0.8, 0.05, times) + 0.02 * random.normal(size=2000), None, 0) for _ in range(2)]
    assert 0.88 * 0.02 < module.reading_noise(made) < 1.12 * 0.02
    assert module.reading_noise([module.Run(times, 3 * times, None, 0)]) < 1e-12


def truth_average(module) -> None:
    """Mean and n − 1 standard deviation of what there is; what all agree on stays what it is."""
    readings = np.array([[0.1, 0.2, 0.3], [0.1, 0.4, 0.5], [0.1, 0.9, 0.1]])
    made = [module.Run(np.array([0.0, 1.0, 2.0]), row, None, 0) for row in readings]
    made[1] = module.Run(np.array([0.0, 2.0]), readings[1, [0, 2]], None, 0)
    found = module.Replicates(made)
    np.testing.assert_allclose(module.mean(found.states), [0.1, 0.55, 0.3], rtol=1e-14)
    assert module.mean(found.states)[0] == 0.1 and found.lacking == 1
    np.testing.assert_allclose(found.deviation, [0, np.std([0.2, 0.9], ddof=1), np.std([0.3, 0.5, 0.1], ddof=1)])
    assert np.isnan(module.Replicates(made[:1]).deviation).all()


TRUTHS = {"starts": truth_starts, "noise": truth_noise, "average": truth_average}


@pytest.mark.parametrize("name", TRUTHS)
def test_truths(name):
    TRUTHS[name](runs)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("starts", "one * other < 0 or ", ""),
        ("starts", ") and abs(one", ") or abs(one"),
        ("starts", "DEVIATIONS * noise", "noise"),
        ("noise", "1 + share**2 + (1 - share) ** 2", "1.0"),
        ("noise", "_NORMAL * np.median", "np.median"),
        ("noise", "(1 - share) * run.states[:-2] + share", "0.5 * run.states[:-2] + 0.5"),
        ("average", "counts - 1, out", "counts, out"),
        ("average", "return first + np.nansum", "return np.nansum"),
        ("average", "/ np.sum(np.isfinite(readings), axis=0)", "/ len(readings)"),
    ],
)
def test_a_broken_rule_is_noticed(name, old, new):
    source = Path(runs.__file__).read_text(encoding="utf-8")
    assert source.count(old) == 1
    with pytest.raises(AssertionError), np.errstate(all="ignore"):
        TRUTHS[name](executed(source.replace(old, new), "eqlearn.mutant"))


@pytest.mark.parametrize("learner", ["oat", "es"])
def test_one_equation_is_learned_from_runs_of_different_starts(tmp_path, learner):
    """dN/dt = p·N − p·N² from two starts each; their average solves no such equation."""
    data = imported(tmp_path, table_of({0.25: [0.02, 0.4], 0.5: [0.02, 0.4], 1.0: [0.02, 0.4]}))
    settings = oat.Settings(powers=2, max_terms=2, candidates=1, max_degree=2)
    if learner == "oat":
        learned = oat_study.learn(data, settings, {})
        table, equation = learned.per_parameter, learned.equation
        assert table.loc[table["model"] == "alone", "run"].tolist() == [0, 0, 1, 1] * 3
        assert trajectory_mse(predicted_alone(table, data), data).max() < 1e-12
    else:
        equation = es.learn(data, es.Settings(powers=2, exponents="auto", max_terms=3, candidates=1), {})
    values = np.unique(data.values)
    np.testing.assert_allclose(equation.evaluate({"N": 0.5}, values), 0.25 * values, rtol=1e-5)


# Times and lost readings


def test_a_lost_reading_is_left_out_of_the_mean_and_told(tmp_path):
    table = table_of({0.5: [0.05] * 3, 1.0: [0.05] * 3}, noise=0.01)
    whole = imported(tmp_path, table)
    data = imported(tmp_path, table.drop(index=30))
    others = table[(table["p"] == 0.5) & (table["t"] == table["t"][30])].drop(index=30)["N"]
    assert data.features[0, 5, 0] == pytest.approx(others.mean(), rel=1e-12)
    np.testing.assert_array_equal(np.delete(data.features[0], 5, axis=0), np.delete(whole.features[0], 5, axis=0))
    assert notes(data) == "t.csv: 1 reading is missing that other replicates have, whose mean stands there."
    assert "replicates" not in data.attributes


def test_runs_of_other_times_are_not_averaged(tmp_path):
    table = table_of({0.5: [0.05] * 2, 1.0: [0.05] * 2})
    late = table["run"] == "r1"
    table.loc[late, ["t", "N"]] = np.stack([TIMES + 0.25, logistic(0.5, 0.05, TIMES + 0.25)], axis=1)
    data = imported(tmp_path, table)
    assert data.values.tolist() == [0.5, 0.5, 1.0]
    np.testing.assert_allclose(
        data.features[:2, :, 0], [logistic(0.5, 0.05, time) for time in data.time[:2]], rtol=1e-12
    )
    assert "at p = 0.5 runs have different times, and are learned from one by one." in notes(data)


# Equal replicates


@pytest.mark.parametrize("copies", [2, 4])
def test_replicates_equal_to_the_last_digit_count_once(tmp_path, copies):
    table = table_of({0.5: [0.05], 1.0: [0.05]}, noise=0.01)
    same = pd.concat([table.assign(run=f"{k}") for k in range(copies)])
    data, once = imported(tmp_path, same), imported(tmp_path, table)
    np.testing.assert_array_equal(data.features, once.features)
    assert data.attributes["replicates"] == once.attributes["replicates"] == 1
    assert noise_of(data) is None and np.isnan(data.extra["N_sd"]).all()
    assert f"{2 * copies - 2} runs agree with another of the same p to the last digit" in notes(data)


def test_one_equal_run_among_others_counts_once(tmp_path):
    table = table_of({0.5: [0.05] * 5, 1.0: [0.05] * 4}, noise=0.01)
    table.loc[table["run"] == "r4", "N"] = table.loc[table["run"] == "r1", "N"].to_numpy()
    data = imported(tmp_path, table)
    assert data.attributes["replicates"] == 4 and "1 run agrees with another" in notes(data)
    expected = table[(table["p"] == 0.5) & (table["run"] != "r4")].groupby("t")["N"].mean()
    np.testing.assert_allclose(data.features[0, :, 0], expected, rtol=1e-12)


# Other columns


def two_parameters() -> pd.DataFrame:
    """Four doses at two temperatures, a run each, whose ids count over the table."""
    parts = []
    for number, (temp, dose) in enumerate((temp, dose) for temp in (20, 30) for dose in (0.5, 1, 2, 4)):
        states = logistic(temp / 20 / dose, 0.05)
        parts.append(pd.DataFrame({"p": temp, "dose": dose, "t": TIMES, "N": states, "run": f"r{number}"}))
    return pd.concat(parts)


def test_a_forgotten_parameter_is_refused_until_it_is_ignored(tmp_path):
    table = two_parameters()
    with pytest.raises(InputError, match=r"t.csv: column 'dose' is the same throughout a run, but .* columns.ignore\."):
        imported(tmp_path, table)
    ignored = imported(tmp_path, table, ignore=("dose",))
    assert ignored.values.tolist() == [20, 30]
    assert "replicates differ by far more than readings scatter" in notes(ignored)
    assert imported(tmp_path, table, parameter="dose", ignore=("p",)).values.tolist() == [0.5, 1, 2, 4]


def test_without_runs_the_columns_that_tell_rows_apart_are_named(tmp_path):
    with pytest.raises(InputError, match=r"rows 2 and 27 both give p = 20 at time 0, but differ in dose, run; if"):
        imported(tmp_path, two_parameters(), replicate=None)


HARMLESS = {
    "a label of the parameter": lambda table: table["p"].map({20: "cold", 30: "warm"}),
    "one value per run": lambda table: table["run"] + "x",
    "the same throughout": lambda table: "plate 1",
    "nothing": lambda table: np.nan,
}


@pytest.mark.parametrize("name", HARMLESS)
def test_other_columns_do_no_harm(tmp_path, name):
    table = two_parameters().drop(columns="dose")
    table["other"] = HARMLESS[name](table)
    assert "other" not in notes(imported(tmp_path, table))


def test_columns_that_change_within_runs_are_mentioned(tmp_path):
    table = two_parameters().drop(columns="dose").assign(M=lambda t: t["N"] ** 2)
    assert "t.csv: M changes within runs, may be another state, and is not used." in notes(imported(tmp_path, table))


@given(st.lists(st.sampled_from("abc"), min_size=6, max_size=6))
def test_what_is_refused_is_what_the_rule_says(labels):
    """Two conditions of three runs with a label each, five rows a run."""
    condition, run = np.repeat([0.0, 1.0], 15), np.tile(np.repeat([0, 1, 2], 5), 2)
    codes = np.repeat([ord(label) for label in labels], 5)
    follows = all(len(set(own)) == 1 for own in (labels[:3], labels[3:]))
    refused = not follows and len(set(labels)) < 6
    try:
        assert other_columns.check_others("t", {"x": codes}, condition, run) == []
        assert not refused
    except InputError:
        assert refused
