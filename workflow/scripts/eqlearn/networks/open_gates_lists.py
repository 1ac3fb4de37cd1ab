"""Which gates of a trial take part in a step, compiled: open ones that the output depends on.

They are listed as (pre-activation, row of the input, index of the gate or -1 where the weight has none); rows are
those of ``open_gates_kernel``.
"""

import numpy as np

from eqlearn.jit import njit

KINDS = {name: kind for kind, name in enumerate(("one", "identity", "square", "sine", "product"))}
ONE, IDENTITY, SQUARE, SINE, PRODUCT = KINDS.values()


@njit
def _opened(z, first, outputs, width):
    """Pre-activations of a layer that an open gate leads to."""
    opened = np.zeros(outputs, np.bool_)
    for i in range(width):
        for o in range(outputs):
            opened[o] |= z[first + i * outputs + o] != 0
    return opened


@njit
def _taking_part(needed, opened, kinds, operands, active):
    """Mark units whose value is needed and can vary; gives the pre-activations that these use."""
    used = np.zeros(len(opened), np.bool_)
    for u in range(len(kinds)):
        a, b = operands[u, 0], operands[u, 1]
        active[u] = needed[u] and kinds[u] != ONE and opened[a] and opened[b]
        if active[u]:
            used[a] = used[b] = True
    return used


@njit
def _append(z, first, used, start, width, needed, found, count):
    """Append the open gates of a layer that lead to used pre-activations, and mark the inputs that they need."""
    for o in range(len(used)):
        if used[o]:
            for i in range(width):
                gate = first + i * len(used) + o if first >= 0 else -1
                if gate < 0 or z[gate] != 0:
                    found[count, 0], found[count, 1], found[count, 2] = o, start + i, gate
                    needed[start + i] = True
                    count += 1
    return count


@njit
def listed(z, outputs, plan, active, found, ends):
    """Lists of all layers, the output's first, so that what nothing depends on is left out."""
    kinds, operands, starts, widths, gates, rows, _ = plan
    needed, used, units = np.zeros(rows, np.bool_), np.ones(1, np.bool_), len(kinds)
    for k in range(len(starts) - 1, -1, -1):
        if k < len(starts) - 1:
            own = needed[starts[k] - units : starts[k]]
            used = _taking_part(own, _opened(z, gates[k], outputs, widths[k]), kinds, operands, active[k])
        ends[k] = _append(z, gates[k], used, starts[k], widths[k], needed, found, ends[k + 1])
