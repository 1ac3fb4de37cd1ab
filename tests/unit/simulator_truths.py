"""Laws that every correct simulator of the birth-death-migration model obeys (paper A, Section 2.1).

``truth_xxx(simulator)`` takes the simulator's module, so that a changed one can be tried, and raises
AssertionError where it breaks the law. Nothing expected here is computed with the simulator's own functions.

Seeds are fixed. Drawn anew, a correct simulator would fail a truth with probability LEVEL (PUBLISHED_LEVEL for
the published curves), which each truth divides among its comparisons (Bonferroni). Where a tail is not exact
but approximated, the function says how well.
"""

import math
import os
from collections.abc import Iterable
from functools import cache
from itertools import repeat
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from eqlearn.random import generator
from scipy import stats
from scipy.linalg import expm

LEVEL = 1e-4
PUBLISHED_LEVEL = 1e-3
REFERENCE = "EQLEARN_REFERENCE"


class Runs(NamedTuple):
    """agents, pairs (runs, times); snapshots (runs, times, rows, columns) or empty; attempted (runs,)."""

    agents: np.ndarray
    pairs: np.ndarray
    snapshots: np.ndarray
    attempted: np.ndarray


def simulate(simulator: ModuleType, rates: tuple, starts: Iterable, times: np.ndarray, seed: str, **options) -> Runs:
    """One run from every start; ``rates`` are (migration, proliferation, death)."""
    random = generator("simulator truth", seed)
    rates = simulator.Rates(*rates)
    runs = [simulator.simulate(simulator.Lattice(*s.shape), rates, s, times, random, **options) for s in starts]
    return Runs(*(np.array([getattr(run, field) for run in runs]) for field in Runs._fields))


def pairs_of(occupancy: np.ndarray) -> np.ndarray:
    """Occupied nearest-neighbour pairs of lattices (..., rows, columns)."""
    o = occupancy.astype(bool)
    in_rows, in_columns = o[..., :, 1:] & o[..., :, :-1], o[..., 1:, :] & o[..., :-1, :]
    return in_rows.sum(axis=(-2, -1)) + in_columns.sum(axis=(-2, -1))


def neighbours(rows: int, columns: int) -> list[list[int]]:
    """Sites, counted row by row, that share a bond with each site."""
    cells = [(i, j) for i in range(rows) for j in range(columns)]
    return [[k for k, b in enumerate(cells) if abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1] for a in cells]


# Comparisons: each spends ``level`` on all the numbers it is given together.


def assert_normal(deviations: np.ndarray, level: float, law: str) -> None:
    """Every deviation, standard normal under the law, lies within the two-sided bound."""
    worst, bound = np.abs(deviations).max(), stats.norm.isf(level / 2 / np.size(deviations))
    assert worst <= bound, f"{law}: a deviation of {worst:.1f} standard errors, at most {bound:.1f} allowed"


def assert_binomial(counts: np.ndarray, trials: int, chance: np.ndarray, level: float, law: str) -> None:
    """Every count has a two-sided exact binomial tail above its share of the level."""
    lower, upper = stats.binom.cdf(counts, trials, chance), stats.binom.sf(counts - 1, trials, chance)
    least, bound = 2 * np.minimum(lower, upper).min(), level / np.size(counts)
    assert least >= bound, f"{law}: a binomial count of tail probability {least:.1e}, at least {bound:.1e} allowed"


def assert_distributed(outcomes: np.ndarray, chances: np.ndarray, level: float, law: str) -> None:
    """Outcomes 0 ... K - 1 (runs,) have the chances (K,): Pearson's chi-square.

    Cells with fewer than 25 expected are pooled, and the next rarest with them until their sum is 25. For the
    distributions of these tests the exact tail, found by sampling, is then below twice chi-square's at 2.5e-5.
    """
    observed, expected = np.bincount(outcomes, minlength=chances.size), chances * outcomes.size
    assert observed.size == chances.size, f"{law}: impossible outcome {observed.size - 1}"
    assert not observed[chances < 1e-15].any(), f"{law}: an outcome of probability 0 occurred"
    order = np.argsort(expected)
    n_pooled = max((expected < 25).sum(), np.searchsorted(np.cumsum(expected[order]), 25) + 1)
    pooled, rest = np.split(order, [n_pooled])
    observed, expected = (np.append(counts[rest], counts[pooled].sum()) for counts in (observed, expected))
    tail = stats.chisquare(observed, expected * (observed.sum() / expected.sum())).pvalue if rest.size else 1.0
    assert tail >= level, f"{law}: chi-square tail probability {tail:.1e}, at least {level:.1e} allowed"


