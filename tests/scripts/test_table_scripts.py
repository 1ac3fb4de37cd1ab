"""Tables of the report: counts, published numbers beside ours, and what a trajectory tells."""

import numpy as np
import pandas as pd
import pytest
from conftest import CODE, VALUES
from eqlearn.coefficients import Constant
from eqlearn.dataset import read_dataset
from eqlearn.equation import Equation, write_equation
from eqlearn.pages import write_table_page
from tabulate_embedded_equations import tabulate_embedded_equations
from tabulate_inference_examples import tabulate_inference_examples
from tabulate_information import tabulate_information
from tabulate_structures import tabulate_structures
from write_mean_field_equation import write_mean_field_equation


def per_parameter(structures: dict[float, tuple[int, ...]]) -> pd.DataFrame:
    """Own equations of some parameter values; the common ones have one term more and must not count."""
    rows = [(value, "alone", power, 1.0) for value, powers in structures.items() for power in reversed(powers)]
    rows += [(value, "common", power, 1.0) for value, powers in structures.items() for power in (*powers, 9)]
    return pd.DataFrame(rows, columns=["parameter_value", "model", "power", "coefficient"])


def test_structures_are_counted_by_band_beside_the_published_counts(tmp_path):
    published, alone, out = (tmp_path / name for name in ("p.csv", "a.csv", "s.csv"))
    published.write_text(
        "data,initial_density,powers_of_c,count_of_500_rp\nABM,0.05,1 2 3,400\nABM,0.05,1 2,100\nABM,0.25,1 2,500\n"
    )
    per_parameter({0.01: (1, 2), 0.1: (1, 2), 0.11: (1, 2, 3), 3.0: (1, 2, 3), 5.0: (1, 4)}).to_csv(alone, index=False)
    tabulate_structures(
        alone={("bdm-c0.05", "oat.refined"): alone},
        places={"bdm-c0.05": "ABM/0.05"},
        published=published,
        structures=out,
    )
    table = pd.read_csv(out).set_index(["learner", "band", "powers"]).sort_index()
    assert table.loc[("publication", "all"), "count"].to_dict() == {"1 2 3": 400, "1 2": 100}
    ours = table.loc["oat.refined"]
    assert ours.loc["all", "count"].to_dict() == {"1 2": 2, "1 2 3": 2, "1 4": 1}
    assert ours.loc[("0.01-0.1", "1 2"), ["count", "of", "share"]].tolist() == [2, 2, 1.0]
    assert ours.loc[("2.51-5", "1 4"), "share"] == 0.5
    assert set(ours.index.get_level_values("band")) == {"all", "0.01-0.1", "0.11-0.5", "2.51-5"}
    np.testing.assert_allclose(table.groupby(["learner", "band"])["share"].sum(), 1.0)


def test_embedded_equations_stand_beside_the_published_ones(tmp_path):
    path, published, out = tmp_path / "e.json", tmp_path / "p.csv", tmp_path / "t.csv"
    coefficients = {"c1": Constant(0.5), "c2": Constant(-1.25), "c3": Constant(0.125)}
    write_equation(Equation("c1*p*C + c2*p*C**2 + c3*p**2*C**2", ("C",), "r_p", "dC/dt", coefficients), path)
    published.write_text(
        "data,initial_density,n_experiments,power_of_c,coefficient_of_rp_c_power\n"
        "ABM,0.05,10,1,0.42207\nABM,0.05,10,3,-2\nABM,0.05,5,1,7\n"
    )
    equations = {("bdm-c0.05", "es.refined", "10"): path, ("bdm-c0.1", "es.refined", "10"): path}
    page = tmp_path / "t.html"
    places = {"bdm-c0.05": "ABM/0.05"}
    tabulate_embedded_equations(equations=equations, places=places, published=published, table=out, page=page)
    assert "dC/dt = p*(-2.0*C**3 + 0.4221*C)" in page.read_text()
    table = pd.read_csv(out, keep_default_na=False)
    assert table["publication"].tolist() == ["dC/dt = p*(-2.0*C**3 + 0.4221*C)", ""]
    assert table["es.refined"].tolist() == ["dC/dt = 0.125*C**2*p**2 - 1.25*C**2*p + 0.5*C*p"] * 2


