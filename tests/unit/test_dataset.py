"""A dataset is read as it was written, byte for byte the same, and refused where it is broken or was edited."""

import dataclasses
import resource
import time
from pathlib import Path

import h5py
import numpy as np
import pytest
from bad_input.results_files import edit, without
from eqlearn.dataset import ParametricDataset, Quantity, read_dataset, write_dataset
from eqlearn.errors import InputError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays


def dataset(**changes):
    """A dataset that uses everything: two parameter values, three samples, two features."""
    whole = {
        "name": "made",
        "parameter": Quantity("R_p", "1/h"),
        "values": np.array([0.5, 0.5]),
        "state": (Quantity("C"), Quantity("u_x", "1/mm")),
        "features": np.arange(12.0).reshape(2, 3, 2),
        "rate": Quantity("dC/dt", "1/h"),
        "target": np.arange(6.0).reshape(2, 3),
        "time_axis": Quantity("t", "h"),
        "time": np.array([[0.0, 1.0, 2.0], [0.0, 0.5, 4.0]]),
        "split": np.array([["train", "train", "test"], ["train", "extrapolation", "test"]]),
        "extra": {"F": np.array([[1.0, np.nan, 2.0], [np.nan, np.nan, 0.5]])},
        "attributes": {"source": "made up", "seed": 7, "initial_state": 0.05},
    }
    return ParametricDataset(**{**whole, **changes})


def with_value(array, index, value):
    changed = np.array(array)
    changed[index] = value
    return changed


def assert_equal(one, other):
    """The same names, bits and attributes, but for the file that one of them was read from."""
    for field in dataclasses.fields(one):
        left, right = getattr(one, field.name), getattr(other, field.name)
        if isinstance(left, np.ndarray):
            np.testing.assert_array_equal(left, right, strict=field.name != "split")
        elif field.name == "extra":
            assert left.keys() == right.keys()
            for name in left:
                np.testing.assert_array_equal(left[name], right[name], strict=True)
        elif field.name == "attributes":
            assert {**left, "file": ""} == {**right, "file": ""}
        else:
            assert left == right
    assert one.digest() == other.digest()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("datasets")


@pytest.fixture(scope="module")
def raw(folder) -> bytes:
    """The bytes of a good file."""
    write_dataset(dataset(), folder / "made.nc")
    return (folder / "made.nc").read_bytes()


@pytest.fixture
def path(tmp_path, raw) -> Path:
    """A good file."""
    (tmp_path / "made.nc").write_bytes(raw)
    return tmp_path / "made.nc"


def refusal(path) -> str:
    """The sentence with which a file is refused; it names the file first."""
    with pytest.raises(InputError) as caught:
        read_dataset(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ") and message.endswith(".") and "\n" not in message
    return message.removeprefix(f"{path}: ")


# ---------------------------------------------------------------------------------------------- round-trips

FINITE = st.floats(allow_nan=False, allow_infinity=False)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z_0-9]{0,5}", fullmatch=True)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn", "Zl", "Zp"]), max_size=8)
QUANTITIES = st.builds(Quantity, WORDS, WORDS)
TYPES = st.sampled_from(["float64", "float32", "int64", "int32", "uint8"])


def real_arrays(shape):
    return TYPES.flatmap(
        lambda kind: arrays(
            kind, shape, elements={"allow_nan": False, "allow_infinity": False} if "f" in kind else None
        )
    )


@st.composite
def datasets(draw):
    """Any dataset: every shape, type, optional part and attribute."""
    index = (draw(st.integers(1, 3)), draw(st.integers(1, 4)))
    names = draw(st.lists(WORDS, min_size=1, max_size=3, unique=True))
    axes = tuple(draw(st.lists(st.integers(1, 3), max_size=2)))
    steps = arrays("float64", index, elements=st.floats(0.01, 10))
    splits = arrays("U13", index, elements=st.sampled_from(["train", "test", "extrapolation"]))
    missing = arrays("float64", index, elements=st.floats(allow_infinity=False))
    has_target, has_time = draw(st.booleans()), draw(st.booleans())
    extra = draw(st.dictionaries(NAMES.map("extra_{}".format), missing | real_arrays(index), max_size=2))
    numbers = FINITE | st.integers(-(2**63), 2**63 - 1)
    return ParametricDataset(
        name=draw(TEXT),
        parameter=draw(QUANTITIES),
        values=np.sort(draw(real_arrays(index[:1]))),
        state=tuple(Quantity(name, draw(WORDS)) for name in names),
        features=draw(real_arrays((*index, len(names), *axes))),
        rate=draw(QUANTITIES) if has_target else None,
        target=draw(real_arrays(index)) if has_target else None,
        time_axis=draw(QUANTITIES) if has_time else None,
        time=np.cumsum(draw(steps), axis=1) if has_time else None,
        split=draw(st.none() | splits),
        extra=extra,
        attributes=draw(st.dictionaries(NAMES.map("about_{}".format), TEXT | numbers, max_size=3)),
    )


