"""Files are complete or absent, JSON is read strictly, and one content has one canonical text."""

import json
import os
import resource

import pytest
from eqlearn.errors import InputError
from eqlearn.files import canonical_json, digest, read_json, replacing, write_text
from hypothesis import given, settings
from hypothesis import strategies as st

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=12,
)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


# ---------------------------------------------------------------------------------------------- complete or absent


def test_a_file_appears_when_it_is_complete(tmp_path):
    path = tmp_path / "table.csv"
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert not path.exists()
    assert path.read_text() == "new" and names(tmp_path) == ["table.csv"]


def test_an_older_file_stays_until_the_new_one_is_complete(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("old")
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new" and names(tmp_path) == ["table.csv"]


@pytest.mark.parametrize("error", [ValueError, OSError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("before", [None, "old"])
@pytest.mark.parametrize("begun", [False, True])
def test_nothing_half_written_is_left_when_the_body_raises(tmp_path, error, before, begun):
    path = tmp_path / "table.csv"
    if before is not None:
        path.write_text(before)
    with pytest.raises(error), replacing(path) as temporary:
        if begun:
            temporary.write_text("half")
        raise error
    assert names(tmp_path) == ([] if before is None else ["table.csv"])
    assert before is None or path.read_text() == before


def test_a_body_that_writes_nothing_is_an_error_and_keeps_the_older_file(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("old")
    with pytest.raises(FileNotFoundError), replacing(path):
        pass
    assert path.read_text() == "old" and names(tmp_path) == ["table.csv"]


@pytest.mark.parametrize("before", [None, "old"])
def test_a_full_disk_keeps_the_older_file_and_leaves_nothing_else(tmp_path, before):
    path, (soft, hard) = tmp_path / "table.csv", resource.getrlimit(resource.RLIMIT_FSIZE)
    if before is not None:
        path.write_text(before)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(OSError):
            write_text(path, "x" * 20_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert names(tmp_path) == ([] if before is None else ["table.csv"])
    assert before is None or path.read_text() == before


def test_missing_folders_are_made(tmp_path):
    write_text(tmp_path / "a" / "b" / "note.txt", "text")
    assert (tmp_path / "a" / "b" / "note.txt").read_text() == "text"


@pytest.mark.parametrize("name", ["figure.png", "archive.tar.gz", "a.b.json"])
def test_the_temporary_name_is_beside_the_file_and_keeps_its_suffix(tmp_path, name):
    path = tmp_path / name
    with replacing(path) as temporary:
        assert temporary.parent == tmp_path and temporary.suffix == path.suffix and temporary.name != name
        assert temporary.name.startswith(".") and str(os.getpid()) in temporary.name
        temporary.touch()


def test_files_of_one_folder_can_be_written_at_once(tmp_path):
    with replacing(tmp_path / "a.csv") as first, replacing(tmp_path / "b.csv") as second:
        first.write_text("a")
        second.write_text("b")
    assert {name: (tmp_path / name).read_text() for name in names(tmp_path)} == {"a.csv": "a", "b.csv": "b"}


def test_text_is_utf8_with_unix_line_ends(tmp_path):
    write_text(tmp_path / "note.txt", "λ\nµ\n")
    assert (tmp_path / "note.txt").read_bytes() == b"\xce\xbb\n\xc2\xb5\n"


# ---------------------------------------------------------------------------------------------- JSON


def test_an_object_is_read(tmp_path):
    path = tmp_path / "object.json"
    write_text(path, '{"a": [1, 2.5, "λ", null, true], "b": {"a": {}}}')
    assert read_json(path) == {"a": [1, 2.5, "λ", None, True], "b": {"a": {}}}


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "Expecting value"),
        (b'{"a": 1', "Expecting ',' delimiter"),
        (b'{"a": 1} {}', "Extra data"),
        (b'{"a": 1,}', "cannot be read as JSON"),
        (b"{'a': 1}", "cannot be read as JSON"),
        (b"\xff{}", "cannot be read as JSON"),
        (b"\xef\xbb\xbf{}", "BOM"),
        (b"[" * 100_000, "cannot be read as JSON"),
        (b'{"a": ' + b"1" * 5000 + b"}", "cannot be read as JSON"),
        (b'{"a": NaN}', "NaN is no finite number"),
        (b'{"a": [-Infinity]}', "-Infinity is no finite number"),
        (b'{"a": 1e999}', "1e999 is no finite number"),
        (b'{"a": 1, "b": 2, "a": 1}', "the key 'a' is repeated"),
        (b'{"b": {"a": 1, "a": 1}}', "the key 'a' is repeated"),
        (b"[]", "holds a JSON list, must be an object"),
        (b"1", "holds a JSON int, must be an object"),
        (b"null", "holds a JSON NoneType, must be an object"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_what_is_no_json_object_is_refused_in_one_sentence(tmp_path, raw, words):
    path = tmp_path / "object.json"
    path.write_bytes(raw)
    with pytest.raises(InputError) as caught:
        read_json(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ") and words in message and message.endswith(".") and "\n" not in message


@pytest.mark.parametrize("name", ["absent.json", "."])
def test_what_is_no_file_is_refused(tmp_path, name):
    with pytest.raises(InputError) as caught:
        read_json(tmp_path / name)
    assert str(caught.value).startswith(f"{tmp_path / name}: cannot be read")


# ---------------------------------------------------------------------------------------------- canonical JSON


@settings(deadline=None)
@given(JSON)
def test_canonical_text_loses_nothing(content):
    assert json.loads(canonical_json(content)) == content
    assert canonical_json(json.loads(canonical_json(content))) == canonical_json(content)


@settings(deadline=None)
@given(st.dictionaries(st.text("abc"), JSON, max_size=5), st.randoms())
def test_the_order_of_keys_does_not_matter(content, random):
    items = list(content.items())
    random.shuffle(items)
    assert canonical_json(dict(items)) == canonical_json(content)
    assert digest(dict(items)) == digest(content)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"b": [1, 2.0, "x"], "a": {"d": None, "c": True}}, '{"a":{"c":true,"d":null},"b":[1,2.0,"x"]}'),
        ((0.1, 1e-7, 1e300), "[0.1,1e-07,1e+300]"),
        ("λ\n", '"λ\\n"'),
        ({}, "{}"),
    ],
)
def test_canonical_text_is_short_and_plain(content, text):
    assert canonical_json(content) == text


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_what_json_cannot_hold_has_no_canonical_text(number):
    with pytest.raises(ValueError):
        canonical_json({"a": [number]})


def test_the_digest_is_the_start_of_sha256_in_every_process():
    assert digest({}) == "44136fa355b3678a"


def test_different_contents_have_different_digests():
    contents = [{}, [], None, "", 0, 0.0, -0.0, False, {"a": 1}, {"a": 1.0}, {"a": "1"}, {"a": [1]}, {"b": 1}, ["a", 1]]
    assert len({digest(content) for content in contents}) == len(contents)
