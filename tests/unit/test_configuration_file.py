"""Files of configuration: what YAML and JSON would settle in silence is refused; what is clear is read as Snakemake
reads it."""

import json
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from bad_input.configurations import CONFIG
from configuration import MAX_DEPTH, ConfigurationError
from configuration_file import MAX_BYTES, check_sources, read
from hypothesis import given, settings
from hypothesis import strategies as st

NAMES = st.from_regex(r"[a-z][a-z_]{0,5}", fullmatch=True)
CLEAR = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False) | st.text(max_size=8)
CONTENTS = st.dictionaries(
    NAMES,
    st.recursive(CLEAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)),
    min_size=1,
    max_size=3,
)
DECEPTIVE = st.one_of(
    st.from_regex(r"[-+]?0[0-7]{1,5}", fullmatch=True).filter(lambda text: set(text) != {"0"} or len(text) > 1),
    st.from_regex(r"[-+]?0x[0-9a-f]{1,4}", fullmatch=True),
    st.from_regex(r"[-+]?0b[01]{1,6}", fullmatch=True),
    st.from_regex(r"[1-9][0-9]{0,2}(:[0-5][0-9]){1,2}(\.[0-9])?", fullmatch=True),
    st.from_regex(r"[1-9](_[0-9]{3}){1,2}(\.[0-9_]{1,3})?", fullmatch=True),
    st.from_regex(r"[1-9]e[0-9]{1,2}|[1-9]\.[0-9]e[0-9]|[1-9]e-[0-9]|0[89]|0o[0-7]{1,3}", fullmatch=True),
    st.dates().map(str),
    st.datetimes().map(lambda moment: moment.isoformat(" ")),
    st.sampled_from(["yes", "Yes", "NO", "no", "on", "On", "OFF", "off", "="]),
)


