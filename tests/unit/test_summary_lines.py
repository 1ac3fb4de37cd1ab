"""What the summary warns of."""

import numpy as np
import pandas as pd
from eqlearn import summary_lines


def warnings(joined: list[float], alone: list[float], learner: str = "es.refined") -> list[str]:
    """Of a learner scored at more values than those with equations of their own."""
    rows = [(learner, "3", value, error) for value, error in zip((1.0, 2.0, 3.0, 4.0), joined)]
    rows += [("oat.refined.alone", "3", value, error) for value, error in zip((1.0, 2.0, 3.0), alone)]
    table = pd.DataFrame(rows, columns=["learner", "experiments", "parameter_value", "nmse"])
    lines = summary_lines.errors({"d": table.assign(mse=table["nmse"])})
    return [line for line in lines if "Warning" in line]


def test_equations_ten_times_worse_than_those_of_single_values_are_told():
    told = warnings([0.02, 0.03, 0.04, 0.0], [0.001, 0.002, 0.003])
    assert told == [
        "- Warning: `d/es.refined/n3` misses trajectories by 0.03 of the variance, equations of single values by "
        "0.002: this equation does not describe all of them."
    ]
    assert warnings([0.01, 0.019, 0.04, 9.0], [0.001, 0.002, 0.003]) == []
    assert warnings([np.nan, np.nan, 0.0, 0.0], [0.1, 0.1, 0.1])  # fails to integrate


def test_round_off_and_theory_are_not_told():
    assert warnings([1e-9] * 4, [1e-20] * 3) == []
    assert warnings([1.0] * 4, [1e-3] * 3, "mean_field.theory") == []
