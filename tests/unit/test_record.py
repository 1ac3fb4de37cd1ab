"""Measured tables are kept with what is needed to judge them, and earlier rows stay."""

import sys
from pathlib import Path

import pandas as pd

sys.path.append(str(Path(__file__).parents[2] / "workflow"))

import record
from provenance import KEPT, digest_of


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


def test_the_digest_is_that_of_the_scripts_that_measured_the_table(tmp_path):
    digests = {}
    for name in ("network_runs.csv", "network_equations.csv", "spring_runs.csv", "benchmark.csv"):
        record.record(runs(seed=[1]), tmp_path / name)
        digests[name] = pd.read_csv(tmp_path / name)["code_digest"][0]
    assert digests["network_runs.csv"] == digests["network_equations.csv"] == digest_of(KEPT["network_runs.csv"])
    assert len(set(digests.values())) == 3
    assert {len(digest) for digest in digests.values()} == {16}


def test_another_machine_that_took_part_is_named(tmp_path):
    record.record(runs(seed=[1]), tmp_path / "runs.csv", trained_on="a GPU")
    assert pd.read_csv(tmp_path / "runs.csv")["machine"][0].endswith("; trained on a GPU")
