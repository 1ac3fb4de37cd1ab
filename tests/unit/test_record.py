"""Measured tables are kept with what is needed to judge them, and earlier rows stay."""

import sys
from pathlib import Path

import pandas as pd

sys.path.append(str(Path(__file__).parents[2] / "workflow"))

import record


def runs(**columns: list) -> pd.DataFrame:
    return pd.DataFrame(columns)


def test_rows_measured_before_stay_and_the_same_ones_are_replaced(tmp_path):
    path = tmp_path / "runs.csv"
    record.record(runs(seed=[1, 0], error=[0.1, 0.2]), path, ["seed"])
    record.record(runs(seed=[1, 2], error=[0.3, 0.4]), path, ["seed"])
    kept = pd.read_csv(path)
    assert kept[["seed", "error"]].values.tolist() == [[0, 0.2], [1, 0.3], [2, 0.4]]
    assert kept[["date", "machine", "versions", "code_digest"]].notna().all(axis=None)
    record.record(runs(seed=[5], error=[0.5]), path)
    assert pd.read_csv(path)["seed"].tolist() == [5]


def test_the_digest_of_scripts_is_that_of_what_they_import():
    whole, part = record.code_digest(), record.code_digest(["train_network.py"])
    assert whole != part != record.code_digest(["read_network.py"])
    assert part == record.code_digest(["train_network.py"]) and len(part) == 16
