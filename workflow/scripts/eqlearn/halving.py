"""How far derivatives of a field are off: what leaving out every second point or time changes (Richardson 1911).

For a method of order p it is 2^p - 1 times the error, so an upper estimate; noise counts as well.
"""

from collections.abc import Mapping

import numpy as np

from eqlearn.errors import InputError
from eqlearn.fields import STATES, Field, space_derivatives, time_derivative


def squared_errors(field: Field, methods: Mapping[str, str], highest: int) -> dict[str, float]:
    """Mean squared changes of u, u_x, ... up to order ``highest``, and of u_t, by name; ``methods`` by 'space' and
    'time'. Empty for an odd number of points, half of which is no period, or where half of the grid is too coarse."""
    if field.x.size % 2:
        return {}
    try:
        sparse, seldom = Field(field.x[::2], field.t, field.u[:, ::2]), Field(field.x, field.t[::2], field.u[::2])
        half = space_derivatives(sparse, methods["space"], highest), time_derivative(seldom, methods["time"])
    except InputError:
        return {}
    whole = space_derivatives(field, methods["space"], highest), time_derivative(field, methods["time"])
    slopes, rate = half[0] - whole[0][:, ::2], half[1] - whole[1][::2]
    in_space = dict(zip(STATES, np.mean(slopes**2, (0, 1)).tolist()))
    return {**in_space, "u_t": float(np.mean(rate**2))}
