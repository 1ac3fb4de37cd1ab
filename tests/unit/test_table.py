"""Users' tables: what they become, and a sentence with file, row and column for everything that is wrong."""

import gzip
import time
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from eqlearn.dataset import ParametricDataset, Quantity, read_dataset, write_dataset
from eqlearn.datasets.table import Quantities, parametric_dataset
from eqlearn.datasets.table_file import Columns, read_rows
from eqlearn.errors import InputError
from eqlearn.scoring import initial_states

QUANTITIES = Quantities(Quantity("R_p", "1/h"), Quantity("time", "h"), Quantity("density", "cells/site"))
COLUMNS = Columns("rate", "time", "density")
TIMES = np.array([0.0, 1.0, 2.5, 3.0, 7.0])
HEADER = "rate,time,density"


def tidy(values=(0.1, 0.5), replicates=(None,)) -> pd.DataFrame:
    """density = rate·time + replicate, at uneven times."""
    rows = [(p, t, p * t + (r if isinstance(r, int) else 0), p, r) for p in values for t in TIMES for r in replicates]
    table = pd.DataFrame(rows, columns=["rate", "time", "density", "slope", "well"])
    return table if replicates != (None,) else table.drop(columns="well")


def imported(path, columns=COLUMNS, build=parametric_dataset) -> ParametricDataset:
    return build("growth", read_rows(path, columns), QUANTITIES, {"initial_state": "data"})