# 1. Without exclusion


def linear_birth_death(start: int, birth: float, death: float, times: np.ndarray) -> tuple:
    """Mean, variance and excess kurtosis of the linear birth-death process (Kendall 1948), birth != death.

    The progeny of one agent is 0 with chance a, else geometric; cumulants of independent progenies add up.
    """
    growth = np.exp((birth - death) * times)
    mean = start * growth
    variance = start * (birth + death) / (birth - death) * growth * (growth - 1)
    alive = 1 - death * (growth - 1) / (birth * growth - death)
    ends = 1 - birth * (growth - 1) / (birth * growth - death)
    raw = [np.array([a * stats.geom.moment(k, e) for a, e in zip(alive, ends)]) for k in (1, 2, 3, 4)]
    fourth = raw[3] - 4 * raw[2] * raw[0] - 3 * raw[1] ** 2 + 12 * raw[1] * raw[0] ** 2 - 6 * raw[0] ** 4
    return mean, variance, start * fourth / variance**2


def truth_linear_birth_death(simulator: ModuleType) -> None:
    """Without exclusion N(t) is a linear birth-death process, whatever the migration.

    Z = sqrt(n)(mean - exact)/sigma and Y = sqrt(n/2)(S²/sigma² - 1); Y's standard deviation is
    sqrt(1 + excess kurtosis/2), exact up to O(1/n). Z and Y are taken as normal: at n = 10,000 runs
    their skewness, below 0.1, less than doubles the level.
    """
    start, times, runs = np.zeros((4, 4), int), np.array([0.0, 0.25, 0.5, 1.0, 2.0]), 10_000
    start[1, 0], start[2, 3] = 7, 3
    cases = [(m, birth, death) for m in (0.0, 1.0) for birth, death in ((1.0, 0.5), (0.5, 1.0))]
    for rates in cases:
        seed = f"linear birth-death {rates}"
        agents = simulate(simulator, rates, repeat(start, runs), times, seed, exclusion=False).agents
        assert (agents[:, 0] == start.sum()).all(), "linear birth-death: the start is not recorded at t = 0"
        mean, variance, excess = linear_birth_death(start.sum(), *rates[1:], times[1:])
        z = math.sqrt(runs) * (agents[:, 1:].mean(axis=0) - mean) / np.sqrt(variance)
        y = math.sqrt(runs / 2) * (agents[:, 1:].var(axis=0, ddof=1) / variance - 1)
        assert_normal(np.append(z, y / np.sqrt(1 + excess / 2)), LEVEL / len(cases), seed)


# 2. Death alone


def truth_pure_death(simulator: ModuleType) -> None:
    """With rp = 0, N(t) is Binomial(N0, exp(-rd t)), with exclusion and migration on."""
    death, times, runs = 0.5, np.array([0.3, 1.0, 2.0, 4.0]), 10_000
    start = np.array([[1, 1, 0, 1], [0, 1, 1, 0], [1, 0, 1, 1]])
    agents = simulate(simulator, (1.0, 0.0, death), repeat(start, runs), times, "pure death").agents
    for time, counts in zip(times, agents.T):
        chances = stats.binom.pmf(np.arange(start.sum() + 1), start.sum(), math.exp(-death * time))
        assert_distributed(counts, chances, LEVEL / times.size, f"pure death at t = {time}")


# 3. Migration alone


