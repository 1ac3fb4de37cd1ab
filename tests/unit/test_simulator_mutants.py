"""The truths notice broken simulators: textual changes of the shipped source, run through the same functions.

A mutant is compiled without cache, and with bounds checks, so that no stray index can harm the test process.
The truths *meant* to catch it must fail on it; the printed table says what every truth makes of every mutant.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from eqlearn.datasets import birth_death_migration
from unit import simulator_truths as truths
from unit.mutation import CACHED, executed

SOURCE = Path(birth_death_migration.__file__).read_text()
TWO_TYPES, ONE_TYPE = "np.uint8 if exclusion else np.int32", "np.int32"  # half the time to compile

EDGE_WITHOUT_EXCLUSION = """\
        if not exclusion:
            row, column = target // width, target % width
            if row == 0 or row > rows or column == 0 or column > columns:
                target = site
"""
EDGE = """\
        row, column = target // width, target % width
        if row == 0 or row > rows or column == 0 or column > columns:
"""
WRAP = "            target = (row - 1) % rows * width + (column - 1) % columns + width + 1 if exclusion else site\n"
REFLECT = "            target = 2 * site - target if exclusion else site\n"
LEAVE = """\
            if exclusion:
                n_agents -= 1
                where[chosen] = where[n_agents]
                sites[site] -= 1
                continue
            target = site
"""
DIRECTION = "target = site + step[direction(word)]\n"
ANOTHER_TRY = """\
        for _ in range(8):
            if exclusion and sites[target] != 0:
                word, stream = next_word(stream)
                target = site + step[direction(word)]
"""
FREE = "free = (not exclusion) | (sites[target] == 0)\n"
BIRTH_INSIDE = "((event >= birth_above) & (0 < target // width <= rows) & (0 < target % width <= columns))\n"
RECORD = """\
            while recorded < times.size and times[recorded] < time:
                _record(recorded, n_agents, sites, rows, columns, agents, pairs, snapshots)
                recorded += 1
"""
WAIT = "            time += _waited(survival, fewest, most, start) / per_agent\n"
BERNOULLI = "generator.random((self.rows, self.columns)) < density\n"
FIXED_NUMBER = """\
generator.permutation(self.sites).reshape(self.rows, self.columns) < max(
                round(density * self.sites), density > 0
            )