@settings(deadline=None, max_examples=50)
@given(datasets())
def test_a_dataset_is_read_as_it_was_written(folder, whole):
    path = folder / "any.nc"
    write_dataset(whole, path)
    read = read_dataset(path)
    assert_equal(whole, read)
    assert read.attributes["file"] == str(path)
    again = folder / "again.nc"
    write_dataset(read, again)
    assert again.read_bytes() == path.read_bytes()


def test_the_same_content_gives_the_same_bytes_at_any_time(tmp_path):
    write_dataset(dataset(), tmp_path / "first.nc")
    time.sleep(1.1)  # HDF5 counts its time stamps in seconds
    write_dataset(dataset(), tmp_path / "deep" / "second.nc")
    assert (tmp_path / "first.nc").read_bytes() == (tmp_path / "deep" / "second.nc").read_bytes()


@pytest.mark.parametrize("order", ["big-endian", "transposed", "strided"])
def test_the_layout_in_memory_does_not_matter(tmp_path, order):
    plain = dataset().features
    twice = np.repeat(plain, 2, axis=1)
    layouts = {"big-endian": plain.astype(">f8"), "transposed": np.asfortranarray(plain), "strided": twice[:, ::2]}
    assert dataset(features=layouts[order]).digest() == dataset().digest()
    write_dataset(dataset(features=layouts[order]), tmp_path / "made.nc")
    np.testing.assert_array_equal(read_dataset(tmp_path / "made.nc").features, plain)


@pytest.mark.parametrize("unit", ["", "1", "h", "days", "seconds since 2000-01-01", "µm/h"])
def test_times_stay_numbers_in_any_unit(tmp_path, unit):
    timed = dataset(time_axis=Quantity("t", unit), parameter=Quantity("q", unit), rate=Quantity("r", unit))
    write_dataset(timed, tmp_path / "made.nc")
    assert_equal(timed, read_dataset(tmp_path / "made.nc"))


def test_writing_replaces_an_older_file_and_leaves_nothing_else(path):
    write_dataset(dataset(name="newer"), path)
    assert read_dataset(path).name == "newer"
    assert list(path.parent.iterdir()) == [path]


# ---------------------------------------------------------------------------------------------- violations

