"""Measure speed and overhead; write a table with machine, date and versions (make bench).

    python tests/bench/bench.py results/record/benchmark.csv

Overhead is read from the logs of the default run, if it has finished in this folder.
"""

import multiprocessing
import re
import statistics
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "workflow"), str(ROOT / "workflow" / "scripts")]

from eqlearn.calculus import differentiate  # noqa: E402
from eqlearn.coefficients import Constant  # noqa: E402
from eqlearn.dataset import ParametricDataset, Quantity  # noqa: E402
from eqlearn.datasets.birth_death_migration import Lattice  # noqa: E402
from eqlearn.datasets.sampling import Sampling  # noqa: E402
from eqlearn.datasets.simulations import Study  # noqa: E402
from eqlearn.equation import Equation  # noqa: E402
from eqlearn.inference import ParameterSearch, Search, states_of  # noqa: E402
from eqlearn.inference_published import PublishedSearch  # noqa: E402
from eqlearn.learners import es, es_published, oat, oat_published  # noqa: E402
from eqlearn.learners.experiment import Experiment, Library  # noqa: E402
from eqlearn.learners.published import Path as LassoPath  # noqa: E402
from fields import rows as field_rows  # noqa: E402
from networks import rows as network_rows  # noqa: E402
from record import record  # noqa: E402
from timing import cpu_seconds  # noqa: E402

STUDY = Study("bench", Lattice(120, 120), 1.0, 0.5, 0.05, Sampling(100, growth_times=20))
OAT, CANDIDATES = Library(powers=10, max_terms=5), 3
ES = es.Settings(powers=5, exponents=(1, 1.5, 2, 2.5, 3), max_terms=8, candidates=3)
OAT_PATH, ES_PATH = LassoPath(10, 100, 100.0, 10), LassoPath(10, 20, 20.0, 10)
# CPU seconds of the authors' code, on the same kind of machine.
AUTHORS = {"OAT fit at one rate": 15.0, "ES fit, 5 experiments": 12.5, "ES fit, 10 experiments": 27.0}
AUTHORS |= {"ES fit, 50 experiments": 141.0}
# The same for inference, per single run and model: measured for 10 runs under 3 models.
AUTHORS_INFERENCE = {1.01: 8.7 / 30, 0.01: 481 / 30}
RATES = (0.1, 1.0, 4.0)
REPEATS = 5


def events_per_second(rate: float, seconds: float = 1.0) -> float:
    """Attempted events per CPU second of one process, over about the given time."""
    attempted, replicate, start = 0, 0, time.process_time()
    while time.process_time() - start < seconds:
        attempted += STUDY.run("bench", rate, replicate).attempted
        replicate += 1
    return attempted / (time.process_time() - start)


def wall_of(processes: int, rate: float, runs: int) -> float:
    """Wall seconds for ``runs`` simulations on each of some processes, after a warm start."""
    with multiprocessing.Pool(processes) as pool:
        pool.map(_runs, [(rate, 1)] * processes, chunksize=1)
        start = time.perf_counter()
        pool.map(_runs, [(rate, runs)] * processes, chunksize=1)
        return time.perf_counter() - start


def _runs(work: tuple[float, int]) -> None:
    for replicate in range(work[1]):
        STUDY.run("bench", work[0], replicate)


def peak_memory(replicates: int) -> float:
    """Peak resident MB of a fresh process that simulates some replicates of one rate."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_peak, (replicates,))


def _peak(replicates: int) -> float:
    import resource

    _runs((4.0, replicates))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def mean_curve(rate: float) -> np.ndarray:
    """Mean density of 25 simulations."""
    return np.mean([STUDY.run("bench", rate, k).agents for k in range(25)], axis=0) / STUDY.lattice.sites


def oat_seconds(rates: np.ndarray) -> float:
    """CPU seconds of one refined OAT fit at one rate: selection among all supports and refit included."""
    curves = [(rate * STUDY.times(rate), mean_curve(rate)) for rate in rates]
    oat.best_alone(Experiment(*curves[0], OAT, 0.05), CANDIDATES)
    start = time.process_time()
    for curve in curves:
        oat.best_alone(Experiment(*curve, OAT, 0.05), CANDIDATES)
    return (time.process_time() - start) / len(curves)


def published_data(rates: np.ndarray) -> ParametricDataset:
    """Simulated mean curves with their derivative as published."""
    times, curves = np.stack([STUDY.times(rate) for rate in rates]), np.stack([mean_curve(rate) for rate in rates])
    slopes = np.stack([differentiate(time, curve, "moving_mean")[1] for time, curve in zip(times, curves)])
    quantities = {"parameter": Quantity("r_p"), "state": (Quantity("C"),), "rate": Quantity("dC/dt")}
    more = {"attributes": {"initial_state": 0.05}}
    arrays = {"values": rates, "features": curves[:, :, None], "target": slopes, "time": times}
    return ParametricDataset(name="bench", **quantities, **arrays, **more, time_axis=Quantity("time"))


def es_seconds(data: ParametricDataset, protocol: str) -> dict[str, float]:
    """CPU seconds of ES over 5, 10 and all 50 rates."""
    learn = partial(es.learn, settings=ES) if protocol == "refined" else partial(es_published.learn, path=ES_PATH)
    learn(data.select(np.arange(3)), provenance={})  # compiled
    return {f"ES fit, {n} experiments": cpu_seconds(learn, _spread(data, n)) for n in (5, 10, 50)}


def _spread(data: ParametricDataset, experiments: int) -> ParametricDataset:
    return data.select(np.arange(0, data.values.size, data.values.size // experiments))


def learner_rows() -> list[tuple[str, float, str]]:
    """CPU seconds of both protocols, and how many times the authors' code takes."""
    data = published_data(np.round(0.01 + 0.1 * np.arange(50), 2))
    oat_published.fit_alone(data, 0, OAT_PATH)  # compiled
    start = time.process_time()
    for row in range(0, data.values.size, 5):
        oat_published.fit_alone(data, row, OAT_PATH)
    per_rate = (time.process_time() - start) / (data.values.size / 5)
    seconds = {"published": {"OAT fit at one rate": per_rate} | es_seconds(data, "published")}
    refined = {"OAT fit at one rate": oat_seconds(np.linspace(0.25, 5.0, 20))}
    seconds["refined"] = refined | es_seconds(data, "refined")
    pairs = [(protocol, item, value) for protocol, items in seconds.items() for item, value in items.items()]
    rows = [(f"{protocol} {item}, CPU", value, "s") for protocol, item, value in pairs]
    return rows + [(f"{protocol} {item}, times faster", AUTHORS[item] / value, "1") for protocol, item, value in pairs]


