"""What figures write on their axes: names, symbols and units of a study's quantities."""

import re

OWN_LABELS = {
    "parameter": "proliferation rate $r_p$ (1/time)",
    "symbol": "$r_p$",
    "state": "density C (agents/site)",
    "state_symbol": "$C$",
    "error": "mean squared error of C\n(agents²/site²)",
    "coefficient": r"coefficient in $dC/d(r_p t)$ (1)",
    "short_coefficient": "coefficient (1)",
    "horizontal": "scaled_time",
    "horizontal_label": r"scaled time $t\,(r_p - r_d)$ (1)",
}


def own_labels(scaled: bool) -> dict[str, str]:
    """The same; where time is not ``scaled``, coefficients are those of the plain rate."""
    plain = {"coefficient": "coefficient in $dC/dt$ (1/time)", "short_coefficient": "coefficient (1/time)"}
    return OWN_LABELS if scaled else {**OWN_LABELS, **plain}


def labels_of(quantities: dict[str, dict[str, str]], scaled: bool = False) -> dict[str, str]:
    """The same for the quantities of a user's table; its curves are drawn over time itself."""
    parameter, state, time = (quantities[role] for role in ("parameter", "state", "time"))
    variable, name = _symbol(parameter["name"]), _symbol(state["name"])
    derivative = f"d{name}" if name.startswith("$") else f"d {name}"
    unit_of_time = "units of the table" if time["unit"] == "time" else _plain(time["unit"])
    over = f"d({variable}·t)" if scaled else "dt"
    squared = "(1)" if state["unit"] == "1" else f"({_plain(state['unit'])})²"
    return {
        "parameter": f"{variable} ({_plain(parameter['unit'])})",
        "symbol": variable,
        "state": f"{name} ({_plain(state['unit'])})",
        "state_symbol": name,
        "error": f"mean squared error\nof {name} {squared}",
        "coefficient": f"coefficient in {derivative}/{over}\n(units of the table)",
        "short_coefficient": "coefficient\n(units of the table)",
        "horizontal": "time",
        "horizontal_label": f"time ({unit_of_time})",
    }


def _symbol(name: str) -> str:
    """A letter, or a letter with a short index, in italics; anything else as it is."""
    found = re.fullmatch(r"([A-Za-z])(?:_([A-Za-z0-9]{1,3}))?", name)
    if not found:
        return _plain(name)
    return f"${found[1]}$" if found[2] is None else f"${found[1]}_{{{found[2]}}}$"


def _plain(text: str) -> str:
    return text.replace("$", r"\$")