NAN, INF = float("nan"), float("inf")
VIOLATIONS = {
    "features without axis": ({"features": np.ones((2, 3))}, "features has shape (2, 3), must be"),
    "no parameter": ({"features": np.ones((0, 3, 2))}, "features has shape (0, 3, 2), must be"),
    "no sample": ({"features": np.ones((2, 0, 2))}, "features has shape (2, 0, 2), must be"),
    "no feature": ({"features": np.ones((2, 3, 0)), "state": ()}, "features has shape (2, 3, 0), must be"),
    "more features than names": ({"features": np.ones((2, 3, 3))}, "features has 3 columns for 2 names"),
    "more names than features": ({"features": np.ones((2, 3, 1))}, "features has 1 columns for 2 names"),
    "a unit with a control character": ({"parameter": Quantity("R", "1\x1b")}, "'1\\x1b' holds a control character"),
    "a name over two lines": ({"state": (Quantity("C\n"), Quantity("u"))}, "'C\\n' holds a control character"),
    "a name twice": ({"state": (Quantity("C"), Quantity("C", "1/h"))}, "features repeats a name in C, C"),
    "values too long": ({"values": np.ones(3)}, "parameter_value has shape (3,), must be (2,)"),
    "values too deep": ({"values": np.ones((2, 1))}, "parameter_value has shape (2, 1), must be (2,)"),
    "one value": ({"values": np.array(1.0)}, "parameter_value has shape (), must be (2,)"),
    "target shape": ({"target": np.ones((3, 2))}, "target has shape (3, 2), must be (2, 3)"),
    "time shape": ({"time": np.ones(3)}, "time has shape (3,), must be (2, 3)"),
    "split shape": ({"split": np.full((2, 2), "train")}, "split has shape (2, 2), must be (2, 3)"),
    "extra shape": ({"extra": {"F": np.ones(6)}}, "F has shape (6,), must be (2, 3)"),
    "target without unit": ({"rate": None}, "target and time each need a name and unit"),
    "unit without target": ({"target": None}, "target and time each need a name and unit"),
    "time without unit": ({"time_axis": None}, "target and time each need a name and unit"),
    "unit without time": ({"time": None}, "target and time each need a name and unit"),
    "NaN feature": (
        {"features": with_value(np.ones((2, 3, 2)), (1, 2, 0), NAN)},
        "features is nan at index (1, 2, 0), must be finite",
    ),
    "infinite feature": (
        {"features": with_value(np.ones((2, 3, 2)), (0, 1, 1), INF)},
        "features is inf at index (0, 1, 1), must be finite",
    ),
    "NaN pixel": (
        {"features": with_value(np.ones((2, 3, 2, 4)), (0, 0, 0, 3), NAN)},
        "features is nan at index (0, 0, 0, 3), must be finite",
    ),
    "NaN target": ({"target": with_value(np.ones((2, 3)), (1, 0), NAN)}, "target is nan at index (1, 0), must be"),
    "NaN time": ({"time": np.array([[0, 1, 2], [0, 1, NAN]])}, "time is nan at index (1, 2), must be finite"),
    "NaN parameter": ({"values": np.array([0.5, NAN])}, "parameter_value is nan at index (1,), must be finite"),
    "infinite parameter": ({"values": np.array([-INF, 0.5])}, "parameter_value is -inf at index (0,), must be"),
    "infinite extra": ({"extra": {"F": np.array([[0, 0, 0], [0, INF, 0]])}}, "F is inf at index (1, 1), must be"),
    "unsorted parameter": ({"values": np.array([1.0, 0.5])}, "parameter_value falls at index 1, must be sorted"),
    "unsorted bytes": ({"values": np.array([3, 1], "u1")}, "parameter_value falls at index 1, must be sorted"),
    "time stands": ({"time": np.array([[0, 1, 2], [0, 1, 1.0]])}, "time does not increase after index (1, 1)"),
    "time falls": ({"time": np.array([[1, 0, 2], [0, 1, 2.0]])}, "time does not increase after index (0, 0)"),
    "time in falling bytes": ({"time": np.array([[1, 0, 2]] * 2, "u1")}, "time does not increase after index (0, 0)"),
    "unknown split": (
        {"split": np.array([["train"] * 3, ["train", "valid", "x"]])},
        "split is 'valid' at index (1, 1), must be in train, test, extrapolation",
    ),
    "split in bytes": ({"split": np.full((2, 3), b"train")}, "split is 'b'train'' at index (0, 0)"),
    "text features": ({"features": np.full((2, 3, 2), "1")}, "features holds <U1, must hold real numbers"),
    "object target": ({"target": np.full((2, 3), None)}, "target holds object, must hold real numbers"),
    "complex target": ({"target": np.ones((2, 3), complex)}, "target holds complex128, must hold real numbers"),
    "true or false": ({"extra": {"F": np.ones((2, 3), bool)}}, "F holds bool, must hold real numbers"),
    "reserved extra": ({"extra": {"target": np.ones((2, 3))}}, "extra variable 'target' must be an identifier other"),
    "extra with a slash": ({"extra": {"a/b": np.ones((2, 3))}}, "extra variable 'a/b' must be an identifier"),
    "reserved attribute": ({"attributes": {"dataset": "other"}}, "attribute 'dataset' is reserved"),
    "attribute list": ({"attributes": {"rates": [1, 2]}}, "attribute 'rates' is [1, 2], must be text or a finite"),
    "NaN attribute": ({"attributes": {"noise": NAN}}, "attribute 'noise' is nan, must be text or a finite number"),
    "attribute flag": ({"attributes": {"periodic": True}}, "attribute 'periodic' is True, must be text or"),
}


