"""Keys for which config/README gives a default need not be given, whatever the other keys of a study are."""

import copy
import re

import pytest
from bad_input.configurations import CONFIG, DEFAULT, check_all
from defaults import completed
from unit.test_table_study import STUDY, plan_of, written_table

SECTIONS = {
    "Every study of paper A": ("birth_death_migration", "mean_field"),
    **{kind: (kind,) for kind in ("birth_death_migration", "mean_field", "table", "analytic", "pde", "springs")},
}
FULL = {
    DEFAULT["studies"][name]["kind"]: DEFAULT["studies"][name]
    for name in ("bdm", "mean_field", "analytic", "pde", "springs")
}
OPTIONAL = ("learner_settings", "experiments.skip", "time.end")
OTHERS_DEPEND = ("definitions", "equations", "tasks")  # keys that name what others, if given, are about
SMALL = {
    "birth_death_migration": {"parameter": [0.5, 1.0, 1.5, 2.0], "snapshots": {}},
    "mean_field": {"parameter": [0.1, 0.25, 0.7], "time": {"samples": 20, "end": 4.0}},
    "analytic": {"parameter": [[-2.0, 2.0, 5]], "definitions": {"mine": {"template": "p*x"}}, "functions": ["mine"]},
    "pde": {"equations": ["burgers", "heat"]},
    "springs": {"parameter": [[-2.0, 2.0, 5]], "tasks": ["mine"], "definitions": {"mine": {"template": "p*psi1"}}},
}
SMALL["pde"]["definitions"] = {
    "heat": {"varying": "x", "template": "(2 + cos(p))*u_xx", "domain": [0.0, 6.3], "until": 1.0, "initial": "sin(x)"}
}


def rows() -> list[tuple[str, str, str]]:
    """Kind, key and default of every row of the tables of studies that has a default."""
    found, kinds = [], ()
    for line in (CONFIG / "README.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            kinds = SECTIONS.get(line[3:].strip(), ())
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if kinds and line.startswith("| `") and len(cells) > 2 and cells[2]:
            found += [(kind, key, cells[2]) for key in keys(cells[0]) for kind in kinds]
    return found


def keys(cell: str) -> list[str]:
    """Keys of a row; one that begins with a point goes on from the part before that of its neighbour."""
    full: list[str] = []
    for key in re.findall(r"`([^`]+)`", cell):
        full.append(f"{full[-1].rpartition('.')[0]}{key}" if key.startswith(".") else key)
    return full


def configured(kind: str, study: dict) -> dict:
    """The default configuration with one study to build."""
    config = {**DEFAULT, "build": ["mine"], "published": {}}
    return {**config, "studies": {"mine": {"kind": kind, **copy.deepcopy(study)}}}


def without(study: dict, key: str) -> dict:
    study = copy.deepcopy(study)
    *way, last = key.split(".")
    part = study
    for name in way:
        part = part[name]
    part.pop(last, None)
    return study


def at(study: dict, key: str) -> object:
    for name in key.split("."):
        study = study[name]
    return study


def test_the_tables_are_read():
    found = {kind: [key for other, key, _ in rows() if other == kind] for kind in SECTIONS["table"] + tuple(FULL)}
    assert {"columns.rate", "differentiation", "examples", "state.name", "time.unit"} <= set(found["table"])
    assert {"lattice.columns", "single_runs.replicates", "inference.bounds"} <= set(found["birth_death_migration"])
    assert min(map(len, found.values())) >= 5


@pytest.mark.parametrize(("kind", "key"), [(kind, key) for kind, key, _ in rows() if kind != "table"])
def test_a_key_with_a_default_may_be_left_out(kind, key):
    full = completed("studies.mine", without(FULL[kind], key))
    if key not in OPTIONAL and key != "examples":
        assert at(full, key) == at(FULL[kind], key)
    if key not in OTHERS_DEPEND:
        small = completed("studies.mine", {"kind": kind, **copy.deepcopy(SMALL[kind])})
        check_all(configured(kind, without(small, key)))


@pytest.mark.parametrize("kind", FULL)
def test_a_kind_alone_is_a_study_and_nothing_that_is_given_changes(kind):
    config = configured(kind, {})
    check_all(config)
    assert completed("studies.mine", FULL[kind]) == FULL[kind]


@pytest.mark.parametrize("key", [key for kind, key, _ in rows() if kind == "table"])
def test_a_key_of_a_table_with_a_default_may_be_left_out(key, tmp_path):
    written_table(tmp_path)
    top = key.split(".")[0]
    study = {"state": {"name": "N", "unit": "1"}, "time": {"unit": "h"}, **STUDY, "examples": [0.1]}
    plan_of(tmp_path, **{**without(study, key), **({top: ...} if top == key else {})})


def test_steps_are_those_that_fit():
    given = {"kind": "birth_death_migration", "parameter": [0.1003, 0.25, 0.7]}
    study = completed("studies.mine", given)
    assert study["experiments"] == {"steps": [0.0003]} and study["examples"] == given["parameter"]
    assert (study["single_runs"]["step"], study["inference"]["step"]) == (0.0003, 0.0003)
    study = completed("studies.mine", {**given, "parameter": {"start": 0.5, "stop": 4.5, "step": 0.5}})
    assert study["experiments"]["steps"] == [0.5, 1.0] and study["inference"]["step"] == 0.5
    skipping = {"steps": [0.5, 1.0], "skip": {"es.refined": [0.5]}}
    assert (
        completed("studies.mine", {**given, "parameter": [0.5, 1.0, 1.5, 2.5], "experiments": skipping})["inference"][
            "step"
        ]
        == 1.0
    )
