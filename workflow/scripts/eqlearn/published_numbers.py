"""Published numbers of both papers, from their tables in config/published."""

from collections.abc import Iterator
from pathlib import Path

from eqlearn import paper_a, paper_b, paper_b_pdes, paper_b_springs
from eqlearn.tables import read_table
from eqlearn.verification import THEORY, Number


def published_numbers(folder: Path, protocol: str) -> Iterator[Number]:
    """Numbers that a run by ``protocol`` is compared with: what was learned, or, by theory, all others."""
    return (number for number in _all_numbers(folder, protocol) if number.learned == (protocol != THEORY))


def _all_numbers(folder: Path, protocol: str) -> Iterator[Number]:
    text = ["initial_density"]
    yield from paper_a.published_mse(read_table(folder / "me_eql_mse_medians.csv", ["median_mse"], text))
    inferred = read_table(folder / "me_eql_inference_errors.csv", ["proliferation_rate"], text)
    yield from paper_a.published_inference(inferred)
    counted = read_table(folder / "me_eql_oat_structures.csv", ["count_of_500_rp"], [*text, "powers_of_c"])
    yield from paper_a.published_structures(counted)
    embedded = read_table(folder / "me_eql_es_equations.csv", ["coefficient_of_rp_c_power"], text)
    yield from paper_a.published_es_equations(embedded)
    inferring = read_table(folder / "me_eql_inference_equations.csv", ["coefficient"], text)
    yield from paper_a.published_inference_equations(inferring)
    if protocol == paper_a.WINDOWED:
        yield from paper_a.published_windows(
            read_table(folder / "me_eql_smoothing_windows.csv", ["window_points"], text)
        )
    trained = read_table(folder / "parametric_eql_table8_analytic_mse.csv", ["best_test_mse", "mean_test_mse"])
    yield from paper_b.published_errors(trained)
    yield from paper_b.published_equations(read_table(folder / "parametric_eql_tables2_7_equations.csv", ["t"]))
    yield from paper_b.published_baseline(read_table(folder / "parametric_eql_table1_eql_baseline.csv", [], ["eql"]))
    pdes = read_table(
        folder / "parametric_eql_table3_pde_mse.csv", ["ut_mse", "coefficient_mse"], ["cross_terms_given"]
    )
    yield from paper_b_pdes.published_errors(pdes)
    yield from paper_b_pdes.published_equations(
        read_table(folder / "parametric_eql_table4_pde_equations.csv", ["value"])
    )
    yield from paper_b_springs.published_equations(
        read_table(folder / "parametric_eql_tables5_6_spring.csv", ["t"], ["target", "network"])
    )
