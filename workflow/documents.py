"""Numbers in README.md and docs/ are written from tables, never typed (make docs).

    python workflow/documents.py [results/default]

Between ``<!-- table: NAME -->`` and ``<!-- end -->`` stands one of the tables below; ``<!--= PATH|FORMAT -->`` and
``<!---->`` enclose our number at protocol/source/item/quantity of verification.csv. What comes from results/record/ is
written always, what comes from a run where that is finished.
"""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "workflow" / "scripts"))

from eqlearn.files import write_text  # noqa: E402
from eqlearn.medians import with_error  # noqa: E402
from eqlearn.summary_lines import SINGLE_WINDOWS, counts  # noqa: E402
from eqlearn.summary_lines import _table as markdown  # noqa: E402
from eqlearn.verification import VERDICTS  # noqa: E402

RECORD = ROOT / "results" / "record"
DOCUMENTS = ("README.md", "docs/comparison.md")
_TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_NUMBER = re.compile(r"(<!--= ([^|]+)\|(\w+) -->).*?(<!---->)", re.DOTALL)
_FORMATS: dict[str, Callable[[float, float], str]] = {
    "percent": lambda value, error: f"{100 * value:.2g} %",
    "percent_with_error": lambda value, error: f"{with_error(100 * value, 100 * error)} %",
    "two": lambda value, error: f"{value:.2g}",
}
_PDE_LEARNERS = {
    "sindy.published": "SGTR",
    "sindy_linear.published": "SGTR without products",
    "sindy.refined": "weak form",
    "seql.refined": "SEQL",
    "heql.refined": "HEQL",
}
# Rows of README's table: what, source, item of a model, quantity, and the column of limits and targets.
_PAPER_A = {
    "inference by OAT, median relative error": ("me_eql_inference_errors", "{}/oat/median", "limit"),
    "inference by OAT, worst of 50 rates": ("me_eql_inference_errors", "{}/oat/", "oat/worst_relative_error"),
    "inference by ES, median relative error": ("me_eql_inference_errors", "{}/es/median", "limit"),
    "trajectory error of OAT, median over 500 rates": ("me_eql_mse_medians", "ABM/{}/OAT_ME_0.5/all", "oat/median_mse"),
    "trajectory error of ES, median over 500 rates": ("me_eql_mse_medians", "ABM/{}/ES_ME_0.5/all", "es/median_mse"),
}


def written(text: str, verification: pd.DataFrame | None, draws: pd.DataFrame) -> str:
    """A document with its numbers anew; those of a run stay where there is none. KeyError for an unknown one."""

    def table(match: re.Match) -> str:
        head, name, tail = match.groups()
        lines = {"mean_field_draws": lambda: mean_field_draws(draws), "pde_rates": pde_rates}.get(
            name, lambda: _of_run(name, verification)
        )()
        return match.group() if lines is None else "\n".join([head, *lines, "", tail])

    def number(match: re.Match) -> str:
        head, path, kind, tail = match.groups()
        if verification is None:
            return match.group()
        found = (_at(verification, column)[path] for column in ("ours", "standard_error"))
        return head + _FORMATS[kind](*found) + tail

    return _NUMBER.sub(number, _TABLE.sub(table, text))


def _of_run(name: str, verification: pd.DataFrame | None) -> list[str] | None:
    tables = {"verdicts": verdicts, "sources": sources, "deviations": deviations, "paper_a": paper_a}
    return tables[name](verification) if verification is not None else None


def _at(verification: pd.DataFrame, column: str) -> pd.Series:
    """A column by protocol/source/item/quantity."""
    return verification.set_index(verification[["protocol", "source", "item", "quantity"]].agg("/".join, axis=1))[
        column
    ]


def verdicts(verification: pd.DataFrame) -> list[str]:
    """Numbers by protocol and verdict, without the windows of single rates."""
    return counts(verification[verification["quantity"] != SINGLE_WINDOWS])


def sources(verification: pd.DataFrame) -> list[str]:
    """Numbers by published table, protocol and verdict."""
    found = verification.groupby(["source", "protocol", "verdict"]).size().unstack(fill_value=0)
    columns = [verdict for verdict in VERDICTS if verdict in found]
    return markdown(
        ("source", "protocol", *columns), ((*key, *row) for key, row in zip(found.index, found[columns].values))
    )


def deviations(verification: pd.DataFrame) -> list[str]:
    """What deviates, by explanation, with how much ours is of the published number."""
    rows = verification[verification["verdict"] == "deviates"]
    return markdown(
        ("protocol", "numbers", "ours over published", "explanation"),
        (
            (protocol, len(group), _range(group["ours"] / group["published"]), explanation)
            for (protocol, explanation), group in rows.groupby(["protocol", "explanation"], sort=False)
        ),
    )


