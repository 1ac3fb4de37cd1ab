"""Scripts from datasets to equations, scores and verdicts."""

import dataclasses
import json
from html import escape

import numpy as np
import pandas as pd
import pytest
from conftest import CODE, OAT, VALUES
from eqlearn.coefficients import Constant
from eqlearn.dataset import read_dataset
from eqlearn.effective import coefficient_error
from eqlearn.equation import Equation, read_equation, write_equation
from eqlearn.errors import InputError
from eqlearn.structure import same_structure
from eqlearn.verdict import Verdict
from fit_oat import fit_oat
from infer_parameter import infer_parameter
from score_trajectories import score_trajectories
from summarise import summarise
from summarise_inference import summarise_inference
from tabulate_coefficients import tabulate_coefficients
from tabulate_recovery import tabulate_recovery, true_powers
from tabulate_verdicts import tabulate_verdicts
from write_mean_field_equation import write_mean_field_equation


@pytest.fixture
def theory(tmp_path):
    path = tmp_path / "theory.json"
    write_mean_field_equation(equation=path, death_fraction=0.5, code=CODE)
    return path


def test_oat_learns_the_mean_field_equation(fitted, theory):
    learned, truth = read_equation(fitted[0]), read_equation(theory)
    assert same_structure(learned, truth)
    errors = coefficient_error(learned, truth, np.array(VALUES))
    assert max(error.max() for error in errors.values()) < 1e-8
    assert learned.provenance["learner"] == "oat.refined"
    assert learned.valid_range == (0.5, 2.0)


def test_oat_writes_a_row_per_rate_model_and_power(fitted):
    table = pd.read_csv(fitted[1])
    assert len(table) == len(VALUES) * 2 * 2
    np.testing.assert_allclose(table.groupby("power")["coefficient"].mean(), [0.5, -1.0], rtol=1e-9)


def test_oat_refuses_values_that_the_dataset_lacks(mean_field_dataset, tmp_path):
    paths = {"equation": tmp_path / "e.json", "per_parameter": tmp_path / "t.csv"}
    with pytest.raises(InputError, match=r"lacks the sampled value 0.7"):
        fit_oat(dataset=mean_field_dataset, values=[0.5, 0.7], settings=OAT, code=CODE, **paths)
    assert list(tmp_path.iterdir()) == []


def test_scores_are_round_off_for_the_truth_and_for_what_was_learned(fitted, theory, mean_field_dataset, tmp_path):
    errors, examples = tmp_path / "errors.csv", tmp_path / "examples.csv"
    score_trajectories(
        dataset=mean_field_dataset,
        equations={"mean_field.theory/n0": theory, "oat.refined/n4": fitted[0]},
        alone={"oat.refined.alone/n4": fitted[1]},
        errors=errors,
        examples=examples,
        shown=[0.5, 2.0],
        growth_share=0.5,
    )
    table = pd.read_csv(errors)
    assert len(table) == 3 * len(VALUES)
    assert table["mse"].max() < 1e-18
    assert table["integrates"].all()
    curves = pd.read_csv(examples)
    assert set(curves["curve"]) == {"mean_field.theory/n0", "oat.refined/n4", "oat.refined.alone/n4", "data"}
    assert curves["scaled_time"].max() == pytest.approx(20.0)


def test_published_equations_joined_or_alone_carry_the_error_of_the_published_solver(
    fitted, mean_field_dataset, tmp_path
):
    """The same coefficients to 1e-8, so the same errors: those of RK45 at a tolerance of 1e-3, not round-off."""
    score_trajectories(
        dataset=mean_field_dataset,
        equations={"oat.published/n4": fitted[0]},
        alone={"oat.published.alone/n4": fitted[1]},
        errors=tmp_path / "errors.csv",
        examples=tmp_path / "examples.csv",
        shown=[0.5],
        growth_share=0.5,
    )
    table = pd.read_csv(tmp_path / "errors.csv").pivot(index="parameter_value", columns="learner", values="mse")
    assert (table["oat.published"] > 1e-10).all()
    np.testing.assert_allclose(table["oat.published.alone"], table["oat.published"], rtol=1e-3)