@pytest.mark.parametrize(("changes", "words"), VIOLATIONS.values(), ids=VIOLATIONS)
def test_a_violation_names_dataset_variable_and_index(changes, words):
    with pytest.raises(InputError) as caught:
        dataset(**changes)
    message = str(caught.value)
    assert message.startswith(f"made: {words}") and message.endswith(".") and "\n" not in message


def test_a_violation_found_after_reading_names_the_file(path):
    read = read_dataset(path)
    with pytest.raises(InputError) as caught:
        dataclasses.replace(read, target=read.target * np.nan)
    assert str(caught.value).startswith(f"{path}: target is nan at index (0, 0)")


def test_a_repeated_parameter_value_and_a_single_sample_are_good():
    assert dataset(values=np.array([0.0, 0.0])).values.tolist() == [0, 0]
    single = dataset(features=np.ones((2, 1, 2)), target=np.ones((2, 1)), time=np.ones((2, 1)), split=None, extra={})
    assert single.time.shape == (2, 1)


# ---------------------------------------------------------------------------------------------- broken files


@pytest.mark.parametrize("variable", ["features", "parameter_value", "feature_unit"])
def test_a_file_without_a_variable_is_refused_by_its_name(path, variable):
    edit(path, without(variable))
    assert variable in refusal(path)


def test_a_file_without_its_name_is_refused(path):
    edit(path, lambda file: file.attrs.__delitem__("dataset"))
    assert "lacks its dataset name" in refusal(path)


@pytest.mark.parametrize(
    "raw",
    [b"", b"CDF\x01", b"\x89HDF\r\n\x1a\n", b"\x89HDF\r\n\x1a\n" + bytes(5000), b"parameter,time\n0,1\n"],
    ids=repr,
)
def test_a_file_of_another_kind_is_refused(path, raw):
    path.write_bytes(raw)
    assert "not a netCDF file" in refusal(path)


def test_an_absent_file_is_refused(tmp_path):
    refusal(tmp_path / "absent.nc")


def test_another_netcdf_file_is_refused(path):
    with h5py.File(path, "w") as file:
        file["height"] = np.ones(3)
    assert "lacks feature, feature_unit, features, parameter_value, so it is no dataset" in refusal(path)


@settings(deadline=None, max_examples=50)
@given(fraction=st.floats(0, 1, exclude_max=True))
def test_a_truncated_file_is_refused(folder, raw, fraction):
    path = folder / "truncated.nc"
    path.write_bytes(raw[: int(fraction * len(raw))])
    assert "not a netCDF file, or a truncated one" in refusal(path)


@settings(deadline=None, max_examples=50)
@given(noise=st.binary(max_size=2000))
def test_random_bytes_are_refused(folder, noise):
    path = folder / "random.nc"
    path.write_bytes(noise)
    assert "not a netCDF file" in refusal(path)


@settings(deadline=None, max_examples=30)
@given(
    variable=st.sampled_from(["features", "target", "time", "F"]),
    fraction=st.floats(0, 1, exclude_max=True),
    flip=st.integers(1, 255),
)
def test_a_flipped_bit_in_the_values_is_noticed(folder, raw, variable, fraction, flip):
    path = folder / "flipped.nc"
    path.write_bytes(raw)
    with h5py.File(path) as file:
        chunk = file[variable].id.get_chunk_info(0)
    damaged = bytearray(raw)
    damaged[chunk.byte_offset + int(fraction * chunk.size)] ^= flip
    path.write_bytes(damaged)
    try:
        read = read_dataset(path)
    except InputError:
        refusal(path)
    else:
        assert_equal(read, dataset())  # zlib ignores some bits