"""


@dataclass(frozen=True)
class Mutant:
    """``pattern``, which the source holds exactly once, becomes ``replacement``."""

    pattern: str
    replacement: str
    meant: tuple[Callable, ...]

    def source(self) -> str:
        assert SOURCE.count(self.pattern) == 1, f"found {SOURCE.count(self.pattern)} times: {self.pattern}"
        return SOURCE.replace(self.pattern, self.replacement)


LINEAR, DEATH, HEAT = truths.truth_linear_birth_death, truths.truth_pure_death, truths.truth_discrete_heat_equation
TINY, MIXED, RECORDING = truths.truth_tiny_lattices, truths.truth_well_mixed, truths.truth_recording
PUBLISHED, STILL, START = truths.truth_published_curves, truths.truth_still_lattices, truths.truth_initial_occupancy
EXTINCTION, PAIRS, MANY = truths.truth_extinction, truths.truth_pair_counts, truths.truth_many_agents

MUTANTS = {
    "edges wrap around": Mutant(EDGE_WITHOUT_EXCLUSION, EDGE + WRAP, (HEAT, TINY, MIXED)),
    "edges reflect": Mutant(EDGE_WITHOUT_EXCLUSION, EDGE + REFLECT, (HEAT, TINY, MIXED)),
    "agents leave at edges": Mutant(EDGE_WITHOUT_EXCLUSION, EDGE + LEAVE, (DEATH, HEAT, TINY, MIXED, STILL)),
    "edges block without exclusion": Mutant("                target = site\n", "                continue\n", (LINEAR,)),
    "no step down": Mutant("[-width, -1, 1, width]", "[-width, -1, 1, 1]", (HEAT, TINY)),
    "direction tied to the event": Mutant("step[direction(word)]", "step[word >> np.uint64(62)]", (TINY,)),
    "migration and birth swapped": Mutant(
        "birth_above = migration", "birth_above = proliferation", (LINEAR, DEATH, TINY, MIXED, PUBLISHED)
    ),
    "birth and death swapped": Mutant(
        "(migration + proliferation) /", "(migration + death) /", (LINEAR, DEATH, TINY, MIXED, PUBLISHED)
    ),
    "birth on an occupied site": Mutant(FREE, f"{FREE.strip()} | {BIRTH_INSIDE}", (TINY, MIXED, STILL)),
    "a blocked agent tries again": Mutant(DIRECTION, DIRECTION + ANOTHER_TRY, (HEAT, TINY, MIXED, PUBLISHED)),
    "migration leaves a copy": Mutant("        sites[site] -= moves\n", "", (HEAT, TINY, MIXED, PUBLISHED)),
    "migration forgets the agent": Mutant("target if moves else site", "site", (HEAT, TINY)),
    "death leaves the site occupied": Mutant("            sites[site] -= 1\n", "", (TINY, MIXED, RECORDING)),
    "death removes another agent": Mutant("            where[chosen] = where[n_agents]\n", "", (TINY, MIXED)),
    "waiting time of one agent": Mutant(" / (start + k - BLOCK)", "", (LINEAR, DEATH, HEAT, TINY, MIXED)),
    "waiting time without migration": Mutant(
        "start) / per_agent", "start) / (proliferation + death)", (LINEAR, DEATH, HEAT, TINY, PUBLISHED)
    ),
    "waiting times at the number that a block starts from": Mutant(" / (start + k - BLOCK)", " / start", (MANY,)),
    "a block has no end": Mutant(" or events == BLOCK", "", (MANY,)),
    "a block goes past a recording time": Mutant("max(start - BLOCK, 0)", "start * (start > BLOCK)", (MANY,)),
    "waiting times are kept for the next block": Mutant("        survival[k] = 1.0\n", "", (LINEAR, DEATH, HEAT, TINY)),
    "recorded after the event": Mutant(WAIT + RECORD, RECORD + WAIT, (LINEAR, DEATH, HEAT, TINY, RECORDING)),
    "one record a gap": Mutant(RECORD, RECORD.replace("while", "if"), (TINY, RECORDING)),
    "pairs of the last rows missed": Mutant("if row < rows:", "if row < rows - 1:", (TINY, RECORDING, PAIRS)),
    "F is 0 after extinction": Mutant("correlation, np.nan)", "correlation, 0.0)", (EXTINCTION, PAIRS)),
    "fixed number at the start": Mutant(BERNOULLI, FIXED_NUMBER, (START,)),
}
UNMUTATED = "none"


def compiled(source: str, name: str) -> ModuleType:
    """Module of a source text, with one type of sites."""
    assert len(CACHED.findall(source)) == source.count(TWO_TYPES) == 1
    return executed(source.replace(TWO_TYPES, ONE_TYPE), name)


def verdict(truth: Callable, simulator: ModuleType) -> str:
    """'passes', 'caught' (the law is violated), 'stops' (the simulator's own error) or 'not run' (skipped)."""
    try:
        truth(simulator)
    except AssertionError:
        return "caught"
    except pytest.skip.Exception:
        return "not run"
    except (ValueError, IndexError):
        return "stops"
    return "passes"


@pytest.fixture(scope="module")
def table() -> dict[str, dict[Callable, str]]:
    """What every truth makes of the unchanged source and of every mutant."""
    sources = {UNMUTATED: SOURCE} | {name: mutant.source() for name, mutant in MUTANTS.items()}
    modules = {name: compiled(source, f"simulator, mutant {name}") for name, source in sources.items()}
    return {name: {truth: verdict(truth, module) for truth in truths.TRUTHS} for name, module in modules.items()}


def as_markdown(table: dict[str, dict[Callable, str]]) -> str:
    """Mutants as rows, truths as columns, meant catches in bold."""
    titles = [truth.__name__.removeprefix("truth_").replace("_", " ") for truth in truths.TRUTHS]
    lines = [["mutant", *titles], ["---"] * (1 + len(titles))]
    for name, row in table.items():
        meant = MUTANTS[name].meant if name in MUTANTS else ()
        lines.append([name, *(f"**{text}**" if truth in meant else text for truth, text in row.items())])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def test_print_the_table(table, capsys):
    with capsys.disabled():
        print("", "What each truth makes of each mutant; bold: meant to catch it.", "", as_markdown(table), sep="\n")


def test_unmutated_source_passes_every_truth(table):
    assert set(table[UNMUTATED].values()) <= {"passes", "not run"}


@pytest.mark.parametrize("name", MUTANTS)
def test_meant_truths_catch(table, name):
    assert "passes" not in {truth.__name__: table[name][truth] for truth in MUTANTS[name].meant}.values()


def test_every_truth_catches_a_mutant(table):
    verdicts = {truth.__name__: {table[name][truth] for name in MUTANTS} for truth in truths.TRUTHS}
    assert [name for name, seen in verdicts.items() if not seen & {"caught", "not run"}] == []