def test_the_rate_of_a_clean_run_is_inferred_and_summarised(theory, mean_field_dataset, tmp_path):
    estimates, summary, medians = (tmp_path / f"{name}.csv" for name in ("estimates", "summary", "medians"))
    method = {"training": [], "protocol": "theory", "bounds": [0.001, 10.0]}
    infer_parameter(single_runs=mean_field_dataset, equation=theory, estimates=estimates, **method)
    table = pd.read_csv(estimates)
    assert table[["low", "high"]].isna().all(axis=None) and set(table["interval"]) == {"no noise model"}
    assert table["relative_error"].max() < 1e-5
    assert not table["at_bound"].any()
    label = "mean_field.theory/n0"
    summarise_inference(estimates={label: estimates}, limit=label, summary=summary, medians=medians)
    assert pd.read_csv(summary)["runs"].tolist() == [1] * len(VALUES)
    assert pd.read_csv(medians)["interval"].tolist() == ["no noise model"]


def test_medians_of_inferred_parameters_carry_errors_and_coverage(tmp_path):
    """Errors of 0.1 to 0.5 at five values; of 500 runs 425 are held, three less than are allowed."""
    values = np.repeat([1.0, 2.0, 3.0, 4.0, 5.0], 100)
    runs = pd.DataFrame({"parameter_value": values, "relative_error": values / 10, "low": 0.0, "high": 9.0})
    runs["interval"] = "calibrated"
    runs.loc[::20, "high"] = runs.loc[1::20, "high"] = runs.loc[2::20, "high"] = 0.0
    paths = {label: tmp_path / f"{place}.csv" for place, label in enumerate(("a.refined/n3", "limit.theory/n5"))}
    runs.to_csv(paths["a.refined/n3"], index=False)
    runs.assign(relative_error=0.25, low=np.nan, high=np.nan, interval="none").to_csv(
        paths["limit.theory/n5"], index=False
    )
    tables = {name: tmp_path / f"{name}.csv" for name in ("summary", "medians")}
    summarise_inference(estimates=paths, limit="limit.theory/n5", **tables)
    by_value, (row, limit) = pd.read_csv(tables["summary"]), pd.read_csv(tables["medians"]).to_dict("records")
    assert (by_value["standard_error"] < 1e-12).all() and len(by_value) == 10
    assert (row["median_relative_error"], row["worst_relative_error"]) == pytest.approx((0.3, 0.5))
    assert row["above_limit"] == pytest.approx(0.05)
    # Medians of five draws from 0.1 to 0.5 are off by 0.1 with chance 0.5190, by 0.2 with 0.1158; 1,000 draws: 3 sd.
    assert row["standard_error"] == pytest.approx(0.0991, abs=0.0066)
    assert row["standard_error_above_limit"] == pytest.approx(row["standard_error"])
    assert (row["coverage"], row["runs"], row["coverage_verdict"]) == (0.85, 500, "too short")
    assert (row["allowed_low"], row["allowed_high"]) == pytest.approx((0.8559, 0.9441), abs=1e-4)
    assert (limit["above_limit"], limit["standard_error"], limit["coverage_verdict"]) == (0, 0, "none printed")


def test_coefficients_are_tabulated_over_the_parameter(fitted, tmp_path):
    path = tmp_path / "coefficients.csv"
    learned = {"equations": {"oat.refined/n4": fitted[0]}, "span": (0.5, 2.0)}
    tabulate_coefficients(**learned, coefficients=path, time_scale="proliferation_rate")
    table = pd.read_csv(path)
    assert set(table["coefficient"]) == {"c1", "c2"}
    np.testing.assert_allclose(table.loc[table["coefficient"] == "c1", "value"], 0.5, rtol=1e-8)


