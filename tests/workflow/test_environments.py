"""Conda files and pip locks hold the same versions; every rule declares what it needs."""

import re
from pathlib import Path

import pytest
import yaml
from provenance import fingerprint

ROOT = Path(__file__).parents[2]
ENVS = ROOT / "envs"
PIP_NAMES = {"pytorch": "torch"}
DIRECTIVES = ("output", "params", "log", "threads", "resources", "conda", "script")
IN_RESOURCES = ("mem_mb", "runtime", "gpu")


def locked() -> dict[str, str]:
    lines = [line for path in ENVS.glob("*.lock") for line in path.read_text(encoding="utf-8").splitlines()]
    return {name.lower(): version for name, _, version in (line.partition("==") for line in lines) if version}


def rules() -> list[tuple[str, str]]:
    """Name and text of every rule."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "workflow" / "rules").glob("*.smk"))]
    return [(part.split(":")[0], part) for text in texts for part in re.split(r"^rule ", text, flags=re.M)[1:]]


@pytest.mark.parametrize("path", sorted(ENVS.glob("*.yaml")), ids=lambda path: path.name)
def test_conda_versions_equal_the_locks(path):
    pins = [pin for pin in yaml.safe_load(path.read_text())["dependencies"] if not pin.startswith("python>")]
    assert {pin: locked().get(PIP_NAMES.get(pin.split("=")[0], pin.split("=")[0])) for pin in pins} == {
        pin: pin.split("=")[1] for pin in pins
    }


@pytest.mark.parametrize("path", sorted(ENVS.glob("*.lock")), ids=lambda path: path.name)
def test_locks_hold_exact_versions_and_nothing_else(path):
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert [
        line
        for line in lines
        if not re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][A-Za-z0-9.]*|-r (numerics|slurm|crate)\.lock", line)
    ] == []


@pytest.mark.parametrize(("name", "text"), rules(), ids=[name for name, _ in rules()])
def test_every_rule_declares_what_it_needs(name, text):
    body = text.split("\ndef ")[0]
    missing = [word for word in DIRECTIVES if not re.search(rf"^    {word}:", body, flags=re.M)]
    missing += [word for word in IN_RESOURCES if f"        {word}=" not in body]
    assert missing == []
    assert f'"../scripts/{name}.py"' in body
    assert f'fingerprint("{name}.py")' in body
    assert (ROOT / "workflow" / "scripts" / f"{name}.py").is_file()
    assert '"""' in body.split("\n")[1]


@pytest.mark.parametrize(
    "script", sorted((ROOT / "workflow" / "scripts").glob("figure_*.py")), ids=lambda path: path.stem
)
def test_figures_import_what_their_environment_has(script):
    libraries = {name.removesuffix("==") for name in fingerprint(script.name) if name.endswith("==")}
    pins = yaml.safe_load((ENVS / "figures.yaml").read_text())["dependencies"]
    assert libraries <= {pin.split("=")[0] for pin in pins}


def test_every_script_has_a_rule():
    scripts = {path.stem for path in (ROOT / "workflow" / "scripts").glob("*.py")}
    assert scripts == {name for name, _ in rules()}
