"""Loss and gradient by open gates, compiled. A row of ``h`` is a unit or feature: those of later layers come first."""

import numpy as np

from eqlearn.jit import njit, njit_sums
from eqlearn.networks.open_gates_lists import IDENTITY, ONE, PRODUCT, SINE, SQUARE, listed


@njit
def _clear(x):
    """Zeros everywhere; loops compile sooner than slices."""
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            x[i, j] = 0


@njit
def _copy(x, y):
    """Numbers of x in y."""
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            y[i, j] = x[i, j]


@njit
def _constants(h, kinds, rows):
    """Rows of units as they are where no gate leads to them."""
    for row in range(rows):
        for s in range(h.shape[1]):
            h[row, s] = 1 if kinds[row % len(kinds)] == ONE else 0


@njit_sums
def _forward(w, z, found, h, g, start):
    """Pre-activations of a layer."""
    _clear(g)
    samples = h.shape[1]
    for e in range(len(found)):
        o, row, gate = found[e, 0], found[e, 1], found[e, 2]
        factor = w[o, row - start]
        if gate >= 0:
            factor *= z[gate]
        for s in range(samples):
            g[o, s] += factor * h[row, s]


@njit_sums
def _backward(w, z, found, h, dg, start, dw, dz, dh):
    """Add gradients by a layer's weights, gates and inputs."""
    samples = h.shape[1]
    for e in range(len(found)):
        o, row, gate = found[e, 0], found[e, 1], found[e, 2]
        slope, factor = h.dtype.type(0), w[o, row - start]
        for s in range(samples):
            slope += dg[o, s] * h[row, s]
        if gate >= 0:
            dz[gate] += slope * factor
            factor *= z[gate]
            slope *= z[gate]
        dw[o, row - start] += slope
        for s in range(samples):
            dh[row, s] += factor * dg[o, s]


@njit_sums
def _values(values, slopes, g, kinds, operands, active, scales):
    """Values of the units of a layer that take part, and their slopes by the pre-activations."""
    sine, product = scales
    samples = g.shape[1]
    for u in range(len(kinds)):
        a, b = operands[u, 0], operands[u, 1]
        if not active[u]:
            continue
        if kinds[u] == IDENTITY:
            for s in range(samples):
                values[u, s], slopes[u, 0, s] = g[a, s], 1
        elif kinds[u] == SQUARE:
            for s in range(samples):
                values[u, s], slopes[u, 0, s] = g[a, s] * g[a, s], g[a, s] + g[a, s]
        elif kinds[u] == SINE:
            for s in range(samples):
                values[u, s], slopes[u, 0, s] = np.sin(sine * g[a, s]), sine * np.cos(sine * g[a, s])
        else:
            for s in range(samples):
                values[u, s] = product * g[a, s] * g[b, s]
                slopes[u, 0, s], slopes[u, 1, s] = product * g[b, s], product * g[a, s]


@njit_sums
def _chained(dg, dvalues, slopes, kinds, operands, active):
    """Gradients by the pre-activations of a layer from those by its units."""
    samples = dg.shape[1]
    for u in range(len(kinds)):
        if active[u]:
            for side in range(2 if kinds[u] == PRODUCT else 1):
                for s in range(samples):
                    dg[operands[u, side], s] = dvalues[u, s] * slopes[u, side, s]


@njit
def _residual(g, target, numbers, d):
    """Sum of squared residuals over ``numbers``, and in ``d`` its gradient by the output."""
    total = 0.0
    for s in range(len(target)):
        d[s] = g[s] - target[s]
        total += d[s] * d[s] / numbers
        d[s] *= 2 / numbers
    return total


@njit
def _predict(t, p, weights, z, plan, lists, h, g, slopes):
    """The output at the samples of one parameter value, in the first row of g."""
    kinds, operands, starts, _, _, _, scales = plan
    found, ends, active = lists
    for k in range(len(starts)):
        own = weights[k]
        _forward(own[t, p % own.shape[1]], z, found[ends[k + 1] : ends[k]], h, g, starts[k])
        if k < len(starts) - 1:
            _values(h[starts[k + 1] : starts[k]], slopes[k], g, kinds, operands, active[k], scales)


@njit
def _differentiate(t, p, weights, z, plan, lists, h, slopes, dh, dg, d_weights, dz):
    """Gradients, from that by the output in the first row of dg."""
    kinds, operands, starts, _, _, _, _ = plan
    found, ends, active = lists
    _clear(dh)
    for k in range(len(starts) - 1, -1, -1):
        own, d_own = weights[k], d_weights[k]
        dw = d_own[t, p % own.shape[1]]
        if p < own.shape[1]:
            _clear(dw)
        if k < len(starts) - 1:
            _chained(dg, dh[starts[k + 1] : starts[k]], slopes[k], kinds, operands, active[k])
        _backward(own[t, p % own.shape[1]], z, found[ends[k + 1] : ends[k]], h, dg, starts[k], dw, dz, dh)


@njit
def differentiated(weights, z, features, target, plan, d_weights, d_z, d_features):
    """Mean squared error (T,) of every trial; its gradients are written to ``d_weights``, ``d_z`` and ``d_features``.

    ``weights``: per layer (T, B or 1, outputs, inputs); ``z`` (T, gates); ``features`` (T or 1, B, F, S); ``target``
    (T or 1, B, S); ``plan``: as ``plan_of`` gives it; ``d_features`` is empty where its gradient is not wanted.
    """
    kinds, _, starts, widths, _, rows, _ = plan
    trials, layers, units, outputs = len(z), len(starts) - 1, len(kinds), weights[0].shape[2]
    batch, samples = target.shape[1:]
    h, dh = np.zeros((rows, samples), target.dtype), np.zeros((rows, samples), target.dtype)
    g, dg = np.zeros((outputs, samples), target.dtype), np.zeros((outputs, samples), target.dtype)
    slopes = np.zeros((layers, units, 2, samples), target.dtype)
    active, ends = np.zeros((layers, units), np.bool_), np.zeros(layers + 2, np.int64)
    found = np.zeros((outputs * widths.sum(), 3), np.int64)
    lists, errors = (found, ends, active), np.zeros(trials)
    _clear(d_z)
    for t in range(trials):
        listed(z[t], outputs, plan, active, found, ends)
        _constants(h, kinds, starts[0])
        for p in range(batch):
            _copy(features[t % len(features), p], h[starts[0] :])
            _predict(t, p, weights, z[t], plan, lists, h, g, slopes)
            errors[t] += _residual(g[0], target[t % len(target), p], batch * samples, dg[0])
            _differentiate(t, p, weights, z[t], plan, lists, h, slopes, dh, dg, d_weights, d_z[t])
            if len(d_features) > 0:
                _copy(dh[starts[0] :], d_features[t, p])
    return errors