def test_terms_of_an_equation_that_is_no_polynomial_are_tabulated_as_they_are_written(fitted, tmp_path):
    path, own = tmp_path / "coefficients.csv", tmp_path / "own.json"
    values = {"c1": Constant(0.5), "c2": Constant(-2.0), "c3": Constant(3.0)}
    write_equation(Equation("p*(c1*sin(c3*C) + c2*C/(1 + C))", ("C",), "r_p", "dC/dt", values), own)
    unread = tmp_path / "unread.json"
    write_equation(Equation(None, ("C",), "r_p", "dC/dt", {}, status="unread", reason="too long"), unread)
    equations = {"own.refined/n4": own, "oat.refined/n4": fitted[0], "seql.refined/n4": unread}
    tabulate_coefficients(equations=equations, coefficients=path, span=(0.5, 2.0), time_scale="r_p")
    table = pd.read_csv(path)
    ours = table[table["learner"] == "own.refined"].groupby("coefficient")["value"].agg(["min", "max"]).round(12)
    fraction = "(_*1 + _*C)**-1*C"
    assert ours["min"].tolist() == ours["max"].tolist()
    assert ours["min"].drop([name for name in ours.index if "factor 2" in name]).to_dict() == {
        fraction: -2.0,
        f"{fraction} factor 1": 1.0,
        "sin(_*C)": 0.5,
        "sin(_*C) factor 1": 3.0,
    }
    assert set(table.loc[table["learner"] == "oat.refined", "coefficient"]) == {"c1", "c2"}
    tabulate_coefficients(equations={"seql.refined/n4": unread}, coefficients=path, span=(0.5, 2.0), time_scale="r_p")
    assert len(pd.read_csv(path)) == 0


def test_a_truth_that_is_no_polynomial_has_no_powers(mean_field_dataset):
    data = read_dataset(mean_field_dataset)
    assert true_powers(data) == (1, 2)
    attributes = {**data.attributes, "true_equation": "p*sin(C)"}
    assert true_powers(dataclasses.replace(data, attributes=attributes)) is None


def test_recovery_counts_the_right_structures(fitted, mean_field_dataset, tmp_path):
    path = tmp_path / "recovery.csv"
    alone = {("mean_field", "oat.refined"): fitted[1]}
    tabulate_recovery(datasets={"mean_field": mean_field_dataset}, alone=alone, recovery=path)
    row = pd.read_csv(path).iloc[0]
    assert (row["dataset"], row["learner"]) == ("mean_field", "oat.refined")
    assert (row["right"], row["of"], row["rate_high"]) == (4, 4, 1.0)
    assert row["rate_low"] == pytest.approx(0.5101, abs=1e-4)


