"""Bad input, whole pipeline: one sentence, exit code 1, nothing changed; and nothing that is read can run code.

Every case goes the way of a run, without starting Snakemake: a configuration through what the Snakefile does, a file
through a script's frame. What a user sees is kept in results/record/bad_input.csv.
"""

import json
import pickle
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import torch
from bad_input import configurations, own_tables, results_files
from configuration import ConfigurationError
from eqlearn.dataset import read_dataset, write_dataset
from eqlearn.equation import read_equation
from eqlearn.expression import Expression
from eqlearn.job import logged_to
from eqlearn.networks import checkpoint
from eqlearn.networks.device import device_of
from eqlearn.tables import read_table
from foresight import check_run
from hypothesis import example, given, settings
from hypothesis import strategies as st
from recorded import RECORD, check_row, kept
from unit.test_dataset import dataset
from unit.test_table import imported
from unit.test_table_study import parts_of, plan_of, written_table

SCRIPT = RECORD.parents[1] / "workflow" / "scripts" / "summarise.py"
Fault = Callable[[Path], object]


def good_dataset() -> bytes:
    """A file as a run writes it."""
    with TemporaryDirectory() as folder:
        write_dataset(dataset(), Path(folder) / "made.nc")
        return (Path(folder) / "made.nc").read_bytes()


GOOD_DATASET = good_dataset()


def told(fault: Fault, folder: Path, capfd: pytest.CaptureFixture[str]) -> str:
    """The sentence with which a fault ends a job or the reading of a configuration; the folder is as before."""
    before = contents(folder)
    with pytest.raises((SystemExit, ConfigurationError)) as stopped, logged_to(folder / "job.log", SCRIPT):
        fault(folder)
    if stopped.type is SystemExit:
        assert stopped.value.code == 1
        # Only under pytest does the traceback, which belongs to the log, come along.
        message = capfd.readouterr().err.rpartition("Error: ")[2].rstrip("\n")
    else:
        message = str(stopped.value)  # the Snakefile hands it on as a WorkflowError, which ends with 1
    (folder / "job.log").unlink()
    assert contents(folder) == before
    return message.replace(f"{folder}/", "").replace(str(folder), ".")


def contents(folder: Path) -> dict[str, bytes | None]:
    """Everything below a folder, but the configuration that a case writes."""
    paths = (path for path in folder.rglob("*") if path.name != "mine.yaml")
    return {str(path): path.read_bytes() if path.is_file() else None for path in paths}


def shown(value: object) -> str:
    """A short text for a value."""
    text = "removed" if value is configurations.REMOVE else re.sub(r" at 0x\w+", "", repr(value))
    return text if len(text) <= 60 else f"{text[:57]}..."


def written(name: str, content: bytes | str, read: Callable[[Path], object]) -> Fault:
    """Write a file, then read it."""

    def fault(folder: Path) -> object:
        return read(folder / name)

    fault.file = (name, content.encode() if isinstance(content, str) else content)
    return fault


def configuration_cases() -> Iterator[tuple[str, Fault, tuple[str, ...]]]:
    for path, value, words in configurations.FAULTS:
        key = ".".join(path)
        yield (
            f"config: {key} is {shown(value)}",
            lambda _, p=path, v=value: configurations.check_all(configurations.changed(p, v)),
            words,
        )


def own_table_cases() -> Iterator[tuple[str, Fault, tuple[str, ...]]]:
    for number, (changes, *words) in enumerate(own_tables.STUDIES, 1):

        def study(folder: Path, changes: dict = changes) -> object:
            return plan_of(folder, **changes)

        study.own = True
        yield f"own study {number:02}: {shown(changes)}".replace("Ellipsis", "removed"), study, tuple(words)
    for number, (changes, text, *words) in enumerate(own_tables.LEARNERS, 1):

        def learned(folder: Path, changes: dict = changes) -> object:
            return check_run(*parts_of(folder, **{"path": "growth.csv", "columns": own_tables.COLUMNS, **changes}))

        learned.file = ("growth.csv", text.encode())
        yield f"own learners {number:02}: {words[0]}", learned, tuple(words)
    for name, (text, sentence) in own_tables.FILES.items():
        yield f"own table: {name}", written("t.csv", text, imported), (sentence,)
    for name, (file, content, sentence) in own_tables.PACKED.items():
        yield f"own table: {name}", written(file, content, imported), (sentence,)