def written(folder, text: str, name: str = "t.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def text_of(table: pd.DataFrame, **options) -> str:
    return table.to_csv(index=False, **options)


# What works


def check(data: ParametricDataset) -> None:
    np.testing.assert_array_equal(data.values, [0.1, 0.5])
    np.testing.assert_array_equal(data.time, [TIMES, TIMES])
    np.testing.assert_allclose(data.features[:, :, 0], np.outer([0.1, 0.5], TIMES), rtol=1e-15)
    assert data.target is None
    assert (data.parameter, data.time_axis, data.state[0]) == tuple(vars(QUANTITIES).values())


@pytest.mark.parametrize(
    "form",
    {
        "comma": text_of(tidy()),
        "semicolon": text_of(tidy(), sep=";"),
        "tab": text_of(tidy(), sep="\t"),
        "byte-order mark": "\ufeff" + text_of(tidy()),
        "unsorted": text_of(tidy().sample(frac=1, random_state=0)),
        "carriage returns": text_of(tidy(), lineterminator="\r\n"),
        "blanks after commas": text_of(tidy()).replace(",", ", "),
        "blank lines": "\n" + text_of(tidy()).replace("\n", "\n\n"),
        "quotes": text_of(tidy(), quoting=1),
        "repeated names that are not used": text_of(tidy().assign(a=1, b=2)).replace("a,b", "x,x"),
    }.items(),
    ids=lambda form: form[0],
)
def test_forms_of_csv(form, tmp_path):
    check(imported(written(tmp_path, form[1])))


def test_compressed_csv_and_parquet(tmp_path):
    import fastparquet

    packed = tmp_path / "t.csv.gz"
    packed.write_bytes(gzip.compress(text_of(tidy()).encode()))
    fastparquet.write(str(tmp_path / "t.parquet"), tidy())
    check(imported(packed))
    check(imported(tmp_path / "t.parquet"))


def test_rates_become_the_target_as_they_are(tmp_path):
    data = imported(written(tmp_path, text_of(tidy())), Columns("rate", "time", "density", "slope"))
    np.testing.assert_array_equal(data.target, np.repeat([[0.1], [0.5]], 5, axis=1))
    assert data.rate == Quantity("ddensity/dt", "cells/site/h")


def test_every_experiment_may_have_its_own_times(tmp_path):
    table = tidy()
    table["time"] /= table["rate"]
    data = imported(written(tmp_path, text_of(table)))
    np.testing.assert_array_equal(data.time, [TIMES / 0.1, TIMES / 0.5])


def test_replicates_are_averaged():
    """Means and standard deviations (n − 1) over wells 10, 11, 15; NaN where there is one well."""
    table = tidy(replicates=(10, 11, 15)).sample(frac=1, random_state=1)
    table = table[(table["rate"] < 0.3) | (table["well"] == 11)]
    columns = {role: table[name].to_numpy() for role, name in (("parameter", "rate"), ("time", "time"))}
    columns |= {"state": table["density"].to_numpy(), "replicate": table["well"].to_numpy()}
    rows = type("Rows", (), {"path": "t.csv", "columns": columns, "others": {}, "line": staticmethod(lambda row: row)})
    data = parametric_dataset("growth", rows, QUANTITIES, {})
    np.testing.assert_allclose(data.features[:, :, 0], np.add(np.outer([0.1, 0.5], TIMES), [[12], [11]]), rtol=1e-14)
    spread = np.full((2, 5), np.nan)
    spread[0] = np.std([0, 1, 5], ddof=1)
    np.testing.assert_allclose(data.extra["density_sd"], spread, rtol=1e-12)


def test_averages_of_equal_numbers_are_that_number(tmp_path):
    table = tidy((0.1, 0.7), replicates=("a", "b", "c"))
    table["density"] = table["time"] / 10
    data = imported(written(tmp_path, text_of(table)), Columns("rate", "time", "density", None, "well"))
    np.testing.assert_array_equal(data.values, [0.1, 0.7])
    np.testing.assert_array_equal(data.features[0, :, 0], TIMES / 10)


def test_a_million_rows_take_seconds(tmp_path):
    samples = 100
    values = np.repeat(np.arange(1, 10_001) / 100, samples)
    times = np.tile(np.arange(samples) / 10, 10_000)
    table = pd.DataFrame({"rate": values, "time": times, "density": values * times})
    path = tmp_path / "t.csv"
    table.sample(frac=1, random_state=0).to_csv(path, index=False)
    start = time.process_time()
    data = imported(path)
    assert time.process_time() - start < 20
    assert data.features.shape == (10_000, samples, 1)
    np.testing.assert_array_equal(data.features[:, -1, 0], data.values * times[-1])


def test_curves_start_from_the_data_or_from_a_nominal_value(tmp_path):
    table = tidy()
    table["density"] += table["rate"]
    data = imported(written(tmp_path, text_of(table)))
    np.testing.assert_allclose(initial_states(data), [0.1, 0.5])
    write_dataset(data, tmp_path / "d.nc")
    np.testing.assert_allclose(initial_states(read_dataset(tmp_path / "d.nc")), [0.1, 0.5])
    nominal = parametric_dataset("g", read_rows(tmp_path / "t.csv", COLUMNS), QUANTITIES, {"initial_state": 0.25})
    np.testing.assert_array_equal(initial_states(nominal), [0.25, 0.25])


def test_negative_parameters_and_one_experiment_work(tmp_path):
    data = imported(written(tmp_path, text_of(tidy((-0.5, 0.0)))))
    np.testing.assert_array_equal(data.values, [-0.5, 0.0])
    assert imported(written(tmp_path, text_of(tidy((0.3,))))).values.tolist() == [0.3]


# What is refused

LINES = text_of(tidy()[HEADER.split(",")]).splitlines()


def with_line(number: int, text: str) -> str:
    """The table with one line of the file, counted from 1, replaced."""
    return "\n".join([*LINES[: number - 1], text, *LINES[number:]]) + "\n"


@pytest.mark.parametrize("compressed", [False, True])
def test_the_row_is_the_line_in_the_file_below_a_mark_and_in_an_archive(compressed, tmp_path):
    content = ("\ufeff" + with_line(9, "0.5,x,1")).replace("\n", "\r\n").encode()
    path = tmp_path / ("t.csv.gz" if compressed else "t.csv")
    path.write_bytes(gzip.compress(content) if compressed else content)
    with pytest.raises(InputError, match="row 9, column time: 'x' is no finite number"):
        imported(path)


def test_bad_files(tmp_path):
    for name, content, words in [
        (
            "latin.csv",
            "rate,time,dichte_°\n0,0,0\n".encode("latin-1"),
            "cannot be read as a table .it is no UTF-8 text",
        ),
        ("t.csv.gz", b"rate,time,density\n", "cannot be read as a table .Not a gzipped file"),
        ("t.parquet", b"PAR1 nothing", "cannot be read as Parquet"),
    ]:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=words):
            imported(tmp_path / name)
    cut = gzip.compress(text_of(tidy()).encode())[:-30]
    (tmp_path / "cut.csv.gz").write_bytes(cut)
    with pytest.raises(InputError, match="cannot be read as a table"):
        imported(tmp_path / "cut.csv.gz")