def test_the_summary_names_verdicts_equations_and_errors(fitted, tmp_path):
    verification, errors, summary = (tmp_path / name for name in ("v.csv", "e.csv", "s.md"))
    row = {
        "source": "s",
        "protocol": "refined",
        "item": "i",
        "quantity": "q",
        "published": 1.0,
        "ours": 2.0,
        "verdict": "deviates",
        "explanation": "as told",
    }
    window = {**row, "protocol": "published", "quantity": "window_points", "verdict": "reproduced"}
    rows = [row, {**row, "verdict": "trivial", "explanation": ""}, window, {**window, "verdict": "deviates"}]
    pd.DataFrame([*rows, {**row, "quantity": "lost", "ours": np.nan}]).to_csv(verification, index=False)
    score = {"learner": ["oat.refined"] * 3, "experiments": ["4"] * 3, "mse": [1e-6, 2e-6, np.nan]}
    score |= {"nmse": [1e-5, 2e-5, np.nan], "parameter_value": [1.0, 2.0, 3.0]}
    pd.DataFrame(score).to_csv(errors, index=False)
    inference = tmp_path / "i.csv"
    medians = {"median_relative_error": 0.2, "standard_error": 0.013, "worst_relative_error": 0.3, "runs": 500}
    medians |= {"above_limit": -0.01, "standard_error_above_limit": 0.02, "allowed_low": 0.856, "allowed_high": 0.944}
    held = {"coverage": [0.9, np.nan], "interval": ["calibrated", "no noise model"], "coverage_verdict": "right"}
    learners = {"learner": ["oat.refined", "mean_field.theory"], "experiments": ["4", "0"]}
    pd.DataFrame({**learners, **medians, **held}).to_csv(inference, index=False)
    networks = tmp_path / "n.csv"
    scored = {"function": "f1", "noise": 0.0, "seed": 3, "learner": "seql.refined", "test_mse": 1e-31}
    pd.DataFrame([{**scored, "structure_right": True, "trials": 8, "trials_right": 7}]).to_csv(networks, index=False)
    pdes = tmp_path / "p.csv"
    solved = {
        "equation": "burgers",
        "grid": "64x64",
        "noise": 0.01,
        "seed": 0,
        "learner": "sindy.refined",
        "terms": "u",
    }
    pd.DataFrame([{**solved, "support_right": False, "coefficient_mse": 0.5, "ut_mse": 2e-3}]).to_csv(pdes, index=False)
    springs, law = tmp_path / "w.csv", {"task": "force", "seed": 2, "learner": "seql.refined", "structure_right": True}
    errors_of = {"coefficient_error": 2e-3, "latent_r2": 0.99999, "rmse_inside": 0.01, "rmse_outside": 0.02}
    pd.DataFrame([{**law, **errors_of}]).to_csv(springs, index=False)
    judged = {"d/oat.refined/n4": fitted[0], "d/es.refined/n4": tmp_path / "es.json"}
    refuted = Verdict(False, 0.5, 0.0125, "conditions", "its held-out error is 0.5 of the variance, above 0.05")
    write_equation(dataclasses.replace(read_equation(fitted[0]), verdict=refuted), judged["d/es.refined/n4"])
    verdicts = tmp_path / "judged.csv"
    tabulate_verdicts(equations=judged, verdicts=verdicts)
    summarise(
        run="test",
        verification=verification,
        equations=judged,
        imported=[],
        errors={"d": errors},
        inference={"d": inference},
        networks=[networks],
        pdes=[pdes],
        springs=[springs],
        verdicts=[verdicts],
        summary=summary,
        page=tmp_path / "s.html",
        description=tmp_path / "run.json",
        shown={"d": 1.0},
        configuration={"run": "test"},
        configuration_files=["config/config.yaml", "own.yaml"],
    )
    text = summary.read_text()
    made = json.loads((tmp_path / "run.json").read_text())
    assert made["configuration"] == {"run": "test"} and made["machine"]["cores"] >= 1
    assert f"Commit {made['commit']}; configuration: config/config.yaml, own.yaml; in full: run.json." in text
    assert escape(text) in (tmp_path / "s.html").read_text()
    assert "| protocol | deviates | trivial |" in text and "| refined | 2 | 1 |" in text
    assert "1 of 2 smoothing windows are within a step" in text and "window_points" not in text
    assert "- as told (2)\n  - refined, i, q: published 1, ours 2\n" in text
    assert "i, lost: published 1, fails to integrate\n" in text
    assert "`d/oat.refined/n4`, proliferation_rate = 1: dC/dt = -1.0*C**2 + 0.5*C\n" in text
    assert (
        "`d/es.refined/n4`, proliferation_rate = 1: dC/dt = -1.0*C**2 + 0.5*C (no equation of this form found)\n"
        in text
    )
    assert "1 of 2 learned equations are supported by what was held out of them." in text
    assert f"| d | es.refined | 4 | conditions | 0.5 | 0.013 | {refuted.reason} |" in text
    assert "| d | oat.refined | 4 | 2e-06 | 1 |" in text
    held = "0.900 of 500 (allowed 0.856 to 0.944: right)"
    assert f"| d | oat.refined | 4 | 0.2 ± 0.013 | -0.01 ± 0.02 | 0.3 | {held} |" in text
    assert "| 0.3 | no interval: no noise model |" in text
    assert "| f1 | 0 | 3 | seql.refined | yes | 1e-31 | 7 of 8 |" in text
    assert "| burgers | 64x64 | 0.01 | sindy.refined | no | 0.5 | 0.002 |" in text
    assert "| force | 2 | seql.refined | yes | 0.2 % | 0.999990 | 0.01 | 0.02 |" in text


def test_datasets_know_their_truth(mean_field_dataset):
    assert read_dataset(mean_field_dataset).attributes["true_equation"] == "p*(0.5*C - C**2)"


def test_a_rate_that_was_not_sampled_is_not_scored_as_a_failure(fitted, mean_field_dataset, theory, tmp_path):
    table = pd.read_csv(fitted[1])
    some = tmp_path / "some.csv"
    table[table["parameter_value"] < 1.2].to_csv(some, index=False)
    errors = tmp_path / "errors.csv"
    score_trajectories(
        dataset=mean_field_dataset,
        equations={"mean_field.theory/n0": theory},
        alone={"oat.refined.alone/n2": some},
        errors=errors,
        examples=tmp_path / "examples.csv",
        shown=[0.5],
        growth_share=0.5,
    )
    scored = pd.read_csv(errors)
    alone = scored[scored["learner"] == "oat.refined.alone"]
    assert alone["parameter_value"].tolist() == [0.5, 1.0]
    assert alone["integrates"].all()
