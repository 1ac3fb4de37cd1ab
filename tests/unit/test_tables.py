"""Tables are read as they were written; a fault is named by file, row and column."""

import numpy as np
import pandas as pd
import pytest
from eqlearn.errors import InputError
from eqlearn.tables import read_table, write_table
from hypothesis import given, settings
from hypothesis import strategies as st

GOOD = "name,value,error\na,1,0.5\nb,2.5,\nc,-3e-7,1e300\n"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "table.csv"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tables")


def refusal(path, numeric=("value", "error"), text=("name",)) -> str:
    """The sentence with which a table is refused; it names the file first."""
    with pytest.raises(InputError) as caught:
        read_table(path, numeric, text)
    message = str(caught.value)
    assert message.startswith(f"{path}: ") and message.endswith(".") and "\n" not in message
    return message.removeprefix(f"{path}: ")


# ---------------------------------------------------------------------------------------------- good tables


def test_columns_have_the_types_asked_for(path):
    path.write_text(GOOD)
    table = read_table(path, ["value", "error"], ["name"])
    assert table["name"].tolist() == ["a", "b", "c"]
    np.testing.assert_array_equal(table["value"], [1, 2.5, -3e-7])
    np.testing.assert_array_equal(table["error"], [0.5, np.nan, 1e300])


def test_text_that_looks_like_a_number_stays_text(path):
    path.write_text("label,value\n007,1\n1e3,2\n")
    assert read_table(path, ["value"], ["label"])["label"].tolist() == ["007", "1e3"]


def test_columns_that_nobody_asks_for_may_hold_anything(path):
    path.write_text("value,note\n1,inf\n2,some text\n")
    assert read_table(path, ["value"])["value"].tolist() == [1, 2]


def test_a_table_may_have_a_header_only(path):
    path.write_text("name,value,error\n")
    assert len(read_table(path, ["value", "error"], ["name"])) == 0


@pytest.mark.parametrize("text", [GOOD.replace("\n", "\r\n"), GOOD.replace("\n", "\n\n"), GOOD.rstrip(), "\n" + GOOD])
def test_line_ends_and_blank_lines_do_not_matter(path, text):
    path.write_bytes(text.encode())
    pd.testing.assert_frame_equal(read_table(path, ["value", "error"], ["name"]), _good(path))


def _good(path):
    path.with_name("good.csv").write_text(GOOD)
    return read_table(path.with_name("good.csv"), ["value", "error"], ["name"])


@settings(deadline=None)
@given(st.lists(st.floats(allow_infinity=False), min_size=1, max_size=20))
def test_numbers_are_read_as_they_were_written(folder, numbers):
    path = folder / "numbers.csv"
    write_table(pd.DataFrame({"value": numbers, "row": range(len(numbers))}), path)
    np.testing.assert_array_equal(read_table(path, ["value"])["value"].to_numpy(float), numbers)


@settings(deadline=None)
@given(
    st.lists(st.text(st.sampled_from('ab,"; λ\n'), min_size=1, max_size=5).map("x{}".format), min_size=1, max_size=5)
)
def test_text_is_read_as_it_was_written(folder, texts):
    path = folder / "texts.csv"
    write_table(pd.DataFrame({"name": texts, "value": 1.0}), path)
    assert read_table(path, ["value"], ["name"])["name"].tolist() == texts


def test_the_same_table_gives_the_same_bytes(path):
    table = pd.DataFrame({"name": ["a", "b"], "value": [0.1, 1e-300]}, index=[7, 3])
    write_table(table, path)
    assert path.read_bytes() == b"name,value\na,0.1\nb,1e-300\n"


def test_a_table_that_cannot_be_written_leaves_the_folder_as_it_was(path):
    class Unwritable:
        def __str__(self):
            raise RuntimeError("no text")

    path.write_text("old")
    with pytest.raises(RuntimeError):
        write_table(pd.DataFrame({"value": [1.0, Unwritable()]}), path)
    assert path.read_text() == "old" and list(path.parent.iterdir()) == [path]


# ---------------------------------------------------------------------------------------------- faults


def test_a_fault_late_in_a_long_table_is_named(path):
    path.write_text("name,value,error\n" + "a,1,1\n" * 300_000 + "a,one,1\n")
    assert "row 300002, column value: 'one' is no finite number" in refusal(path)


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00n", b"\x89HDF\r\n\x1a\n\x00", bytes(100)], ids=repr)
def test_a_file_of_another_kind_is_refused(path, raw):
    path.write_bytes(raw)
    refusal(path)


@pytest.mark.parametrize("name", ["absent.csv", "."])
def test_what_is_no_file_is_refused(tmp_path, name):
    assert "cannot be read as CSV" in refusal(tmp_path / name)


@settings(deadline=None)
@given(st.binary(max_size=60) | st.text(st.sampled_from('name,value\n"1.5eif-x\r '), max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(folder, rest):
    path = folder / "any.csv"
    path.write_bytes(b"name,value\n" + rest)
    try:
        table = read_table(path, ["value"], ["name"])
    except InputError:
        refusal(path, ["value"])
    else:
        assert not np.isinf(table["value"].to_numpy(float)).any()
