"""Numbers in README.md and docs/ are those of the tables that they are written from."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.append(str(Path(__file__).parents[2] / "workflow"))

import documents

COLUMNS = ["source", "protocol", "item", "quantity", "published", "ours", "verdict", "explanation", "standard_error"]
ERRORS = "mean_relative_error"
ROWS = [
    ("s", "published", "i", "window_points", 10.0, 9.0, "reproduced", "", np.nan),
    ("s", "published", "i", "q", 10.0, 5.0, "deviates", "as told", np.nan),
    ("s", "published", "j", "q", 10.0, 40.0, "deviates", "as told", np.nan),
    ("s", "refined", "i", "q", 10.0, 0.0651, "not worse", "", 0.0032),
    ("s", "theory", "i", "q", 0.0, 0.0, "trivial", "", np.nan),
]
RUN = pd.DataFrame(ROWS, columns=COLUMNS)
DRAWS = pd.DataFrame(
    {
        "initial_density": 0.05,
        "rp_step": 0.5,
        "rp_band": ["all", "all", "all", "2.51-5"],
        "draw": [0, 1, 2, 0],
        "target": ["1 2", "1 2 3", "1 2", "1 2"],
        "experiments": 10,
        "kept": [7, 1, 8, 7],
        "median_mse": [2e-6, 0.1, 1e-6, 5.0],
        "published": 1.5e-6,
    }
)


def block(name: str, lines: str = "old\n") -> str:
    return f"before\n<!-- table: {name} -->\n{lines}<!-- end -->\nafter"


@pytest.mark.parametrize("name", documents.DOCUMENTS)
def test_documents_hold_what_the_records_say(name):
    text = (documents.ROOT / name).read_text(encoding="utf-8")
    assert documents.written(text, None, documents.read_draws()) == text, "make docs writes them anew"


def test_tables_of_a_run_by_hand():
    assert documents.written(block("verdicts"), RUN, DRAWS) == block(
        "verdicts",
        "\n| protocol | not worse | deviates | trivial |\n| --- | --- | --- | --- |\n"
        "| published | 0 | 2 | 0 |\n| refined | 1 | 0 | 0 |\n| theory | 0 | 0 | 1 |\n\n",
    )
    assert "| s | published | 1 | 0 | 2 | 0 |" in documents.written(block("sources"), RUN, DRAWS)
    assert "| published | 2 | 0.5 to 4 | as told |" in documents.written(block("deviations"), RUN, DRAWS)


def test_ten_draws_are_counted_beside_the_published_error():
    found = documents.written(block("mean_field_draws"), None, DRAWS)
    row = "| 0.05 | 0.5 | 1.5e-06 | 1e-06 | 2e-06 | 0.1 | 2 of 3 | 7 of 10, 1, 8 | {1 2}, {1 2 3}, {1 2} |"
    assert row in found


def test_a_number_in_a_line_is_written_anew_whatever_stood_there():
    line = "off by <!--= refined/s/i/q|percent -->77 %<!---->, or <!--= published/s/j/q|two --><!---->."
    found = documents.written(line, RUN, DRAWS)
    assert found == line.replace("77 %", "6.5 %").replace("two --><", "two -->40<")
    assert documents.written(found, RUN, DRAWS) == found


def test_a_headline_is_written_with_its_standard_error():
    line = "<!--= refined/s/i/q|percent_with_error --><!----> and <!--= published/s/i/q|percent_with_error --><!---->"
    found = documents.written(line, RUN, DRAWS)
    assert "-->6.51 ± 0.32 %<" in found and "-->500 %<" in found


def test_without_a_run_its_numbers_stay_as_they_are():
    for text in (block("verdicts"), "<!--= refined/s/i/q|percent -->77 %<!---->"):
        assert documents.written(text, None, DRAWS) == text


@pytest.mark.parametrize("text", [block("unknown"), "<!--= refined/s/other/q|percent -->1 %<!---->"])
def test_an_unknown_table_or_number_is_no_number(text):
    with pytest.raises(KeyError):
        documents.written(text, RUN, DRAWS)