def test_examples_of_inference_stand_beside_the_published_ones(tmp_path):
    summary, published, out = tmp_path / "s.csv", tmp_path / "p.csv", tmp_path / "t.csv"
    rates = [0.01, 0.11, 2.51]
    parts = [
        {"learner": learner, "experiments": 10, "parameter_value": rate, "mean_relative_error": rate, "runs": 10}
        for learner in ("oat.refined", "oat.published", "es.refined")
        for rate in rates
    ]
    pd.DataFrame(parts).assign(sd_relative_error=0.5, standard_error=0.2).to_csv(summary, index=False)
    published.write_text(
        "initial_density,proliferation_rate,model,mean_relative_error,sd_relative_error\n"
        "0.05,0.01,oat,53.5,1.9\n0.05,0.11,oat,9,9\n0.25,0.01,oat,45.9,0.1\n"
    )
    tabulate_inference_examples(
        summaries={"bdm-c0.05": summary, "other-c0.05": summary},
        shown={"bdm-c0.05": [0.01, 2.51, 4.91], "other-c0.05": [0.01]},
        places={"bdm-c0.05": "ABM/0.05"},
        published=published,
        table=out,
        page=tmp_path / "t.html",
    )
    table = pd.read_csv(out)
    assert table.groupby("dataset").size().to_dict() == {"bdm-c0.05": 6, "other-c0.05": 3}
    beside = table[table["published_mean_relative_error"].notna()]
    assert beside["learner"].tolist() == ["oat.refined", "oat.published"]
    assert set(beside["published_mean_relative_error"]) == {53.5}
    assert set(beside["parameter_value"]) == {0.01}


@pytest.fixture
def information_table(fitted, mean_field_dataset, tmp_path) -> pd.DataFrame:
    theory, errors, inference, out = (tmp_path / name for name in ("t.json", "e.csv", "i.csv", "o.csv"))
    write_mean_field_equation(equation=theory, death_fraction=0.5, code=CODE)
    scores = {"learner": "oat.refined", "experiments": 4, "parameter_value": VALUES}
    pd.DataFrame({**scores, "mse": [1e-6, np.nan, 3e-6, 2e-6]}).to_csv(errors, index=False)
    pd.DataFrame({**scores, "mean_relative_error": [0.1, 0.4, 0.2, 0.3]}).to_csv(inference, index=False)
    tabulate_information(
        datasets={"mf": mean_field_dataset},
        equations={("mf", "mean_field.theory/n0"): theory, ("mf", "oat.refined/n4"): fitted[0]},
        alone={("mf", "oat.refined"): fitted[1]},
        errors={"mf": errors},
        inference={"mf": inference},
        table=out,
    )
    return pd.read_csv(out).set_index("learner")


def test_information_is_tabulated_by_equation(information_table, mean_field_dataset):
    learned = information_table.loc["oat.refined"]
    assert learned["powers"] == "1 2"
    assert learned["initial_density"] == read_dataset(mean_field_dataset).attributes["initial_state"] == 0.25
    assert learned["share_of_most_frequent"] == 1.0
    assert learned["median_mse"] == pytest.approx(2.5e-6)  # a rate that fails to integrate counts as the worst
    assert learned["median_relative_error"] == pytest.approx(0.25)
    assert np.isnan(learned["standard_error_of_median_mse"])  # some draws hold too many failures
    assert 0.04 < learned["standard_error_of_median_relative_error"] < 0.08
    assert np.isnan(information_table.loc["mean_field.theory", "median_mse"])
    assert information_table["condition"].nunique() == 1


def test_a_page_holds_the_whole_table_and_no_markup_of_its_cells(tmp_path):
    long = "<b>" + "word " * 40 + "end"
    write_table_page(pd.DataFrame({"text": [long], "number": [1 / 3], "none": [np.nan]}), tmp_path / "p.html")
    text = (tmp_path / "p.html").read_text()
    assert "&lt;b&gt;" + "word " * 40 + "end" in text
    assert "<td>0.3333</td>" in text
    assert "<td></td>" in text
