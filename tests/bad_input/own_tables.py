"""Faults in a user's own table: keys of its study with words of the sentence; texts of the file with the sentence."""

import gzip

from unit.test_table import HEADER, LINES, with_line
from unit.test_table_study import STUDY

STUDIES = [
    ({"path": "my/grwth.csv"}, "'studies.growth.path': there is no file", "did you mean 'growth.csv'"),
    ({"path": "mine/growth.csv"}, "'studies.growth.path': there is no file", "nor a folder with files"),
    ({"path": ...}, "'studies.growth.path': is missing."),
    ({"columns": {"parameter": "rate", "time": "time"}}, "'studies.growth.columns.state': is missing."),
    ({"columns": {**STUDY["columns"], "rates": "slope"}}, "'studies.growth.columns.rates'", "did you mean 'rate'"),
    (
        {"columns": {**STUDY["columns"], "rate": "density"}},
        "'studies.growth.columns': 'density' is both state and rate, each needs a column of its own.",
    ),
    ({"columns": {**STUDY["columns"], "state": "densty"}}, "no column 'densty' (state); did you mean 'density'?"),
    (
        {"columns": {**STUDY["columns"], "state": "p"}},
        "'studies.growth.columns.state': 'p' cannot stand in an equation",
    ),
    ({"columns": {**STUDY["columns"], "state": "cell density"}}, "'cell density' cannot", "under state.name"),
    ({"state": {"name": "c1"}}, "'studies.growth.state.name': 'c1' cannot stand in an equation"),
    ({"state": {"name": "sin"}}, "'studies.growth.state.name': 'sin' cannot stand in an equation"),
    ({"experiments": {"step": 0.15}}, "'studies.growth.experiments.step': is 0.15, must be a multiple"),
    ({"experiments": {"steps": [0.3, 0.4]}}, "'studies.growth.experiments.steps': two steps choose the same number of"),
    ({"experiments": [0.1, 0.35]}, "'studies.growth.experiments': 0.35 is no parameter value of", "nearest is 0.3"),
    ({"experiments": "every"}, "'studies.growth.experiments': is 'every', must be all, a list of"),
    ({"experiments": {"stpe": 1.0}}, "'studies.growth.experiments.stpe': is unknown; did you mean 'step'?"),
    ({"experiments": {"step": 0.1, "steps": [0.1]}}, "'studies.growth.experiments': is {'step'", "must be all, a list"),
    ({"experiments": []}, "'studies.growth.experiments': is [], must be a list of at least 1."),
    ({"examples": [0.7]}, "'studies.growth.examples': 0.7 is no parameter value of", "the nearest is 0.5"),
    ({"initial_state": "first"}, "'studies.growth.initial_state': is 'first', must be data or a number."),
    (
        {"learner_settings": {"oat.published": {"target": {"0.25": [1, 2]}}}},
        "'studies.growth.learner_settings.oat.published.target': is {'0.25': [1, 2]}, must be first, most_common or",
    ),
    ({"learners": ["oat"]}, "studies.growth.learners.0", "did you mean 'oat.refined'"),
    ({"parameter": {"unit": "1/h"}}, "'studies.growth.parameter.name': is missing."),
    ({"parameter": {"name": "R\np"}}, "'studies.growth.parameter.name': is 'R\\np', must be one line of text"),
    (
        {"parameter": {"name": "R", "unit": "1/h\a"}},
        "'studies.growth.parameter.unit': holds '\\x07', must be text of characters that can be printed",
    ),
    (
        {"time": {"unit": "h\ud800"}},
        "'studies.growth.time.unit': holds '\\ud800', must be text of characters that can be printed",
    ),
    ({"time": {"unit": "h" * 101}}, "must be text of at most 100 characters"),
    (
        {"columns": {**STUDY["columns"], "state": "density\n"}, "state": {"name": "N"}},
        "column of the state: 'density\\n' holds a control character or a break of lines",
    ),
]