@pytest.mark.parametrize("limit", [0, 1000, 20_000])
def test_a_full_disk_keeps_the_older_file_and_leaves_nothing_else(path, limit):
    before, (soft, hard) = path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        with pytest.raises(OSError):
            write_dataset(dataset(name="newer"), path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before and list(path.parent.iterdir()) == [path]


# ---------------------------------------------------------------------------------------------- selection and digest


@pytest.mark.parametrize("rows", [[1], np.array([False, True, False]), slice(1, 2)], ids=["indices", "mask", "slice"])
def test_select_keeps_everything_of_the_chosen_parameter_values(rows):
    three = np.arange(3.0)
    by_sample = three[:, None] + np.zeros(3)
    whole = dataset(
        values=three,
        features=np.stack([by_sample, by_sample + 10], axis=2),
        target=by_sample + 20,
        time=by_sample + np.arange(3),
        split=np.array([["train"] * 3, ["test"] * 3, ["extrapolation"] * 3]),
        extra={"F": by_sample + 30},
    )
    chosen = whole.select(rows)
    assert chosen.values.tolist() == [1] and chosen.features.tolist() == [[[1, 11]] * 3]
    assert chosen.target.tolist() == [[21] * 3] and chosen.time.tolist() == [[1, 2, 3]]
    assert chosen.split.tolist() == [["test"] * 3] and chosen.extra["F"].tolist() == [[31] * 3]
    assert (chosen.name, chosen.state, chosen.attributes) == (whole.name, whole.state, whole.attributes)


def test_selecting_all_changes_nothing():
    assert_equal(dataset().select([0, 1]), dataset())


def test_select_works_without_the_optional_parts():
    bare = dataset(rate=None, target=None, time_axis=None, time=None, split=None, extra={}).select([0])
    assert (bare.target, bare.time, bare.split, bare.extra) == (None, None, None, {})


@pytest.mark.parametrize(
    ("rows", "words"), [([], "features has shape (0, 3, 2)"), ([1, 0], "parameter_value falls at index 1")]
)
def test_an_empty_or_unsorted_selection_is_refused(rows, words):
    with pytest.raises(InputError) as caught:
        dataset(values=np.array([1.0, 2.0])).select(rows)
    assert words in str(caught.value)


DIFFERENT = {
    "name": {"name": "other"},
    "parameter name": {"parameter": Quantity("R_m", "1/h")},
    "parameter unit": {"parameter": Quantity("R_p", "1/s")},
    "parameter value": {"values": np.array([0.5, 0.75])},
    "feature name": {"state": (Quantity("D"), Quantity("u_x", "1/mm"))},
    "feature unit": {"state": (Quantity("C"), Quantity("u_x", "1/m"))},
    "feature": {"features": with_value(dataset().features, (1, 2, 1), 11.000000000000002)},
    "feature type": {"features": dataset().features.astype("float32")},
    "target name": {"rate": Quantity("dC/ds", "1/h")},
    "target unit": {"rate": Quantity("dC/dt", "1/s")},
    "target": {"target": with_value(dataset().target, (0, 0), -0.0)},
    "no target": {"rate": None, "target": None},
    "time name": {"time_axis": Quantity("s", "h")},
    "time unit": {"time_axis": Quantity("t", "s")},
    "time": {"time": with_value(dataset().time, (0, 2), 3.0)},
    "no time": {"time_axis": None, "time": None},
    "split": {"split": with_value(dataset().split, (0, 0), "test")},
    "no split": {"split": None},
    "extra": {"extra": {"F": with_value(dataset().extra["F"], (0, 0), 1.5)}},
    "extra found": {"extra": {"F": with_value(dataset().extra["F"], (0, 1), 0.0)}},
    "extra name": {"extra": {"G": dataset().extra["F"]}},
    "no extra": {"extra": {}},
    "attribute": {"attributes": {**dataset().attributes, "seed": 8}},
    "attribute type": {"attributes": {**dataset().attributes, "seed": "7"}},
    "attribute name": {"attributes": {"source": "made up", "sead": 7, "initial_state": 0.05}},
    "no attribute": {"attributes": {}},
}


def test_the_digest_tells_all_contents_apart():
    digests = {dataset(**changes).digest() for changes in [{}, *DIFFERENT.values()]}
    assert len(digests) == 1 + len(DIFFERENT)


@pytest.mark.parametrize("changes", DIFFERENT.values(), ids=DIFFERENT)
def test_the_digest_changes_with_any_value_name_unit_or_attribute(changes):
    assert dataset(**changes).digest() != dataset().digest()


def test_the_digest_does_not_depend_on_where_the_file_lies(path):
    moved = path.rename(path.with_name("moved.nc"))
    assert read_dataset(moved).digest() == dataset().digest()


def test_the_digest_is_the_same_in_every_process():
    assert dataset().digest() == "43041977a800a63e"
