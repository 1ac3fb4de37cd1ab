"""A fingerprint changes with code and locked versions, and with nothing else."""

from pathlib import Path

import provenance
import pytest
from provenance import fingerprint

SCRIPT = '''"""Doc."""
import numpy as np
from package import one
from package.deep.two import f


def main():
    """Doc."""
    return f(one.x)
'''
FILES = {
    "script.py": SCRIPT,
    "package/__init__.py": "",
    "package/one.py": "x = 1\n",
    "package/deep/__init__.py": "",
    "package/deep/two.py": "from .. import three\nfrom . import four\n\n\ndef f(x):\n    return three.y + four.z + x\n",
    "package/three.py": "import scipy.optimize\n\ny = 2\n",
    "package/deep/four.py": "z = 3\n",
    "package/unused.py": "w = 4\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "scripts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    envs = tmp_path / "envs"
    envs.mkdir()
    (envs / "numerics.lock").write_text("numpy==2.0\nscipy==1.0\npandas==3.0\n")
    return tmp_path


def forget() -> None:
    """What was read of files that tests change."""
    for cached in (provenance.fingerprint, provenance.locked_versions, provenance._read):
        cached.cache_clear()


def taken(tree: Path) -> dict[str, str]:
    forget()
    return fingerprint("script.py", tree / "scripts", tree / "envs")


def test_it_names_what_is_imported_and_nothing_else(tree):
    assert set(taken(tree)) == {name for name in FILES if "unused" not in name} | {"numpy==", "scipy=="}


@pytest.mark.parametrize("name", [name for name in FILES if "unused" not in name])
def test_it_changes_with_the_code_of_each_module(tree, name):
    before = taken(tree)
    path = tree / "scripts" / name
    path.write_text(path.read_text() + "\nextra = 1\n")
    after = taken(tree)
    assert {key for key in before if before[key] != after[key]} == {name}


@pytest.mark.parametrize(
    ("old", "new"),
    [('"""Doc."""\nimport', '"""Other words."""\nimport'), ("def main", "# why\ndef main"), ('    """Doc."""\n', "")],
)
def test_comments_docstrings_and_blank_lines_do_not_count(tree, old, new):
    before = taken(tree)
    path = tree / "scripts" / "script.py"
    assert path.read_text().count(old) == 1
    path.write_text(path.read_text().replace(old, new))
    assert taken(tree) == before


def test_a_number_that_only_looks_alike_counts(tree):
    before = taken(tree)
    (tree / "scripts" / "package" / "one.py").write_text("x = 1.0\n")
    assert taken(tree) != before


def test_versions_of_imported_libraries_count_and_others_do_not(tree):
    before = taken(tree)
    (tree / "envs" / "numerics.lock").write_text("numpy==2.0\nscipy==1.0\npandas==4.0\n")
    assert taken(tree) == before
    (tree / "envs" / "numerics.lock").write_text("numpy==2.1\nscipy==1.0\npandas==4.0\n")
    assert taken(tree)["numpy=="] == "2.1"


def test_every_script_of_the_project_has_a_fingerprint():
    forget()
    scripts = Path(__file__).parents[2] / "workflow" / "scripts"
    for path in scripts.glob("*.py"):
        found = fingerprint(path.name)
        assert {path.name, "eqlearn/__init__.py", "eqlearn/job.py"} <= set(found)
    assert "eqlearn/learners/oat.py" in fingerprint("fit_oat.py")
    assert "eqlearn/learners/oat.py" not in fingerprint("infer_parameter.py")