def truth_discrete_heat_equation(simulator: ModuleType) -> None:
    """With rp = rd = 0, N stays, and densities solve the heat equation with rate rm/4 per bond, no flux at edges.

    Exclusion does not show in one-site densities, because exchanging two agents changes nothing. Per site and
    time the occupied runs are binomial, and attempted events are Poisson of mean rm N0 t: exact tails.
    """
    migration, times, runs = 2.0, np.array([0.0, 0.5, 1.5, 4.0]), 10_000
    start = np.zeros((3, 5), int)
    start[:, :2], start[0, 2] = 1, 1
    result = simulate(simulator, (migration, 0.0, 0.0), repeat(start, runs), times, "heat equation", snapshots=True)
    assert (result.agents == start.sum()).all(), "heat equation: the number of agents changed"
    laplacian = np.zeros((start.size, start.size))
    for site, around in enumerate(neighbours(*start.shape)):
        laplacian[site, around], laplacian[site, site] = 1.0, -len(around)
    density = np.array([expm(laplacian * migration / 4 * t) @ start.ravel() for t in times]).clip(0, 1)
    occupied = result.snapshots.sum(axis=0, dtype=int).reshape(times.size, -1)
    assert_binomial(occupied, runs, density, LEVEL / 2, "heat equation")
    events = stats.poisson(migration * start.sum() * times[-1] * runs)
    tail = 2 * min(events.cdf(result.attempted.sum()), events.sf(result.attempted.sum() - 1))
    assert tail >= LEVEL / 2, f"heat equation: tail probability {tail:.1e} of the number of attempted events"


# 4. Everything on tiny lattices

TINY = {
    "2x2": np.array([[1, 0], [0, 0]]),
    "2x3": np.array([[1, 1, 0], [0, 0, 0]]),
    "3x3": np.array([[0, 0, 0], [1, 1, 0], [1, 0, 0]]),
}
TINY_RATES, TINY_TIMES = (1.0, 1.5, 0.5), (0.3, 1.0, 3.0)


@cache
def exact_chain(name: str) -> tuple[np.ndarray, np.ndarray]:
    """All configurations (2**sites, rows, columns) of a tiny lattice and their chances (times, 2**sites)."""
    start, (migration, birth, death) = TINY[name], TINY_RATES
    bits = 1 << np.arange(start.size)
    flow = np.zeros((1 << start.size, 1 << start.size))
    for state in range(len(flow)):
        for site, around in enumerate(neighbours(*start.shape)):
            if state & bits[site]:
                flow[state, state ^ bits[site]] += death
                for target in around:
                    if not state & bits[target]:
                        flow[state, state ^ bits[site] ^ bits[target]] += migration / 4
                        flow[state, state ^ bits[target]] += birth / 4
    flow -= np.diag(flow.sum(axis=1))
    chances = np.array([expm(flow * time)[start.ravel() @ bits] for time in TINY_TIMES]).clip(0)
    configurations = (np.arange(len(flow))[:, None] & bits > 0).reshape(-1, *start.shape)
    return configurations, chances


def truth_tiny_lattices(simulator: ModuleType) -> None:
    """On 2x2, 2x3 and 3x3 sites N, pairs and the whole configuration follow the Markov chain's generator."""
    runs, level = 10_000, LEVEL / (3 * len(TINY) * len(TINY_TIMES))
    for name, start in TINY.items():
        configurations, chances = exact_chain(name)
        times = np.array(TINY_TIMES)
        result = simulate(simulator, TINY_RATES, repeat(start, runs), times, f"tiny {name}", snapshots=True)
        states = result.snapshots.reshape(runs, times.size, -1) @ (1 << np.arange(start.size))
        numbers, pairs = configurations.sum(axis=(1, 2)), pairs_of(configurations)
        for i, time in enumerate(TINY_TIMES):
            law = f"{name} at t = {time}"
            assert_distributed(result.agents[:, i], np.bincount(numbers, chances[i]), level, f"number on {law}")
            assert_distributed(result.pairs[:, i], np.bincount(pairs, chances[i]), level, f"pairs on {law}")
            assert_distributed(states[:, i], chances[i], level, f"configuration on {law}")


# 5. Well mixed

MIXED_SIDE, MIXED_START, MIXED_RATES, MIXED_TIMES = 10, 0.25, (150.0, 1.0, 0.5), (1.0, 3.0, 12.0)