def results_cases() -> Iterator[tuple[str, Fault, tuple[str, ...]]]:
    for number, (content, words) in enumerate(results_files.EQUATIONS, 1):
        yield f"equation {number:02}: {words}", written("e.json", json.dumps(content), read_equation), (words,)
    for name, (text, words) in results_files.TEXTS.items():
        yield f"equation: {name}", written("e.json", text, read_equation), (words,)
    for text, words in results_files.TABLES:

        def read(path: Path) -> object:
            return read_table(path, ("value", "error"), ("name",))

        yield f"table: {shown(text)}", written("t.csv", text, read), (words,)
    for name, change in results_files.EDITS.items():

        def edited(folder: Path, change: Callable = change) -> object:
            return read_dataset(folder / "made.nc")

        edited.edit = change
        yield f"edited dataset: {name}", edited, ("made.nc: ",)
    yield "truncated dataset", written("cut.nc", GOOD_DATASET[: len(GOOD_DATASET) // 2], read_dataset), ("truncated",)
    yield "empty dataset", written("empty.nc", b"", read_dataset), ("not a netCDF file",)


class Hostile:
    """Runs a command when it is unpickled."""

    def __reduce__(self) -> tuple:
        return exec, ("open('executed', 'w')",)


def hostile_cases() -> Iterator[tuple[str, Fault, tuple[str, ...]]]:
    code = "__import__('pathlib').Path('executed').touch()"
    packed = pickle.dumps(Hostile())
    yield "hostile: pickle as equation", written("e.json", packed, read_equation), ("cannot be read as JSON",)
    yield "hostile: pickle as dataset", written("d.nc", packed, read_dataset), ("not a netCDF file",)
    yield "hostile: pickle as table", written("t.csv", packed, imported), ("",)
    yield (
        "hostile: pickle as checkpoint",
        written("s.pt", packed, lambda p: checkpoint.load("mine", p)),
        ("checkpoint",),
    )
    equation = {**results_files.content(), "template": code}
    yield "hostile: code as template", written("e.json", json.dumps(equation), read_equation), ("not allowed",)
    yield "hostile: code in a function or equation of one's own", lambda _: Expression(code), ("not allowed",)
    for path, value in (
        (("run",), "../../etc"),
        (("run",), "/etc"),
        (("build",), ["../bdm"]),
        (("studies", "../x"), configurations.DEFAULT["studies"]["bdm"]),
        (("studies", "bdm; rm"), configurations.DEFAULT["studies"]["bdm"]),
        (("learners", "../oat.refined"), {}),
    ):
        yield (
            f"hostile: {'.'.join(path)} is {shown(value)}",
            lambda _, p=path, v=value: configurations.check_all(configurations.changed(p, v)),
            ("config key",),
        )


def environment_cases() -> Iterator[tuple[str, Fault, tuple[str, ...]]]:
    def unset(folder: Path) -> object:
        return plan_of(folder, path="${NO_SUCH_FOLDER}/growth.csv")

    unset.own = True
    yield "environment: a variable that is not set", unset, ("there is no file",)
    for name, read in (("absent.json", read_equation), ("absent.nc", read_dataset), ("absent.csv", imported)):
        yield f"environment: {name} is absent", lambda folder, n=name, r=read: r(folder / n), (name,)
    if not torch.cuda.is_available():
        yield "environment: no GPU for training.device cuda", lambda _: device_of("cuda"), ("sees no GPU",)


CASES = [
    case
    for cases in (configuration_cases, own_table_cases, results_cases, hostile_cases, environment_cases)
    for case in cases()
]


def prepared(folder: Path, fault: Fault) -> None:
    """Write what a fault reads."""
    if hasattr(fault, "file"):
        name, content = fault.file
        (folder / name).write_bytes(content)
    if hasattr(fault, "edit"):
        (folder / "made.nc").write_bytes(GOOD_DATASET)
        results_files.edit(folder / "made.nc", fault.edit)
    if hasattr(fault, "own"):
        written_table(folder)


@pytest.mark.parametrize(("name", "fault", "words"), CASES, ids=[name for name, *_ in CASES])
def test_bad_input_ends_with_one_sentence_and_changes_nothing(name, fault, words, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_SUCH_FOLDER", raising=False)
    prepared(tmp_path, fault)
    message = told(fault, tmp_path, capfd)
    assert "\n" not in message and "Traceback" not in message
    assert [word for word in words if word not in message] == [], message
    assert not (tmp_path / "executed").exists()
    check_row("bad_input", case=name, saw=message, exit_code=1, lost="nothing")


def test_the_kept_table_holds_these_cases():
    known = {name for name, *_ in CASES} | {"environment: no GPU for training.device cuda"}
    assert len(known) >= 80
    assert set(kept("bad_input")) == known


KEYS = st.sampled_from([path for path, *_ in configurations.FAULTS if path[0] in configurations.DEFAULT])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, max_examples=100)
@given(path=KEYS, value=JSON)
@example(path=("studies", "bdm", "parameter"), value=[1.0, 1.000000000005e26])
def test_any_value_at_any_key_is_taken_or_refused_in_one_sentence(path, value):
    try:
        configurations.check_all(configurations.changed(path, value))
    except ConfigurationError as error:
        assert "\n" not in str(error) and str(error).startswith("config key")
