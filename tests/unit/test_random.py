"""Seeds from canonical text, and the compiled random stream."""

import hashlib
from decimal import Decimal

import numpy as np
import pytest
from eqlearn.random import canonical, direction, generator, next_word, seed_words, to_unit
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

LEVEL = 1e-4  # chance over all seeds that a correct stream fails a test
CANONICAL = {
    0.1: "0.1",
    2.0: "2",
    100.0: "100",
    1e-5: "0.00001",
    1.25e-7: "0.000000125",
    0.30000000000000004: "0.30000000000000004",
    1e22: "10000000000000000000000",
    -3.5: "-3.5",
    0.0: "0",
}


@pytest.mark.parametrize(("value", "text"), CANONICAL.items())
def test_canonical_decimal_text(value, text):
    assert canonical(value) == canonical(np.float64(value)) == text


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_canonical_text_is_plain_and_without_loss(value):
    text = canonical(value)
    assert float(text) == value and "e" not in text.lower()
    assert "." not in text or not text.endswith(("0", "."))
    assert Decimal(text) == Decimal(repr(value))


def words(*parts: str, **named: object) -> tuple[int, ...]:
    return tuple(int(word) for word in seed_words(*parts, **named))


def test_equal_numbers_give_equal_seeds_whatever_their_type():
    assert words("a", p=2.0) == words("a", p=2) == words("a", p=np.float64(2)) == words("a", p=np.int64(2))


def test_seed_is_the_digest_of_the_documented_text():
    # as four little-endian words
    expected = hashlib.sha256(b"averages|bdm|c0=0.05|p=0.01|replicate=3").digest()
    found = seed_words("averages", "bdm", c0=0.05, p=0.01, replicate=3)
    assert found.astype("<u8").tobytes() == expected


def test_no_two_runs_of_a_study_share_a_seed_or_a_word():
    rates = [round(0.01 * k, 2) for k in range(1, 501)]
    seeds = [
        words(purpose, study, c0=c0, p=rate, replicate=replicate)
        for purpose, replicates in (("averages", 25), ("single_runs", 10), ("snapshots", 1))
        for study in ("bdm", "bdm2")
        for c0 in (0.05, 0.25)
        for rate in rates
        for replicate in range(replicates)
    ]
    assert len({word for seed in seeds for word in seed}) == 4 * len(seeds) == 4 * 36 * 2 * 2 * 500


def test_generator_repeats_and_depends_on_every_part():
    def draw(*parts: str, **named: object) -> tuple[float, ...]:
        return tuple(generator(*parts, **named).random(3))

    same = draw("averages", "bdm", c0=0.05, p=0.1)
    assert same == draw("averages", "bdm", c0=0.05, p=0.1)
    others = [draw("single_runs", "bdm", c0=0.05, p=0.1), draw("averages", "bdm", c0=0.05, p=0.2)]
    others += [draw("averages", "bdm", c0=0.25, p=0.1), draw("averages", "other", c0=0.05, p=0.1)]
    assert len({same, *others}) == 5


# The compiled stream


def stream(start: tuple[int, ...], length: int) -> np.ndarray:
    state, found = tuple(map(np.uint64, start)), []
    for _ in range(length):
        word, state = next_word(state)
        found.append(np.uint64(word))
        state = tuple(map(np.uint64, state))
    return np.array(found, np.uint64)


def test_stream_is_xoshiro256_plus():
    """Against the algorithm in Python's unbounded integers, and the first words known of the start 1, 2, 3, 4."""
    mask, state, expected = 2**64 - 1, [1, 2, 3, 4], []
    for _ in range(50):
        expected.append((state[0] + state[3]) & mask)
        shifted = state[1] << 17 & mask
        state[2] ^= state[0]
        state[3] ^= state[1]
        state[1] ^= state[2]
        state[0] ^= state[3]
        state[2] ^= shifted
        state[3] = (state[3] << 45 | state[3] >> 19) & mask
    assert expected[:4] == [5, 211106232532999, 211106635186183, 9223759065350669058]
    assert stream((1, 2, 3, 4), 50).tolist() == expected


def test_unit_numbers_lie_on_zero_to_one_and_use_53_bits():
    largest = np.uint64(2**64 - 1)
    assert to_unit(np.uint64(0)) == 0.0 and to_unit(np.uint64(1 << 11)) == 2.0**-53
    assert to_unit(largest) == 1.0 - 2.0**-53
    assert to_unit(np.uint64((1 << 11) - 1)) == 0.0


def test_direction_uses_bits_that_the_unit_number_does_not():
    assert [int(direction(np.uint64(k << 9))) for k in range(4)] == [0, 1, 2, 3]
    assert [to_unit(np.uint64(k << 9)) for k in range(4)] == [0.0] * 4


def test_units_are_uniform_and_directions_independent_of_them():
    found = stream(words("uniform"), 20_000)
    units = np.array([to_unit(word) for word in found])
    assert stats.kstest(units, "uniform").pvalue > LEVEL / 2
    directions = np.array([int(direction(word)) for word in found])
    counts = np.histogram2d(directions, units, bins=(4, 10), range=((-0.5, 3.5), (0, 1)))[0]
    assert stats.chisquare(counts.ravel()).pvalue > LEVEL / 2