@cache
def well_mixed_chain() -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of N (times,) as rm -> infinity, from a binomial start.

    Given N all placements are then equally likely: of the 4N directions a share 1 - 1/n stays on the lattice,
    and a site there is free with chance (sites - N)/(sites - 1).
    """
    sites, (_, birth, death) = MIXED_SIDE**2, MIXED_RATES
    number = np.arange(sites + 1.0)
    up, down = birth * (1 - 1 / MIXED_SIDE) * number * (sites - number) / (sites - 1), death * number
    flow = np.diag(up[:-1], 1) + np.diag(down[1:], -1) - np.diag(up + down)
    start = stats.binom.pmf(number, sites, MIXED_START)
    moments = np.array([start @ expm(flow * t) @ np.stack([number, number**2], axis=1) for t in MIXED_TIMES])
    return moments[:, 0], np.sqrt(moments[:, 1] - moments[:, 0] ** 2)


def well_mixed_density() -> np.ndarray:
    """Solution (times,) of dC/dt = rp(1 - 1/n)C(1 - C) - rd C, plateau 1 - rd/(rp(1 - 1/n))."""
    birth, death = MIXED_RATES[1] * (1 - 1 / MIXED_SIDE), MIXED_RATES[2]
    plateau = 1 - death / birth
    return plateau / (1 + (plateau / MIXED_START - 1) * np.exp((death - birth) * np.array(MIXED_TIMES)))


def truth_well_mixed(simulator: ModuleType) -> None:
    """With rm -> infinity the mean density approaches dC/dt = rp(1 - 1/n)C(1 - C) - rd C.

    The mean of N is held to the exact chain of the limit within its standard error plus 2 rp/rm of itself, twice
    the shortfall seen at rm/rp between 20 and 400 on lattices of 6 to 12 sites a side. The chain in turn
    is held to the equation, plateau included, within 2/sites (fluctuations).
    """
    runs, sites = 600, MIXED_SIDE**2
    random = generator("simulator truth", "well mixed start")
    starts = [random.random((MIXED_SIDE, MIXED_SIDE)) < MIXED_START for _ in range(runs)]
    agents = simulate(simulator, MIXED_RATES, starts, np.array(MIXED_TIMES), "well mixed").agents
    mean, deviation = well_mixed_chain()
    assert np.abs(mean / sites - well_mixed_density()).max() < 2 / sites
    excess = np.abs(agents.mean(axis=0) - mean) - 2 * MIXED_RATES[1] / MIXED_RATES[0] * mean
    assert_normal(excess.clip(0) / deviation * math.sqrt(runs), LEVEL, "well mixed")


# 6. The authors' simulations


def published_means() -> pd.DataFrame:
    """The authors' mean curves at C0 = 0.05; skips without the folder, fails without the file."""
    if not os.environ.get(REFERENCE):
        pytest.skip(f"{REFERENCE} does not name the folder with the published simulations")
    return pd.read_csv(Path(os.environ[REFERENCE]) / "abm_mean_of_25_ic0.05.csv.gz")


def truth_published_curves(simulator: ModuleType, values: tuple[float, ...] = (0.5, 2.0, 5.0)) -> None:
    """Mean density and pair correlation over 25 runs agree with the authors' 25 at proliferation rates ``values``.

    Difference/sqrt(2 s²/25), s our own standard deviation, is Student's t with 24 degrees of freedom; t = 0
    included. Where s = 0 the curves are equal to the nine digits published.
    """
    lattice, runs, published = simulator.Lattice(120, 120), 25, published_means()
    bound = stats.t.isf(PUBLISHED_LEVEL / 2 / (len(values) * 2 * 100), runs - 1)
    for value in values:
        theirs = published[np.isclose(published["proliferation_rate"], value, rtol=1e-9)]
        times = np.linspace(0.0, 40.0 / value, 100)
        np.testing.assert_allclose(theirs["time"], times, rtol=1e-8)
        random = generator("simulator truth", "published start", p=value)
        starts = [lattice.random_occupancy(0.05, random) for _ in range(runs)]
        ours = simulate(simulator, (1.0, value, value / 2), starts, times, f"published {value}")
        correlation = simulator.pair_correlation(lattice, ours.agents, ours.pairs)
        for column, curves in {"density": ours.agents / 120**2, "pair_correlation": correlation}.items():
            difference, error = curves.mean(axis=0) - theirs[column], curves.std(axis=0, ddof=1) * math.sqrt(2 / runs)
            allowed = np.where(error > 0, bound * error, 1e-8)
            worst = np.abs(difference / allowed).max()
            assert worst <= 1, f"{column} at rp = {value}: {worst:.2f} times as far off as allowed"


