"""Drawn mutants are other programs by one line, and the draw follows what the lines say, not where they stand."""

import ast

import pytest
from bench.mutations import Module

SOURCE = '''"""Doubles 2 and more."""

import numpy as np

LIMIT = 1e3  # 2 of these


def total(values: "np.ndarray[4]", axis: int = 0) -> float:
    """Sum of 3."""
    if values.size < 2 and axis != 1:
        raise ValueError(f"has {values.size + 1}")
    values -= values.mean(axis=axis)
    return np.sqrt(max(np.sum(values**2), 0.5)) - LIMIT
'''
MODULE = Module("total.py", SOURCE)


def changes(module: Module, count: int = 100) -> list[str]:
    return [mutant.change for mutant in module.drawn(count)]


def test_every_mutant_is_another_program_by_one_line():
    mutants = MODULE.drawn(100)
    assert sorted(m.line for m in mutants) == [5, 8, 10, 11, 12, 13]
    for mutant in mutants:
        before, after = SOURCE.splitlines(), mutant.applied(SOURCE).splitlines()
        assert [k for k, pair in enumerate(zip(before, after), start=1) if pair[0] != pair[1]] == [mutant.line]
        assert ast.dump(ast.parse(mutant.applied(SOURCE))) != ast.dump(ast.parse(SOURCE))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    if values.size < 2 and axis != 1:", "    if values.size <= 2 and axis != 1:"),
        ("    if values.size < 2 and axis != 1:", "    if not (values.size < 2 and axis != 1):"),
        ('        raise ValueError(f"has {values.size + 1}")', "        pass"),
        ("    values -= values.mean(axis=axis)", "    values -= values.mean()"),
        ("    return np.sqrt(max(np.sum(values**2), 0.5)) - LIMIT", "    return max(np.sum(values**2), 0.5) - LIMIT"),
        (
            "    return np.sqrt(max(np.sum(values**2), 0.5)) - LIMIT",
            "    return np.sqrt(min(np.sum(values**2), 0.5)) - LIMIT",
        ),
        ("LIMIT = 1e3  # 2 of these", "LIMIT = 2000.0  # 2 of these"),
    ],
)
def test_mistakes_that_may_be_drawn(before, after):
    assert after in MODULE.changes[SOURCE.splitlines().index(before) + 1]


def test_texts_annotations_and_imports_stay():
    touched = {number for number in MODULE.changes}
    assert touched == {5, 8, 10, 11, 12, 13}
    assert MODULE.changes[11] == ["        pass"]
    assert all('"np.ndarray[4]"' in changed for changed in MODULE.changes[8])


def test_edits_elsewhere_move_no_draw():
    edited = Module("total.py", SOURCE.replace("\n\n\ndef", "\n\nOTHER = [1, 2]\n\n\ndef"))
    assert [change for change in changes(edited) if "OTHER" not in change] == changes(MODULE)
    assert changes(MODULE, 3) == changes(MODULE)[:3]
    assert changes(MODULE) == changes(Module("total.py", SOURCE))
    assert set(changes(MODULE)) != set(changes(Module("other.py", SOURCE)))
