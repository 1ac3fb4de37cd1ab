"""Scripts from datasets to equations, scores and verdicts."""

import dataclasses
import json
from html import escape

import numpy as np
import pandas as pd
import pytest
from conftest import CODE, OAT, VALUES
from eqlearn.dataset import read_dataset
from eqlearn.effective import coefficient_error
from eqlearn.equation import read_equation, write_equation
from eqlearn.errors import InputError
from eqlearn.structure import same_structure
from eqlearn.verdict import Verdict
from fit_oat import fit_oat
from infer_parameter import infer_parameter
from score_trajectories import score_trajectories
from summarise import summarise
from summarise_inference import summarise_inference
from tabulate_coefficients import tabulate_coefficients
from tabulate_recovery import tabulate_recovery
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
        time_scale=0.5,
    )
    table = pd.read_csv(errors)
    assert len(table) == 3 * len(VALUES)
    assert table["mse"].max() < 1e-18
    assert table["integrates"].all()
    curves = pd.read_csv(examples)
    assert set(curves["curve"]) == {"mean_field.theory/n0", "oat.refined/n4", "oat.refined.alone/n4", "data"}
    assert curves["scaled_time"].max() == pytest.approx(20.0)


def test_the_rate_of_a_clean_run_is_inferred_and_summarised(theory, mean_field_dataset, tmp_path):
    estimates, summary = tmp_path / "estimates.csv", tmp_path / "summary.csv"
    method = {"training": [], "protocol": "theory", "bounds": [0.001, 10.0]}
    infer_parameter(single_runs=mean_field_dataset, equation=theory, estimates=estimates, **method)
    table = pd.read_csv(estimates)
    assert (table["low"] <= table["estimate"]).all() and (table["estimate"] <= table["high"]).all()
    assert table["relative_error"].max() < 1e-5
    assert not table["at_bound"].any()
    summarise_inference(estimates={"mean_field.theory/n0": estimates}, summary=summary)
    assert pd.read_csv(summary)["runs"].tolist() == [1] * len(VALUES)


def test_coefficients_are_tabulated_over_the_parameter(fitted, tmp_path):
    path = tmp_path / "coefficients.csv"
    tabulate_coefficients(equations={"oat.refined/n4": fitted[0]}, coefficients=path, span=(0.5, 2.0))
    table = pd.read_csv(path)
    assert set(table["coefficient"]) == {"c1", "c2"}
    np.testing.assert_allclose(table.loc[table["coefficient"] == "c1", "value"], 0.5, rtol=1e-8)


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
    }
    pd.DataFrame([row]).to_csv(verification, index=False)
    score = {"learner": ["oat.refined"] * 2, "experiments": ["4"] * 2, "mse": [1e-6, np.nan]}
    pd.DataFrame(score).to_csv(errors, index=False)
    inference = tmp_path / "i.csv"
    estimates = {"learner": ["oat.refined"] * 3, "experiments": ["4"] * 3, "mean_relative_error": [0.1, 0.3, 0.2]}
    pd.DataFrame(estimates).to_csv(inference, index=False)
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
    assert "| deviates | 1 |" in text
    assert "i, q: published 1, ours 2" in text
    assert "`d/oat.refined/n4`, proliferation_rate = 1: dC/dt = -1.0*C**2 + 0.5*C\n" in text
    assert "`d/es.refined/n4`, proliferation_rate = 1: dC/dt = -1.0*C**2 + 0.5*C (no equation of this form found)\n" in text
    assert "1 of 2 learned equations are supported by what was held out of them." in text
    assert f"| d | es.refined | 4 | conditions | 0.5 | 0.013 | {refuted.reason} |" in text
    assert "| d | oat.refined | 4 | 1e-06 | 1 |" in text
    assert "| d | oat.refined | 4 | 0.2 | 0.3 |" in text
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
        time_scale=0.5,
    )
    scored = pd.read_csv(errors)
    alone = scored[scored["learner"] == "oat.refined.alone"]
    assert alone["parameter_value"].tolist() == [0.5, 1.0]
    assert alone["integrates"].all()