# Smaller laws


def truth_recording(simulator: ModuleType) -> None:
    """What is recorded at a time is the state valid then, in gaps of any length.

    Exact: agents and pairs are those of the snapshot, the start is recorded at t = 0, and a finer list of times
    changes nothing at the coarse ones. In law: a lone agent that only dies is there with chance exp(-t).
    """
    start, times, runs = np.array([[1, 0, 1], [0, 1, 0]]), np.linspace(0.0, 6.0, 61), 100
    coarse_times = np.array([0.0, 2.0, 4.0, 6.0])
    fine = simulate(simulator, (0.5, 1.0, 0.5), repeat(start, runs), times, "recording", snapshots=True)
    coarse = simulate(simulator, (0.5, 1.0, 0.5), repeat(start, runs), coarse_times, "recording", snapshots=True)
    assert (fine.snapshots[:, 0] == start).all(), "recording: not the start at t = 0"
    assert (fine.agents == fine.snapshots.sum(axis=(2, 3), dtype=int)).all(), "recording: agents not on the lattice"
    assert (fine.pairs == pairs_of(fine.snapshots)).all(), "recording: pairs not on the lattice"
    assert (fine.snapshots[:, ::20] == coarse.snapshots).all(), "recording: the state depends on other times"
    runs, times = 10_000, np.array([0.0, 0.1, 0.2, 0.3, 1.0, 2.0])
    alive = simulate(simulator, (0.0, 0.0, 1.0), repeat(np.eye(1), runs), times, "lone death").agents
    assert_binomial(alive.sum(axis=0), runs, np.exp(-times), LEVEL, "recording of a lone death")


def truth_many_agents(simulator: ModuleType) -> None:
    """With thousands of agents waiting times are summed in blocks; recording times end them where they must.

    Of 2,000 agents that only die the number is Binomial and a finer list of times changes nothing at the coarse ones;
    of 2,000 that give birth without exclusion the mean grows by exp(rp t), within the standard error of linear birth;
    the events of 2,000 that cannot move are Poisson.
    """
    full, runs, coarse, fine = np.ones((40, 50), int), 20, np.linspace(0.2, 1.0, 5), np.linspace(0.01, 1.0, 100)
    dying, often = (simulate(simulator, (0.0, 0.0, 1.0), [full] * runs, t, "many die") for t in (coarse, fine))
    assert (dying.agents == often.agents[:, 19::20]).all(), "many agents: the state depends on other times"
    assert_binomial(dying.agents.sum(axis=0), runs * full.size, np.exp(-coarse), LEVEL / 3, "many agents die")
    born = simulate(simulator, (0.0, 1.0, 0.0), [full] * runs, coarse, "many are born", exclusion=False).agents
    growth = np.exp(coarse)
    z = (born.mean(axis=0) - full.size * growth) / np.sqrt(full.size * growth * (growth - 1) / runs)
    assert_normal(z, LEVEL / 3, "many agents are born")
    attempted = simulate(simulator, (3.0, 0.0, 0.0), [full] * runs, coarse, "many are stuck").attempted.sum()
    events = stats.poisson(3.0 * coarse[-1] * full.size * runs)
    tail = 2 * min(events.cdf(attempted), events.sf(attempted - 1))
    assert tail >= LEVEL / 3, f"many agents: tail probability {tail:.1e} of the number of attempted events"


def truth_extinction(simulator: ModuleType) -> None:
    """After extinction all counts and snapshots are 0 and F is NaN; chance of a survivor below 1e-40."""
    times = np.array([0.0, 100.0, 101.0, 300.0])
    result = simulate(simulator, (1.0, 0.0, 1.0), [np.ones((3, 4))] * 20, times, "extinction", snapshots=True)
    correlation = simulator.pair_correlation(simulator.Lattice(3, 4), result.agents, result.pairs)
    assert (correlation[:, 0] == 1).all(), "extinction: F of a full lattice is not 1"
    assert not (result.agents[:, 1:].any() or result.pairs[:, 1:].any() or result.snapshots[:, 1:].any())
    assert np.isnan(correlation[:, 1:]).all(), "extinction: F is not NaN without agents"


