"""Fast, tight forward solves of dC/dt = a[0] + a[1]·C + a[2]·C² + ... with sensitivities.

Dormand-Prince 5(4) with step control (Hairer, Nørsett & Wanner, Solving ODEs I, II.5), compiled, one scalar state.
Use scipy.integrate for anything that is not a polynomial in one state.
"""

import numpy as np

from eqlearn.jit import njit

RTOL, ATOL = 1e-10, 1e-14  # the absolute one, as the limit, in units of the scale of the states
LIMIT = 1e3  # a state beyond LIMIT·scale has blown up; every later sample is set to +-LIMIT·scale
STEEP = 1e100  # so has a solution with a sensitivity beyond this, whose square soon overflows
MAX_STEPS = 20_000
REST = RTOL  # relative distance to a stable equilibrium, by a Newton step, at which a state has come to rest

_NODES = np.array(
    [
        [1 / 5, 0, 0, 0, 0, 0],
        [3 / 40, 9 / 40, 0, 0, 0, 0],
        [44 / 45, -56 / 15, 32 / 9, 0, 0, 0],
        [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729, 0, 0],
        [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656, 0],
        [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
    ]
)
_ERROR = np.array([71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40])


@njit
def _rate(coefficients, powers, state, out):
    """Rate of the state, and of its sensitivities to the start (1) and to the coefficients of ``powers`` (2 ...).

    Returns the derivative of the rate by the state.
    """
    value, slope = 0.0, 0.0
    for k in range(coefficients.size - 1, -1, -1):
        slope = slope * state[0] + value
        value = value * state[0] + coefficients[k]
    out[0] = value
    for j in range(1, state.size):
        out[j] = slope * state[j]
    power, reached = 1.0, 0
    for j in range(2, state.size):
        while reached < powers[j - 2]:
            power *= state[0]
            reached += 1
        out[j] += power
    return slope


@njit
def _within(state, bound):
    """Whether all sensitivities are within a bound; false where one is undefined."""
    within = True
    for j in range(1, state.size):
        within = within and abs(state[j]) < bound
    return within


@njit
def integrate(coefficients, powers, initial, times, out, scale=1.0):
    """Fill ``out`` (S, m) with the state (column 0) and m - 1 sensitivities; return the number of good samples.

    ``times`` (S,) increase, the solution starts at times[0]. m = 1 solves for the state alone, m = 2 + len(powers)
    adds the sensitivity to the start and to the coefficient of every power (increasing).
    Step control looks at the state only. Without sensitivities, a state that has come to rest is not solved further.
    ``scale``: size of the states, such as the largest observed one. Samples after a blow-up hold +-LIMIT·scale and
    sensitivity zero.
    """
    size = out.shape[1]
    state, trial = np.zeros(size), np.empty(size)
    stage = np.empty((7, size))
    state[0] = initial
    if size > 1:
        state[1] = 1.0
    out[0] = state
    time, step, steps = times[0], (times[-1] - times[0]) / (4 * times.size), 0
    least, limit = ATOL * scale, LIMIT * scale
    slope = _rate(coefficients, powers, state, stage[0])
    for sample in range(1, times.size):
        while True:
            if steps > MAX_STEPS or not abs(state[0]) < limit or not _within(state, STEEP):
                out[sample:, :] = 0.0
                out[sample:, 0] = limit if state[0] > 0 else -limit
                return sample
            if time >= times[sample]:
                break
            steps += 1
            left = times[sample] - time
            last = step >= left * (1 - 1e-12)
            h = left if last else step
            for i in range(6):
                for j in range(size):
                    total = 0.0
                    for k in range(i + 1):
                        total += _NODES[i, k] * stage[k, j]
                    trial[j] = state[j] + h * total
                slope = _rate(coefficients, powers, trial, stage[i + 1])
            error = 0.0
            for k in range(7):
                error += _ERROR[k] * stage[k, 0]
            ratio = abs(h * error) / (least + RTOL * max(abs(state[0]), abs(trial[0])))
            if ratio <= 1.0:
                time = times[sample] if last else time + h
                state[:] = trial
                stage[0] = stage[6]
                if size == 1 and slope < 0 and abs(stage[0, 0]) <= REST * abs(slope * state[0]):
                    out[sample:, 0] = state[0] - stage[0, 0] / slope
                    return times.size
            factor = 0.9 * ratio ** (-0.2) if ratio > 1e-10 else 5.0
            if not (last and ratio <= 1.0 and h < 0.2 * step):
                step = h * min(5.0, max(0.2, factor)) if ratio == ratio else 0.2 * h
        out[sample] = state
    return times.size


_NO_POWERS = np.empty(0, np.int64)


def solve(coefficients: np.ndarray, initial: float, times: np.ndarray, scale: float = 1.0) -> np.ndarray:
    """States (S,) at increasing times (S,); +-LIMIT·scale after a blow-up. coefficients (K + 1,) by power of the state;
    ``scale``: size of the states."""
    out = np.empty((times.size, 1))
    integrate(coefficients, _NO_POWERS, initial, times, out, scale)
    return out[:, 0]


def solve_with_sensitivities(
    coefficients: np.ndarray, powers: np.ndarray, initial: float, times: np.ndarray, scale: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """States (S,) and their derivatives (S, 1 + len(powers)) by the initial state and the coefficients of powers."""
    out = np.empty((times.size, 2 + powers.size))
    integrate(coefficients, powers, initial, times, out, scale)
    return out[:, 0], out[:, 1:]