FILES = {
    "missing column": (
        "rate,time,densty\n0.1,0,1\n",
        "has no column 'density' (state); did you mean 'densty'? It has rate, time, densty.",
    ),
    "no column at all": (
        "a b\n1 2\n",
        "has no column 'rate' (parameter); it has a b.",
    ),
    "repeated header": (
        with_line(1, "rate,time,density,time"),
        "has 2 columns named 'time' (time), needs exactly one.",
    ),
    "text": (with_line(4, "0.1,2.5,high"), "row 4, column density: 'high' is no finite number."),
    "text after a blank line": (
        with_line(4, "\n0.1,2.5,high"),
        "row 5, column density: 'high' is no finite number.",
    ),
    "underscore": (with_line(4, "0.1,1_3,0.25"), "row 4, column time: '1_3' is no finite number."),
    "hexadecimal": (with_line(2, "0x1,0,0"), "row 2, column rate: '0x1' is no finite number."),
    "empty": (with_line(7, "0.5,0,"), "row 7, column density: is empty or NaN, must be a finite number."),
    "NaN": (with_line(7, "0.5,NaN,0"), "row 7, column time: is empty or NaN, must be a finite number."),
    "infinite": (with_line(7, "inf,0,0"), "row 7, column rate: 'inf' is no finite number."),
    "short row": (with_line(7, "0.5,0"), "row 7, column density: is empty or NaN, must be a finite number."),
    "decimal commas": (
        "\n".join(LINES).replace(",", ";").replace(".", ","),
        "row 2, column rate: '0,1' is no finite number; decimals need a point.",
    ),
    "decimal commas between commas": (
        with_line(3, "0,1,1,0,1"),
        "row 3 has 5 columns, the header 3; decimals need a point.",
    ),
    "decimal commas throughout": (
        "\n".join([HEADER, *(line.replace(".", ",") for line in LINES[1:])]),
        "row 2 has 6 columns, the header 3; decimals need a point.",
    ),
    "repeated row": (
        with_line(6, "0.1,1,0.1"),
        "rows 3 and 6 both give R_p = 0.1 at time 1; if they are replicates, name their column.",
    ),
    "single time": (
        "rate,time,density\n0.1,0,1\n0.5,0,2\n",
        "row 2: R_p = 0.1 has 1 times, needs at least 5.",
    ),
    "few times": ("\n".join(LINES[:-2]), "row 7: R_p = 0.5 has 3 times, needs at least 5."),
    "numbers of times": (
        "\n".join([*LINES, "0.5,9,0"]),
        "row 7: R_p = 0.5 has 6 times, needs 5 as for others.",
    ),
    "constant state": (
        "\n".join([HEADER, *(f"{line.rsplit(',', 1)[0]},0.3" for line in LINES[1:])]),
        "density never changes, so there is nothing to learn from.",
    ),
    "empty file": ("", "is empty."),
    "blank file": ("\n\n", "is empty."),
    "header alone": (HEADER, "has a header but no rows."),
}


def table(
    times: int = 8, values: tuple[float, ...] = (0.1, 0.2, 0.3), replicates: int = 1, uneven: bool = False
) -> str:
    """A table that a study's learners can learn from, but for what is asked for."""
    columns = ["rate,time,density,well"]
    for value in (0.1, 0.2, 0.3):
        for replicate in range(replicates):
            steps = [k + 0.1 * (uneven and k == 2) for k in range(times)]
            columns += [f"{value},{t},{value * t + replicate},w{replicate}" for t in steps]
    return "\n".join(columns) + "\n"


