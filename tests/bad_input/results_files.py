"""Faults in files of a run: contents of an equation, texts of a table, edits of a dataset."""

import json

import h5py
import numpy as np
from unit.test_equation import coefficient, content

NAN = float("nan")
EQUATIONS = [
    (content(colour="red"), "key 'colour' is unknown"),
    (content(status=content), "key 'status' is missing"),
    (content(target=content), "key 'target' is missing"),
    (content(features=content), "key 'features' is missing"),
    (content(parameter=content), "key 'parameter' is missing"),
    (content(template=content), "needs a template"),
    (content(coefficients=content), "disagree about c"),
    (content(status=1), "status is a int, must be a str"),
    (content(template=["c*x"]), "template is a list, must be a str"),
    (content(template=None), "template is a NoneType, must be a str"),
    (content(features="x"), "features is a str, must be a list"),
    (content(features=[1]), "name 1 is reserved"),
    (content(features=[None]), "name None is reserved"),
    (content(features=["x", "x"]), "name 'x' is reserved, repeated"),
    (content(parameter=1), "parameter is a int, must be a str"),
    (content(target=True), "target is a bool, must be a str"),
    (content(coefficients=[]), "coefficients is a list, must be a dict"),
    (content(provenance="me"), "provenance is a str, must be a dict"),
    (content(valid_range=1.0), "valid_range is a float, must be a list"),
    (content(valid_range=[1.0]), "valid_range must hold 2 finite numbers"),
    (content(valid_range=[1.0, "2"]), "valid_range must hold 2 finite numbers"),
    (content(valid_range=[2.0, 1.0]), "must be (lowest, highest)"),
    (content(status="done"), "status is 'done'"),
    (content(template="c*z"), "disagree about z"),
    (content(template="c*x; x"), "cannot be read"),
    (content(template="__import__('os')"), "Call is not allowed"),
    (content(coefficients={"c": 1.0}), "coefficient c: needs a kind"),
    (content(coefficients={"c": None}), "coefficient c: needs a kind"),
    (content(coefficients={"c": {"value": 1.0}}), "coefficient c: needs a kind"),
    (content(coefficients={"c": {"kind": "spline"}}), "one of constant, polynomial, samples"),
    (content(coefficients={"c": {"kind": ["constant"]}}), "one of constant, polynomial, samples"),
    (coefficient("constant", value=content), "a constant has the keys value, standard_error"),
    (coefficient("constant", values=[1.0]), "a constant has the keys value"),
    (coefficient("constant", value=[1.0]), "coefficient c: value must hold some finite numbers"),
    (coefficient("constant", value="1"), "coefficient c: value must"),
    (coefficient("constant", value=True), "coefficient c: value must"),
    (coefficient("constant", value=None), "coefficient c: value must"),
    (coefficient("constant", value=10**400), "coefficient c: value must"),
    (coefficient("constant", standard_error="small"), "coefficient c: standard_error must"),
    (coefficient("polynomial", values=1.0), "coefficient c: values must"),
    (coefficient("polynomial", values=[]), "coefficient c: values must"),
    (coefficient("polynomial", values=[[1.0]]), "coefficient c: values must"),
    (coefficient("polynomial", values={"0": 1.0}), "coefficient c: values must"),
    (coefficient("polynomial", variable="p**2"), "variable is 'p**2', must be one of p, sqrt(p), log(p)"),
    (coefficient("polynomial", variable=["p"]), "variable is ['p'], must be one of"),
    (coefficient("polynomial", domain=[1.0, 0.5]), "domain must be (lowest, highest)"),
    (coefficient("polynomial", domain=[1.0]), "domain must be (lowest, highest)"),
    (coefficient("polynomial", domain=[0.0, 1.0], variable="log(p)"), "and log(p) finite on it"),
    (coefficient("polynomial", domain=[-1.0, 1.0], variable="sqrt(p)"), "and sqrt(p) finite on it"),
    (coefficient("polynomial", standard_error=[0.1]), "standard_error must be as long as values, 2"),
    (coefficient("samples", grid=content), "a samples has the keys grid, values"),
    (coefficient("samples", grid=0.5), "coefficient c: grid must hold"),
    (coefficient("samples", grid=[1.0, 0.5]), "grid must increase"),
    (coefficient("samples", grid=[0.5, 0.5]), "grid must increase"),
    (coefficient("samples", grid=[0.0, 1.0], variable="log(p)"), "log(p) be finite on it"),
    (coefficient("samples", grid=[0.5]), "grid has 1 numbers, must be as long as values, 2"),
    (coefficient("samples", standard_error=[0.1]), "standard_error must be as long as values, 2"),
    (coefficient("samples", interpolation="cubic"), "must be one of linear, pchip"),
]
_GOOD = json.dumps(content())
TEXTS = {
    "a number of 5000 digits": (
        _GOOD.replace("{", '{"n": ' + "9" * 5000 + ",", 1),
        "a number has 5000 digits, at most 1000",
    ),
    "nested 100000 deep": ('{"n": ' + "[" * 100_000, "cannot be read as JSON"),
    "a repeated key": (_GOOD.replace("{", '{"status": "read",', 1), "the key 'status' is repeated"),
    "a tab in a text": (_GOOD.replace("read", "re\tad", 1), "Invalid control character"),
    "half a character": (_GOOD.replace("{", '{"n": "\\ud800",', 1), "half a character"),
    "another letter for micro": (json.dumps(content(features=["µ"])), "write it as 'μ'"),
    "a long name": (json.dumps(content(features=["x" * 101])), "is reserved, repeated or no identifier"),
    "a line break in the target": (json.dumps(content(target="dx/dt\n")), "'dx/dt\\n' holds a control character"),
    "a control character in the parameter": (json.dumps(content(parameter="\x1b[2J")), "holds a control character"),
}
TABLES = [
    ("name,value,error\na,x,1\n", "row 2, column value: 'x' is no finite number"),
    ("name,value,error\na,1,1\nb,2,?\n", "row 3, column error: '?' is no finite number"),
    ("name,value,error\na,inf,1\n", "row 2, column value: 'inf' is no finite number"),
    ("name,value,error\na,1,1\nb,-inf,1\n", "row 3, column value: '-inf' is no finite number"),
    ("name,value,error\na,1e999,1\n", "row 2, column value: 'inf' is no finite number"),
    ("name,value,error\na,1,1\nb,1 2,1\n", "row 3, column value: '1 2' is no finite number"),
    ('name,value,error\na,"1,5",1\n', "row 2, column value: '1,5' is no finite number"),
    ("name,value,error\na,0x10,1\n", "row 2, column value: '0x10' is no finite number"),
    ("name,value,error\na,2024-01-01,1\n", "row 2, column value: '2024-01-01' is no finite number"),
    ("name,value,error\n\na,1,1\n\n\nb,x,1\n", "row 6, column value: 'x' is no finite number"),
    ("\n\nname,value,error\na,1,1\nb,x,1\n", "row 5, column value: 'x' is no finite number"),
    ("name,value\na,1\n", "lacks column error; it has name, value"),
    ("a;b;c\n1;2;3\n", "lacks column value, error, name; it has a;b;c"),
    ("name,value,error\na,1,1,1\n", "row 2 has more columns than the header"),
    ("name,value,error\na,1,1\nb,1,1,1\n", "Expected 3 fields in line 3, saw 4"),
    ('name,value,error\n"a,1,1\n', "cannot be read as CSV"),
    ("", "cannot be read as CSV"),
]