def truth_still_lattices(simulator: ModuleType) -> None:
    """Nothing changes with rates 0, without agents, or on a full lattice without death: its edges abort events.

    The time of an aborted event has passed all the same: their number is Poisson (exact tail).
    """
    times, random = np.linspace(0.0, 5.0, 11), generator("simulator truth", "still")
    frozen = random.random((3, 4)) < 0.5
    full = [np.ones(shape) for shape in ((1, 1), (1, 4), (3, 2), (4, 4))]
    cases = [((0.0, 0.0, 0.0), frozen), ((1.0, 1.0, 1.0), np.zeros((2, 3)))]
    cases += [((1.0, 2.0, 0.0), start) for start in full]
    attempted = 0
    for rates, start in cases:
        result = simulate(simulator, rates, [start] * 20, times, f"still {rates} {start.shape}", snapshots=True)
        assert (result.snapshots == start).all(), f"still lattice {start.shape}: a site changed"
        assert (result.agents == start.sum()).all(), f"still lattice {start.shape}: agents changed"
        attempted += int(result.attempted.sum())
    events = stats.poisson(3.0 * times[-1] * 20 * sum(start.size for start in full))
    tail = 2 * min(events.cdf(attempted), events.sf(attempted - 1))
    assert tail >= LEVEL, f"still lattices: tail probability {tail:.1e} of the number of aborted events"


def truth_initial_occupancy(simulator: ModuleType) -> None:
    """Sites are occupied independently with chance C0; only an empty lattice is drawn again.

    On 2x2 sites at C0 = 0.1, where most lattices are empty, all 15 others have their chances. On 10x10 the number
    is Binomial, so it varies from run to run. Density 0 gives the empty lattice.
    """
    random, draws = generator("simulator truth", "occupancy"), 10_000
    tiny = np.array([simulator.Lattice(2, 2).random_occupancy(0.1, random).ravel() for _ in range(draws)])
    occupied = (np.arange(16)[:, None] & (1 << np.arange(4)) > 0).sum(axis=1)
    chances = np.where(occupied > 0, 0.1**occupied * 0.9 ** (4 - occupied) / (1 - 0.9**4), 0.0)
    assert_distributed(tiny @ (1 << np.arange(4)), chances, LEVEL / 2, "initial occupancy")
    numbers = np.array([simulator.Lattice(5, 20).random_occupancy(0.25, random).sum() for _ in range(draws)])
    assert_distributed(numbers, stats.binom.pmf(np.arange(101), 100, 0.25), LEVEL / 2, "initial number")
    assert not simulator.Lattice(3, 4).random_occupancy(0.0, random).any()


def truth_pair_counts(simulator: ModuleType) -> None:
    """Pairs and F of lattices of any shape, against a count with slices and the paper's formula for n x n."""
    random = generator("simulator truth", "pairs")
    for rows, columns in ((1, 1), (1, 6), (6, 1), (2, 3), (7, 7), (5, 40)):
        lattice = simulator.Lattice(rows, columns)
        assert lattice.bonds == pairs_of(np.ones((rows, columns))), f"{rows}x{columns}: bonds"
        for density in (0.2, 0.7, 1.0):
            occupancy = random.random((rows, columns)) < density
            counted = simulator.count_pairs(lattice.with_border(occupancy), rows, columns)
            assert counted == pairs_of(occupancy), f"{rows}x{columns}: {counted} pairs of {pairs_of(occupancy)}"
    n, agents, pairs = 7, np.array([0, 1, 10, 49]), np.array([0, 0, 5, 84])
    expected = [np.nan, 0.0, 5 * n**4 / (2 * n * (n - 1) * 10**2), 1.0]
    np.testing.assert_allclose(simulator.pair_correlation(simulator.Lattice(n, n), agents, pairs), expected, rtol=1e-14)


TRUTHS = (
    truth_linear_birth_death,
    truth_pure_death,
    truth_discrete_heat_equation,
    truth_tiny_lattices,
    truth_well_mixed,
    truth_published_curves,
    truth_recording,
    truth_many_agents,
    truth_extinction,
    truth_still_lattices,
    truth_initial_occupancy,
    truth_pair_counts,
)