def told(content: str | bytes) -> str:
    """The sentence with which a file is refused."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mine.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(ConfigurationError) as refused:
            read(path)
        message = str(refused.value).replace(str(path), "mine.yaml")
    assert message.startswith("mine.yaml: ") and message.endswith(".") and "\n" not in message
    return message


@settings(max_examples=60, deadline=None)
@given(DECEPTIVE, st.sampled_from(["a: {b: [1, %s]}", "a:\n  b:\n  - 1\n  - %s  # so many\n"]))
def test_a_plain_text_that_is_not_what_it_looks_like_is_refused(text, template):
    assert f"key 'a.b.1': {text} is " in told(template % text)


@settings(max_examples=40, deadline=None)
@given(CONTENTS, st.sampled_from(["json", "flow", "block"]))
def test_what_is_clear_is_read(content, style):
    text = (
        json.dumps(content, indent="\t")
        if style == "json"
        else yaml.safe_dump(content, default_flow_style=style == "flow")
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        assert read(path) == content


@settings(max_examples=40, deadline=None)
@given(CONTENTS, st.lists(NAMES, max_size=3), st.booleans())
def test_a_repeated_key_is_refused_wherever_it_stands(content, place, as_json):
    key = min(content)
    inner = f'{json.dumps(content)[:-1]}, "{key}": 1' + "}"
    for name in reversed(place):
        inner = f'{{"{name}": [0, {inner}]}}'
    message = told(inner if as_json else inner.replace("{", "{ ", 1).replace(f'"{key}": 1', f"{key}: 1"))
    assert key in message and ("is given twice" in message or "both give the key" in message)


def test_keys_that_are_merged_are_no_repeats(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\n")
    assert read(path)["b"] == {"x": 1, "y": 3}
    assert "lines 1 and 1 both give the key 'b.<<'" in told("b: {<<: {}, <<: {}}")


TEMPLATE = "would run Python"


@pytest.mark.parametrize(
    "content",
    [
        "__use_yte__: true\n?if 1: {run: x}\n",
        "'__use_yte__': yes\n",
        '"__use\\u005fyte__": 1\n',
        '"__use_\\\n  yte__": 1\n',
        "? __use_yte__\n: true\n",
        "{__use_yte__: true}",
        '{"__use_yte__": true}',
        '{"a": {"__use_yte__": false}}',
        "x: &x {__use_yte__: true}\n<<: *x\n",
        "<<: [{run: a}, {__use_yte__: true}]\n",
        "x: &x __use_yte__\n*x : true\n",
        "\ufeff__use_yte__: true\n",
        "studies: {mine: {__use_yte__: true}}",
    ],
)
def test_a_template_that_would_run_python_is_refused(content):
    assert TEMPLATE in told(content)


@pytest.mark.parametrize("tag", ["!!python/name:os.system", "!!python/tuple", "!!str", "!mine", "!!binary", "!"])
@pytest.mark.parametrize("place", ["a: %s [1]", "%s a: 1", "%s\na: 1"])
def test_a_tag_is_refused(tag, place):
    assert "has the tag" in told(place % tag)


def bomb(levels: int, start: str, level: str) -> str:
    """Anchors that each hold the one before nine times."""
    names = [f"k{n}" for n in range(levels)]
    lines = [f"{names[0]}: &{names[0]} {start}"]
    for former, name in pairwise(names):
        lines.append(f"{name}: &{name} {level.replace('*', f'*{former} ')}")
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (bomb(12, "[x, x, x]", f"[{','.join('*' * 9)}]"), "line 6: holds more than 100000 values"),
        (bomb(12, "{a: 1, b: 2}", "{" + ", ".join(f"m{n}: *" for n in range(9)) + "}"), "holds more than"),
        (bomb(40, "{a: 1, b: 2}", "{<<: [*, *]}"), "holds more than"),
        ("studies: &a {b: *a}", "or is part of itself"),
        ("a: " + "[" * 200 + "]" * 200, f"line 1: is nested deeper than {MAX_DEPTH} levels"),
        ('{"a": ' + "[" * 50_000 + "]" * 50_000 + "}", f"is nested deeper than {MAX_DEPTH} levels"),
        ("a: " + "1" * 400, "a number of 400 digits"),
        ('{"a": ' + "1" * 5000 + "}", "a number of 5000 digits"),
        ("#" * (MAX_BYTES + 1), "bytes"),
        ("1: a", "'1' is the key of a value, must be text"),
        ("{0.05: [1, 2]}", "'0.05' is the key of a value"),
        ("? [1]\n: 2", "a list or mapping is the key"),
        ("a: *b", "cannot be read as YAML"),
        ("a: b: c", "cannot be read as YAML"),
        ("a: {b", "cannot be read as YAML"),
        ("a: 1\n---\nb: 2\n", "cannot be read as YAML"),
        ("a: \x07", "cannot be read as YAML"),
        (b"a: \xff", "is no UTF-8 text"),
        ("a: b".encode("utf-16"), "is no UTF-8 text"),
        ("[1, 2]", "must hold keys"),
        ("", "must hold keys"),
    ],
)
def test_what_cannot_be_a_configuration_ends_with_a_sentence(content, words):
    assert words in told(content)


def test_what_is_no_file_ends_with_a_sentence(tmp_path):
    for path, words in (
        (tmp_path, "is no regular file"),
        (tmp_path / "absent.yaml", "there is no such file"),
        ("/dev/zero", "is no regular file"),
    ):
        with pytest.raises(ConfigurationError, match=words):
            read(path)


def test_settings_on_the_command_line_are_held_to_the_same():
    check_sources([], ["run=mine", "studies={a: {b: 0.5}}"])
    for setting, words in (
        ("studies={a: {b: 1, b: 2}}", "both give the key 'a.b'"),
        ("run=010", "010 is 8"),
        ("run=yes", "yes is true"),
    ):
        with pytest.raises(ConfigurationError, match=f"--config .*: .*{words}"):
            check_sources([], ["build=[a]", setting])
    with pytest.raises(ConfigurationError, match=r"--config run=\.\.\.: is given twice"):
        check_sources([], ["run=a", "run=b"])


@pytest.mark.parametrize("path", sorted(CONFIG.rglob("*.yaml")), ids=lambda path: path.name)
def test_shipped_files_are_clear(path):
    assert read(path) == yaml.safe_load(path.read_text(encoding="utf-8"))