def test_bad_parquet_names_row_and_column(tmp_path):
    import fastparquet

    table = tidy()
    table.loc[3, "density"] = np.nan
    fastparquet.write(str(tmp_path / "t.parquet"), table)
    with pytest.raises(InputError, match="row 4, column density: is empty or NaN"):
        imported(tmp_path / "t.parquet")


# Of a column "time" of seconds, as Arrow notes them; Parquet keeps plain whole numbers.
ARROW = (
    "/////9gAAAAQAAAAAAAKAAwABgAFAAgACgAAAAABBAAMAAAACAAIAAAABAAIAAAABAAAAAMAAAB0AAAANAAAAAQAAACo////AAABAxAAAAAYAAAA"
    "BAAAAAAAAAAHAAAAZGVuc2l0eQCa////AAACANT///8AAAESEAAAABgAAAAEAAAAAAAAAAQAAAB0aW1lAAAAAMb///8AAAAAEAAUAAgABgAHAAwA"
    "AAAQABAAAAAAAAEDEAAAABwAAAAEAAAAAAAAAAQAAAByYXRlAAAGAAgABgAGAAAAAAACAAAAAAA="
)
TIMED = {
    "durations": (lambda time: pd.to_timedelta(time, unit="s"), {}, "holds durations, must hold numbers"),
    "timestamps": (lambda time: pd.to_datetime(time, unit="s"), {}, "holds timestamps, must hold numbers"),
    "durations of Arrow": (
        lambda time: time.astype(int),
        {"ARROW:schema": ARROW},
        "holds durations, must hold numbers",
    ),
    "truth values": (lambda time: time > 1, {}, "row 1, column time: 'False' is no finite number"),
    "missing": (lambda time: time.astype(int).astype("Int64").where(time > 0), {}, "row 1, column time: is empty"),
    "a damaged schema": (lambda time: time, {"ARROW:schema": ARROW[:40]}, "cannot be read as Parquet"),
}


@pytest.mark.parametrize("kind", TIMED)
def test_times_and_truth_values_in_parquet_are_refused(kind, tmp_path):
    import fastparquet

    change, noted, words = TIMED[kind]
    table = tidy()
    fastparquet.write(str(tmp_path / "t.parquet"), table.assign(time=change(table["time"])), custom_metadata=noted)
    with pytest.raises(InputError, match=words):
        imported(tmp_path / "t.parquet")


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.assign(time=table["time"].astype("category")),
        lambda table: table.assign(time=table["time"].astype(str).astype("category")),
        lambda table: table.assign(time=table["time"].map(lambda number: Decimal(str(number)))),
        lambda table: table.assign(density=table["density"].astype("Float64")),
        lambda table: table.set_index(["rate", "time"]),
    ],
    ids=["categories", "texts", "decimals", "nullable", "index of two"],
)
def test_numbers_in_parquet_are_what_they_say(change, tmp_path):
    import fastparquet

    table = change(tidy())
    encoding = {name: "decimal" if name == "time" else "infer" for name in table} if "time" in table else "infer"
    decimals = isinstance(table.get("time", pd.Series([0])).iloc[0], Decimal)
    fastparquet.write(str(tmp_path / "t.parquet"), table, object_encoding=encoding if decimals else "infer")
    check(imported(tmp_path / "t.parquet"))


def test_parquet_of_more_rows_than_it_can_hold_is_refused(tmp_path):
    import fastparquet

    table = pd.DataFrame(dict.fromkeys(HEADER.split(","), np.zeros(2_900_000)))
    fastparquet.write(str(tmp_path / "t.parquet"), table, compression="GZIP")
    with pytest.raises(InputError, match="bytes in a file of"):
        imported(tmp_path / "t.parquet")


def test_bad_replicates(tmp_path):
    columns = Columns("rate", "time", "density", None, "well")
    table = tidy(replicates=("a", "b"))
    with pytest.raises(InputError, match=r"rows 4 and 22 both give R_p = 0.1 at time 1\."):
        imported(written(tmp_path, text_of(pd.concat([table, table.iloc[[2]]]))), columns)
    table.loc[5, "well"] = None
    with pytest.raises(InputError, match="row 7, column well: is empty, must name a replicate"):
        imported(written(tmp_path, text_of(table)), columns)
