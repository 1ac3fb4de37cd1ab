"""Birth-death-migration model on a lattice: exact kinetic Monte Carlo (paper A, Section 2.1).

At most one agent per site. Every agent migrates, proliferates and dies at constant rates, so all agents have
the same total rate and one event costs O(1): draw the waiting time, the agent, the event, the direction.
Migration and birth pick one of four neighbours; an occupied target or the lattice's edge aborts the event
(its time has passed all the same).
"""

from dataclasses import dataclass

import numpy as np

from eqlearn.errors import InputError
from eqlearn.jit import njit
from eqlearn.random import direction, next_word, to_unit

_LOW_HALF = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
BLOCK = 256  # most events whose waiting times are summed; the product of their uniform numbers must not underflow
MAX_AGENTS = 1_000_000  # without exclusion; a run ends with an error beyond


@dataclass(frozen=True)
class Rates:
    """Rates per agent and unit time."""

    migration: float
    proliferation: float
    death: float


@njit
def _below(bound, stream):
    """Uniform integer in [0, bound), bound < 2**32, without bias (Lemire 2019, ACM TOMACS 29)."""
    width = np.uint64(bound)
    word, stream = next_word(stream)
    product = (word >> _HALF) * width
    if product & _LOW_HALF < width:
        threshold = (np.uint64(0x100000000) - width) % width
        while product & _LOW_HALF < threshold:
            word, stream = next_word(stream)
            product = (word >> _HALF) * width
    return np.int64(product >> _HALF), stream


@njit
def count_pairs(sites, rows, columns):
    """Number of occupied nearest-neighbour pairs; ``sites`` is the lattice with a border, flattened.

    Written so that the compiler vectorises it: it runs a hundred times a simulation.
    """
    width, pairs = columns + 2, 0
    for row in range(1, rows + 1):
        here = sites[row * width + 1 : row * width + 1 + columns]
        right = sites[row * width + 2 : row * width + 2 + columns]
        below = sites[(row + 1) * width + 1 : (row + 1) * width + 1 + columns]
        in_row = np.int32(0)
        for k in range(columns - 1):
            in_row += np.int32((here[k] != 0) & (right[k] != 0))
        if row < rows:
            for k in range(columns):
                in_row += np.int32((here[k] != 0) & (below[k] != 0))
        pairs += in_row
    return pairs


@njit
def _record(index, n_agents, sites, rows, columns, agents, pairs, snapshots):
    agents[index] = n_agents
    pairs[index] = count_pairs(sites, rows, columns)
    if snapshots.shape[0] > 0:
        for row in range(rows):
            start = (row + 1) * (columns + 2) + 1
            for column in range(columns):
                snapshots[index, row, column] = sites[start + column]


@njit
def _waited(survival, fewest, most, start):
    """Sum of a block's waiting times, in mean ones of one agent; clears ``survival`` for the next block.

    survival (2·BLOCK + 1,): product of the uniform numbers drawn at start + k - BLOCK agents; 1 outside the range.
    A waiting time is -log(uniform)/agents, and one logarithm serves all that were drawn at one number of agents.
    """
    total = 0.0
    for k in range(fewest, most + 1):
        total -= np.log(survival[k]) / (start + k - BLOCK)
        survival[k] = 1.0
    return total


@njit
def run(sites, rows, columns, migration, proliferation, death, times, seed, exclusion, agents, pairs, snapshots):
    """Simulate one realisation; return the number of attempted events.

    ``sites``: occupancy with a border of width one, flattened, (rows + 2)·(columns + 2); the border is marked
    occupied, so that an edge aborts an event as an occupied site does. Changed in place.
    ``times``: increasing; the state valid at each is written to ``agents`` and ``pairs`` (len(times)), and the
    lattice to ``snapshots`` (len(times), rows, columns) unless its first length is 0.
    ``exclusion=False`` lets sites hold any number of agents and blocks nothing, at edges neither (the move or
    the daughter stays on the site): total numbers then follow a linear birth-death process exactly.
    """
    width = columns + 2
    capacity = sites.size if exclusion else MAX_AGENTS
    stream = (seed[0], seed[1], seed[2], seed[3])
    where = np.empty(capacity, np.int32)
    n_agents = 0
    for row in range(1, rows + 1):
        for site in range(row * width + 1, row * width + 1 + columns):
            for _ in range(sites[site]):
                where[n_agents] = site
                n_agents += 1
    per_agent = migration + proliferation + death
    birth_above = migration / per_agent if per_agent > 0 else 0.0
    death_above = (migration + proliferation) / per_agent if per_agent > 0 else 0.0
    step = np.array([-width, -1, 1, width])
    time, attempted, recorded = 0.0, 0, 0
    survival, together, bound = np.ones(2 * BLOCK + 1), 1.0, 1.0
    start, fewest, most, events = n_agents, BLOCK, BLOCK, 0
    while n_agents > 0 and per_agent > 0:
        word, stream = next_word(stream)
        uniform, k = 1.0 - to_unit(word), n_agents - start + BLOCK
        survival[k] *= uniform
        together *= uniform
        fewest, most, events = min(fewest, k), max(most, k), events + 1
        if together <= bound or events == BLOCK:
            time += _waited(survival, fewest, most, start) / per_agent
            while recorded < times.size and times[recorded] < time:
                _record(recorded, n_agents, sites, rows, columns, agents, pairs, snapshots)
                recorded += 1
            if recorded == times.size:
                return attempted
            start, fewest, most, events, together = n_agents, BLOCK, BLOCK, 0, 1.0
            # Agents of the next block are more than start - BLOCK, so that it ends before the next recording time
            # as long as ``together`` is above this; for few agents every event is a block.
            bound = np.exp((time - times[recorded]) * per_agent * max(start - BLOCK, 0))
        if n_agents == capacity:
            raise ValueError("more agents than the list can hold")
        attempted += 1
        chosen, stream = _below(n_agents, stream)
        word, stream = next_word(stream)
        event = to_unit(word)
        site = where[chosen]
        if event >= death_above:
            n_agents -= 1
            where[chosen] = where[n_agents]
            sites[site] -= 1
            continue
        target = site + step[direction(word)]
        if not exclusion:
            row, column = target // width, target % width
            if row == 0 or row > rows or column == 0 or column > columns:
                target = site
        # Without branches from here on: what an event meets cannot be predicted, and a wrong guess costs more.
        free = (not exclusion) | (sites[target] == 0)
        moves = free & (event < birth_above)
        breeds = free & (event >= birth_above)
        where[n_agents] = target
        where[chosen] = target if moves else site
        sites[site] -= moves
        sites[target] += free
        n_agents += np.int64(breeds)
    while recorded < times.size:
        _record(recorded, n_agents, sites, rows, columns, agents, pairs, snapshots)
        recorded += 1
    return attempted