def _range(ratios: pd.Series) -> str:
    """Least and largest of the finite ones."""
    finite = ratios[ratios.abs() < float("inf")]
    return " to ".join(dict.fromkeys(f"{end:.3g}" for end in (finite.min(), finite.max()) if end == end))


def paper_a(verification: pd.DataFrame) -> list[str]:
    """Paper A in ten rows, by initial density; our medians with their standard errors."""
    columns = (
        "paper A, step 0.5",
        "initial density",
        "published",
        "published protocol, ours",
        "refined",
        "limit or target",
    )
    return markdown(columns, _rows_of_paper_a(verification))


def _rows_of_paper_a(verification: pd.DataFrame) -> Iterator[tuple]:
    ours, theirs, errors = (_at(verification, name) for name in ("ours", "published", "standard_error"))
    for what, (source, item, aim) in _PAPER_A.items():
        quantity = "mean_relative_error" if "errors" in source else "median_mse"
        for density in ("0.05", "0.25"):
            place = f"{source}/{item.format(density)}"
            published = f"{_worst(theirs, f'published/{place}', quantity):.2g}"
            found = [
                with_error(_worst(ours, f"{protocol}/{place}", quantity), errors.get(f"{protocol}/{place}/{quantity}"))
                for protocol in ("published", "refined")
            ]
            yield what, density, published, *found, _aim(ours, theirs, errors, density, aim, source)


def _worst(column: pd.Series, place: str, quantity: str) -> float:
    """The number at a place, or the worst of single rates where the place ends in a slash."""
    if not place.endswith("/"):
        return column[f"{place}/{quantity}"]
    return column[column.index.str.match(re.escape(place) + r"[0-9.]+/" + quantity + "$")].max()


def _aim(ours: pd.Series, theirs: pd.Series, errors: pd.Series, density: str, aim: str, source: str) -> str:
    if aim == "limit":
        limit = f"theory/targets/inference/{density}/limit/median_relative_error"
        return f"limit {with_error(ours[limit], errors[limit])}"
    kind = "inference" if "errors" in source else "trajectories"
    return f"target {theirs[f'refined/targets/{kind}/{density}/{aim}']:.2g}"


def mean_field_draws(draws: pd.DataFrame) -> list[str]:
    """Median errors over all rates of ten draws, beside the published one."""
    rows = draws[draws["rp_band"] == "all"].groupby(["initial_density", "rp_step"])
    columns = ("initial density", "step", "published", "least", "median", "largest", "draws within a factor of two")
    return markdown((*columns, "rates kept, by draw", "target, by draw"), (_draws_of(*each) for each in rows))


def _draws_of(key: tuple[float, float], rows: pd.DataFrame) -> tuple:
    errors, theirs = rows["median_mse"], rows["published"].iloc[0]
    within = int(errors.between(theirs / 2, 2 * theirs).sum())
    found = (f"{value:.2g}" for value in (theirs, errors.min(), errors.median(), errors.max()))
    kept = ", ".join(
        f"{kept} of {n}" if not k else str(kept) for k, (kept, n) in enumerate(zip(rows["kept"], rows["experiments"]))
    )
    return (*key, *found, f"{within} of {len(rows)}", kept, ", ".join(f"{{{target}}}" for target in rows["target"]))


def pde_rates() -> list[str]:
    """Right supports of all draws or trainings by equation, noise and learner, of what records hold."""
    linear = pd.read_csv(RECORD / "pde_recovery.csv").rename(columns={"supports_right": "right"})
    runs = pd.read_csv(RECORD / "pde_network_runs.csv").groupby(["equation", "noise", "learner"])["support_right"]
    networks = runs.agg(right="sum", draws="size").reset_index()
    both = pd.concat([linear, networks[networks["learner"].str.endswith(".refined")]])
    both["share"] = both["right"].astype(int).astype(str) + " of " + both["draws"].astype(str)
    table = both.pivot_table(index=["equation", "noise"], columns="learner", values="share", aggfunc="first")
    columns = [learner for learner in _PDE_LEARNERS if learner in table]
    rows = table[columns].fillna("")
    named = [_PDE_LEARNERS[learner] for learner in columns]
    return markdown(
        ("equation", "noise", *named), ((e, f"{100 * n:g} %", *row) for (e, n), row in zip(rows.index, rows.values))
    )


def main(run: Path) -> None:
    """Write all documents."""
    verification = read_verification(run)
    for name in DOCUMENTS:
        text = (ROOT / name).read_text(encoding="utf-8")
        write_text(ROOT / name, written(text, verification, read_draws()))


def read_verification(run: Path) -> pd.DataFrame | None:
    """verification.csv of a finished run; None where there is none."""
    path = run / "verification.csv"
    return pd.read_csv(path, keep_default_na=True) if path.is_file() else None


def read_draws() -> pd.DataFrame:
    """The recorded draws of the noisy mean field."""
    return pd.read_csv(RECORD / "mean_field_draws.csv")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "results" / "default")