COLUMNS = {"parameter": "rate", "time": "time", "state": "density"}
# keys of the study, the table, words of the sentence: what learners would refuse later
LEARNERS = [
    ({"experiments": "all"}, table(times=6), "growth: has 6 times, the refined protocol needs 7."),
    ({"learners": ["oat.published"]}, table(times=12), "has 12 times, OAT by the published protocol needs 13."),
    ({"learners": ["seql.refined"]}, table(times=4), "has 4 times, needs at least 5."),
    ({"experiments": [0.1]}, table(), "growth: has one experiment, ES by the published protocol needs two to split."),
    ({"experiments": {"step": 0.3}}, table(), "is 0.3, which chooses the first of 3 values alone."),
    ({"differentiation": "moving_mean"}, table(uneven=True), "growth.csv: at R_p 0.1: moving_mean: times are uneven"),
    ({"differentiation": "savitzky_golay"}, table(uneven=True), "savitzky_golay: times are uneven"),
    ({}, table(replicates=2), "growth.csv: rows 2 and 10 both give R_p = 0.1 at time 0, but differ in well; if that"),
    (
        {"columns": {**COLUMNS, "replicate": "well"}},
        table(replicates=2) + "0.3,9,1,w0\n",
        "row 34: R_p = 0.3 has 9 times, needs 8 as for others.",
    ),
    ({}, table() + "0.3,9,1,w\n", "R_p = 0.3 has 9 times, needs 8 as for others."),
    (
        {"experiments": "all"},
        "rate,time,density\n" + "".join(f"{p},{t},5\n" for p in (1, 2) for t in range(8)),
        "never changes",
    ),
]


NUL, MARK = (
    "is UTF-16, or holds NUL characters; save it as UTF-8 text.",
    "must be CSV (as it is, or as .gz) or Parquet.",
)
_CSV = ("\n".join(LINES) + "\n").encode()
_BOMB = gzip.compress(b"0" * 2**27, 1)

# name of the file, its bytes, the sentence
PACKED = {
    "zip that is none": ("t.zip", _CSV, f"is named .zip, {MARK}"),
    "zip archive named csv": ("t.csv", b"PK\x03\x04" + _CSV, f"is a zip archive by its content, {MARK}"),
    "gzip named csv": ("t.csv", gzip.compress(_CSV, mtime=0), f"is gzip by its content, {MARK}"),
    "Parquet named csv": ("t.csv", b"PAR1" + _CSV, f"is Parquet by its content, {MARK}"),
    "csv named Parquet": ("t.parquet", _CSV, "cannot be read as Parquet, or is truncated."),
    "Parquet of marks alone": ("t.parquet", b"PAR1" + b"\xff" * 40 + b"PAR1", "as Parquet, or is truncated."),
    "truncated gzip": (
        "t.csv.gz",
        gzip.compress(_CSV, mtime=0)[:-12],
        "cannot be read as a table (Compressed file ended",
    ),
    "gzip bomb": ("t.csv.gz", _BOMB, "at most 6.71e+07 are read."),
    "UTF-16": ("t.csv", _CSV.decode().encode("utf-16"), NUL),
    "UTF-16 without a mark": ("t.csv", _CSV.decode().encode("utf-16-le"), NUL),
    "UTF-32": ("t.csv", _CSV.decode().encode("utf-32"), NUL),
    "NUL": ("t.csv", _CSV.replace(b"0.25", b"0.2\0"), NUL),
    "mark alone": ("t.csv", b"\xef\xbb\xbf", "is empty."),
    "line break in a header": ("t.csv", _CSV.replace(b"density", b'"density\n(1/ml)"'), r"'density\n(1/ml)'."),
    "400 digits": ("t.csv", with_line(3, f"0.1,{'1' * 400}.x,0").encode(), "column time: '1111111111"),
    "1e200": (
        "t.csv",
        with_line(3, "0.1,1e200,0").encode(),
        "row 3, column time: the largest number is 1e+200, its size",
    ),
    "all of 1e-200": (
        "t.csv",
        "\n".join([HEADER, *(f"{p},{t},{t}e-200" for p in (0.1, 0.5) for t in range(1, 7))]).encode(),
        "row 7, column density: the largest number is 6e-200, its size must be between 1e-100 and 1e+100",
    ),
    "thousands": ("t.csv", with_line(3, '0.1,"1,000",0').encode(), "'1,000' is no finite number"),
    "words": ("t.csv", with_line(3, "0.1,Infinity,0").encode(), "'inf' is no finite number"),
    "digits of another script": ("t.csv", with_line(3, "0.1,１,0").encode(), "'１' is no finite number"),
    "truth values": ("t.csv", "\n".join([HEADER, *["0.1,1,True"] * 6]).encode(), "'True' is no finite number"),
}