@dataclass(frozen=True)
class Lattice:
    """Rows and columns of sites, no-flux edges."""

    rows: int
    columns: int

    @property
    def sites(self) -> int:
        """Number of sites."""
        return self.rows * self.columns

    @property
    def bonds(self) -> int:
        """Number of nearest-neighbour pairs of sites."""
        return self.rows * (self.columns - 1) + self.columns * (self.rows - 1)

    def with_border(self, occupancy: np.ndarray, dtype: type = np.uint8) -> np.ndarray:
        """Occupancy (rows, columns) as the kernel wants it: flattened, with an occupied border."""
        sites = np.ones((self.rows + 2, self.columns + 2), dtype)
        sites[1:-1, 1:-1] = occupancy
        return sites.ravel()

    def random_occupancy(self, density: float, generator: np.random.Generator) -> np.ndarray:
        """Each site occupied independently with probability ``density``; drawn again only if empty."""
        while True:
            occupancy = generator.random((self.rows, self.columns)) < density
            if occupancy.any() or density == 0:
                return occupancy


@dataclass(frozen=True)
class Recording:
    """agents (S,) and occupied pairs (S,) at the recording times; snapshots (S, rows, columns) or empty."""

    agents: np.ndarray
    pairs: np.ndarray
    snapshots: np.ndarray
    attempted: int


def simulate(
    lattice: Lattice,
    rates: Rates,
    occupancy: np.ndarray,
    times: np.ndarray,
    generator: np.random.Generator,
    *,
    exclusion: bool = True,
    snapshots: bool = False,
) -> Recording:
    """One realisation from ``occupancy`` (rows, columns), recorded at increasing ``times`` (S,) from 0 on.

    After extinction the counts are 0. ``exclusion=False``: see :func:`run`; occupancy then counts agents.
    Raises InputError for times that do not increase from 0 on, and for more than MAX_AGENTS agents.
    """
    times = np.ascontiguousarray(times, float)
    if times.size == 0 or times[0] < 0 or (np.diff(times) <= 0).any():
        raise InputError("simulation: recording times must increase from 0 on.")
    if not exclusion and occupancy.sum() > MAX_AGENTS:
        raise InputError(f"simulation: starts with {occupancy.sum()} agents, at most {MAX_AGENTS} are allowed.")
    dtype = np.uint8 if exclusion else np.int32
    sites = lattice.with_border(occupancy, dtype)
    agents, pairs = np.zeros(times.size, np.int32), np.zeros(times.size, np.int32)
    frames = np.zeros((times.size if snapshots else 0, lattice.rows, lattice.columns), dtype)
    seed = generator.integers(0, 2**64, 4, dtype=np.uint64)
    size, speeds = (lattice.rows, lattice.columns), (rates.migration, rates.proliferation, rates.death)
    attempted = run(sites, *size, *map(float, speeds), times, seed, exclusion, agents, pairs, frames)
    return Recording(agents, pairs, frames, attempted)


def pair_correlation(lattice: Lattice, agents: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Nearest-neighbour pair correlation F of counts of any shape, 1 for random placement, NaN without agents.

    F = pairs·sites²/(bonds·agents²) (paper A, Eq. for F, written for any rectangle).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = pairs.astype(float) * lattice.sites**2 / (lattice.bonds * agents.astype(float) ** 2)
    return np.where(agents > 0, correlation, np.nan)