def edit(path, change):
    with h5py.File(path, "r+") as file:
        change(file)


def _set(variable, index, value):
    def change(file):
        file[variable][index] = value

    return change


def _attribute(variable, name, value):
    def change(file):
        (file[variable] if variable else file).attrs[name] = value

    return change


def without(variable):
    def change(file):
        del file[variable]

    return change


EDITS = {
    "feature": _set("features", (0, 0, 0), 0.25),
    "sign of zero": _set("features", (0, 0, 0), -0.0),
    "target": _set("target", (1, 2), 5.5),
    "time": _set("time", (1, 2), 4.5),
    "parameter": _set("parameter_value", 1, 0.75),
    "extra": _set("F", (0, 0), 1.5),
    "missing to found": _set("F", (0, 1), 0.0),
    "split": _set("split", (0, 0), b"test"),
    "feature name": _set("feature", 0, "D"),
    "feature unit": _set("feature_unit", 0, "m"),
    "target unit": _attribute("target", "units", "1/s"),
    "target name": _attribute("target", "quantity", "dD/dt"),
    "time unit": _attribute("time", "units", "s"),
    "parameter name": _attribute("parameter_value", "quantity", "R_m"),
    "parameter unit": _attribute("parameter_value", "units", "1/s"),
    "extra no more missing": _attribute("F", "missing", "no"),
    "dataset name": _attribute(None, "dataset", "other"),
    "seed": _attribute(None, "seed", 8),
    "seed as text": _attribute(None, "seed", "7"),
    "seed as list": _attribute(None, "seed", [7, 8]),
    "seed as NaN": _attribute(None, "seed", NAN),
    "new attribute": _attribute(None, "note", "hello"),
    "digest": _attribute(None, "content_digest", "0" * 16),
    "digest gone": lambda file: file.attrs.__delitem__("content_digest"),
    "unit gone": lambda file: file["target"].attrs.__delitem__("units"),
    "names gone": without("feature"),
    "target gone": without("target"),
    "time gone": without("time"),
    "split gone": without("split"),
    "extra gone": without("F"),
    "new variable": lambda file: file.create_dataset("G", data=np.ones(3)),
}