def inference_rows() -> list[tuple[str, float, str]]:
    """CPU seconds per single run and model of both protocols, and how many times the authors' code takes."""
    rows = []
    for rate, theirs in AUTHORS_INFERENCE.items():
        for protocol in ("published", "refined"):
            ours = inference_seconds(rate, protocol)
            name = f"{protocol} inference of one single run, rp = {rate:g}"
            rows += [(f"{name}, CPU", ours, "s"), (f"{name}, times faster", theirs / ours, "1")]
    return rows


def inference_seconds(rate: float, protocol: str, runs: int = 10) -> float:
    """CPU seconds per single run, ten runs of one rate under one model; median of REPEATS."""
    times = STUDY.times(rate)
    states = [STUDY.run("bench", rate, k).agents / STUDY.lattice.sites for k in range(runs)]
    search_of(protocol, times).estimate(states[0])  # compiled

    def seconds() -> float:
        start = time.process_time()
        search = search_of(protocol, times)
        for state in states:
            search.estimate(state)
        return (time.process_time() - start) / runs

    return statistics.median(seconds() for _ in range(REPEATS))


def search_of(protocol: str, times: np.ndarray) -> Search:
    """Search under a quadratic model."""
    model = Equation("p*(a*C + b*C**2)", ("C",), "rp", "dC/dt", {"a": Constant(0.4), "b": Constant(-1.0)})
    if protocol == "published":
        return PublishedSearch(model, 0.05, times)
    return ParameterSearch(states_of(model, 0.05, times, 1.0), times, (0.001, 10.0))


def overhead(logs: Path, driver_logs: Path, cores: int) -> list[tuple[str, float, str]]:
    """Shares of wall·cores in the default run: scripts at work, their imports, and the rest."""
    pattern = re.compile(r"CPU seconds: ([0-9.]+), of which start and imports: ([0-9.]+)")
    found = [pattern.search(path.read_text(encoding="utf-8", errors="replace")) for path in logs.rglob("*.log")]
    total, imports = (sum(float(match[k]) for match in found if match) for k in (1, 2))
    wall = _last_full_run(driver_logs)
    if wall is None or not total:
        return []
    capacity = wall * cores
    return [
        ("default run, wall", wall, "s"),
        ("default run, CPU of scripts", total, "s"),
        ("default run, imports as share of wall x cores", imports / capacity, "1"),
        ("default run, overhead as share of wall x cores", 1 - total / capacity, "1"),
    ]


def _last_full_run(driver_logs: Path) -> float | None:
    """Wall seconds of the newest run of all rules that Snakemake has logged."""
    for path in sorted(driver_logs.glob("*.snakemake.log"), reverse=True):
        text = path.read_text(encoding="utf-8", errors="replace")
        elapsed = re.search(r"Elapsed time: (\d+):(\d+):([0-9.]+)", text)
        if elapsed and "results/default/summary.md" in text and "simulate_birth_death_migration" in text:
            return 3600 * int(elapsed[1]) + 60 * int(elapsed[2]) + float(elapsed[3])
    return None


def main(path: Path) -> None:
    """Measure everything and write the table."""
    rows: list[tuple[str, float, str]] = []
    for rate in RATES:
        events_per_second(rate, 0.2)
        median = statistics.median(events_per_second(rate) for _ in range(REPEATS))
        rows.append((f"simulator, attempted events per CPU second, rp = {rate:g}", median, "1/s"))
    ratios = [2 * wall_of(1, 4.0, 60) / wall_of(2, 4.0, 60) for _ in range(3)]
    rows.append(("simulator, speed-up on 2 cores", statistics.median(ratios), "1"))
    rows += [(f"simulator, peak memory with {n} replicates", peak_memory(n), "MB") for n in (5, 200)]
    rows += learner_rows()
    rows += field_rows()
    rows += network_rows()
    rows += inference_rows()
    rows += overhead(ROOT / "results" / "default" / "logs", ROOT / ".snakemake" / "log", multiprocessing.cpu_count())
    table = pd.DataFrame(rows, columns=["item", "value", "unit"])
    record(table, path)
    print(table.to_string(index=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
