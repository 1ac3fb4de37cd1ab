"""scipy's RK45 at its default tolerances for a polynomial in one state, compiled: the published forward solver.

Same initial step, step control and dense output as ``scipy.integrate.solve_ivp(method="RK45")``, so that the
published protocol is reproduced together with its solver error (relative tolerance 1e-3). Use
``eqlearn.polynomial_flow`` for anything else.
"""

import numpy as np
from scipy.integrate import RK45

from eqlearn.jit import njit

RTOL, ATOL = 1e-3, 1e-6
MAX_STEPS = 100_000  # DEVIATES: scipy has no limit, and a stiff equation then takes hours
_A, _B, _E, _P = RK45.A, RK45.B, RK45.E, RK45.P


@njit
def _rate(coefficients, state):
    value = 0.0
    for k in range(coefficients.size - 1, -1, -1):
        value = value * state + coefficients[k]
    return value


@njit
def _first_step(coefficients, initial, rate, span):
    scale = ATOL + abs(initial) * RTOL
    distance, slope = abs(initial) / scale, abs(rate) / scale
    step = 1e-6 if distance < 1e-5 or slope < 1e-5 else 0.01 * distance / slope
    step = min(step, span)
    bend = abs(_rate(coefficients, initial + step * rate) - rate) / scale / step
    second = max(1e-6, step * 1e-3) if slope <= 1e-15 and bend <= 1e-15 else (0.01 / max(slope, bend)) ** 0.2
    return min(100 * step, second, span)


@njit
def integrate(coefficients, initial, times, out):
    """Fill ``out`` (S,) with states at increasing times (S,) from times[0]; return how many samples were reached.

    coefficients (K + 1,): of dC/dt by power of C. Fewer than S samples: the step became too small, as at a blow-up.
    """
    stage = np.empty(7)
    time, end, state, sample, steps = times[0], times[-1], initial, 0, 0
    stage[0] = _rate(coefficients, initial)
    step = _first_step(coefficients, initial, stage[0], end - time)
    while time < end:
        least = 10 * abs(np.nextafter(time, np.inf) - time)
        step, rejected = max(step, least), False
        while True:
            steps += 1
            if not step >= least or steps > MAX_STEPS:
                return sample
            last = time + step > end
            new_time = end if last else time + step
            step = new_time - time
            for i in range(1, 6):
                total = 0.0
                for k in range(i):
                    total += _A[i, k] * stage[k]
                stage[i] = _rate(coefficients, state + step * total)
            total = 0.0
            for k in range(6):
                total += _B[k] * stage[k]
            new_state = state + step * total
            stage[6] = _rate(coefficients, new_state)
            error = 0.0
            for k in range(7):
                error += _E[k] * stage[k]
            error = abs(step * error) / (ATOL + max(abs(state), abs(new_state)) * RTOL)
            taken = step
            if error < 1:
                factor = 10.0 if error == 0 else min(10.0, 0.9 * error**-0.2)
                step *= min(1.0, factor) if rejected else factor
                break
            grown = 0.9 * error**-0.2
            step *= grown if grown > 0.2 else 0.2  # 0.2 where the error is NaN, too
            rejected = True
        while sample < times.size and times[sample] <= new_time:
            x = (times[sample] - time) / taken
            total = 0.0
            for j in range(3, -1, -1):
                weight = 0.0
                for k in range(7):
                    weight += stage[k] * _P[k, j]
                total = (total + weight) * x
            out[sample] = state + taken * total
            sample += 1
        time, state, stage[0] = new_time, new_state, stage[6]
    return sample


def solve(coefficients: np.ndarray, initial: float, times: np.ndarray) -> np.ndarray:
    """States (S' <= S,) at the times (S,) that were reached; see :func:`integrate`."""
    out = np.empty(times.size)
    return out[: integrate(np.asarray(coefficients, float), initial, times, out)]
