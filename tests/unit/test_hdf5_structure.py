"""A file of ours that declares, links to or unpacks more than its own values is refused before any of it is loaded."""

import resource
from pathlib import Path
from tempfile import TemporaryDirectory

import h5py
import numpy as np
import pytest
from eqlearn.dataset import read_dataset, write_dataset
from eqlearn.errors import InputError
from unit.test_dataset import dataset

SECRET = np.arange(3.0) + 41.5
PLACES = ("features", "feature", "another")


def _made() -> bytes:
    with TemporaryDirectory() as folder:
        write_dataset(dataset(), Path(folder) / "made.nc")
        return (Path(folder) / "made.nc").read_bytes()


RAW = _made()


def _replaced(file, name, make) -> None:
    """Put another dataset in the place of one, with its attributes, as far as they can be copied."""
    kept = dict(file[name].attrs) if name in file else {}
    if name in file:
        del file[name]
    make(name)
    for key, value in kept.items():
        if key not in ("DIMENSION_LIST", "REFERENCE_LIST") and isinstance(file.get(name), h5py.Dataset):
            file[name].attrs[key] = value


def _external(file, name, folder):
    def make(n):
        file.create_dataset(n, shape=(3,), dtype="f8", external=[(str(folder / "secret.bin"), 0, 24)])

    _replaced(file, name, make)


def _virtual(file, name, folder):
    layout = h5py.VirtualLayout(shape=(3,), dtype="f8")
    layout[:] = h5py.VirtualSource(str(folder / "secret.h5"), "values", shape=(3,))
    _replaced(file, name, lambda n: file.create_virtual_dataset(n, layout))


def _external_link(file, name, folder):
    _replaced(file, name, lambda n: file.__setitem__(n, h5py.ExternalLink(str(folder / "secret.h5"), "values")))


def _soft_link(file, name, _folder):
    _replaced(file, name, lambda n: file.__setitem__(n, h5py.SoftLink("/time")))


def _cycle(file, name, _folder):
    _replaced(file, name, lambda n: file.__setitem__(n, file["/"]))


def _group(file, name, folder):
    def make(n):
        file.create_group(n)["inner"] = h5py.ExternalLink(str(folder / "secret.h5"), "values")

    _replaced(file, name, make)


def _named_type(file, name, _folder):
    _replaced(file, name, lambda n: file.__setitem__(n, np.dtype("f8")))


def _declared(shape, **options):
    def change(file, name, _folder):
        _replaced(file, name, lambda n: file.create_dataset(n, shape=shape, dtype="f8", **options))

    return change


def _bomb(file, name, _folder):
    options = {"chunks": (2**20,), "compression": "gzip", "fillvalue": 0.0}

    def make(n):
        variable = file.create_dataset(n, shape=(2**24,), dtype="f8", **options)
        variable[: 2**20] = 0.0

    _replaced(file, name, make)


def _typed(dtype, value=None):
    def change(file, name, _folder):
        _replaced(file, name, lambda n: file.create_dataset(n, shape=(2,), dtype=dtype, data=value))

    return change


def _filtered(**options):
    def change(file, name, _folder):
        _replaced(file, name, lambda n: file.create_dataset(n, data=np.arange(64.0), chunks=(8,), **options))

    return change


def _empty(file, name, _folder):
    _replaced(file, name, lambda n: file.__setitem__(n, h5py.Empty("f8")))


def _texts(count):
    def change(file, name, _folder):
        _replaced(file, name, lambda n: file.create_dataset(n, shape=(count,), dtype=h5py.string_dtype()))

    return change


def _shared_text(file, name, _folder):
    """Many texts that are one and the same 400 kB of the file."""

    def make(n):
        texts = file.create_dataset(n, shape=(9000,), dtype=h5py.string_dtype())
        texts[0] = "x" * 400_000

    _replaced(file, name, make)
    place, path = file[name].id.get_offset(), Path(file.filename)
    file.close()
    content = path.read_bytes()
    path.write_bytes(content[:place] + content[place : place + 16] * 9000 + content[place + 16 * 9000 :])


def _attribute(value, dtype=None):
    def change(file, name, _folder):
        owner = file.get(name, file)
        owner.attrs.create("note", value(file) if callable(value) else value, dtype=dtype)

    return change


def _scale_elsewhere(file, name, _folder):
    """A dimension whose scale is no variable."""
    references = np.empty(1, dtype=h5py.vlen_dtype(h5py.ref_dtype))
    references[0] = np.array([file.ref], dtype=h5py.ref_dtype)

    def make(n):
        file[n] = np.arange(3.0)

    _replaced(file, name, make)
    file[name].attrs.create("DIMENSION_LIST", references, dtype=h5py.vlen_dtype(h5py.ref_dtype))


FEATURES = {
    "external storage": (_external, "external storage"),
    "virtual dataset": (_virtual, "virtual"),
    "external link": (_external_link, "link to something outside"),
    "soft link": (_soft_link, "link to something by another name"),
    "a cycle": (_cycle, "is a group"),
    "nested group": (_group, "is a group"),
    "named type": (_named_type, "is a datatype"),
    "1e15 elements": (_declared((10**15,)), "declares"),
    "1e15 elements in two dimensions": (_declared((10**7, 10**8), chunks=(8, 8)), "declares"),
    "2^62 elements": (_declared((2**60,), chunks=(64,)), "declares"),
    "a growing variable": (_declared((4,), maxshape=(None,), chunks=(2**28,)), "declares"),
    "compressed bomb": (_bomb, "declares"),
    "compound": (_typed([("a", "f8"), ("b", "i4")]), "holds"),
    "opaque": (_typed(h5py.opaque_dtype("V16")), "holds"),
    "reference": (_typed(h5py.ref_dtype), "holds"),
    "lists": (_typed(h5py.vlen_dtype("f8")), "holds"),
    "enumeration": (_typed(h5py.enum_dtype({"a": 0, "b": 1})), "holds"),
    "array type": (_typed(np.dtype("(1000,)f8")), "holds"),
    "complex": (_typed("c16"), "holds"),
    "lzf": (_filtered(compression="lzf"), "packed by the filter"),
    "scale and offset": (_filtered(scaleoffset=3), "packed by the filter"),
    "empty": (_empty, "is empty"),
    "many texts": (_texts(10**6), "texts"),
    "one long text for many": (_shared_text, "more text than the file can"),
    "list of texts": (_attribute(["a", "b"], h5py.string_dtype()), "longer than any"),
    "compound attribute": (_attribute(np.zeros(1, [("a", "f8")])), "holds"),
    "attribute of references": (_attribute(lambda file: file["time"].ref, h5py.ref_dtype), "holds other"),
    "scale that is none": (_scale_elsewhere, "refers to something"),
}


@pytest.mark.parametrize("feature", sorted(FEATURES))
def test_nothing_but_plain_variables_is_read(tmp_path, feature):
    change, words = FEATURES[feature]
    (tmp_path / "secret.bin").write_bytes(SECRET.tobytes())
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["values"] = SECRET
    path = tmp_path / "made.nc"
    for name in PLACES:
        path.write_bytes(RAW)
        with h5py.File(path, "r+") as file:
            change(file, name, tmp_path)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with pytest.raises(InputError) as refused:
            read_dataset(path)
        message = str(refused.value)
        assert message.startswith(str(path)) and "\n" not in message
        assert words in message, (name, message)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


def test_the_limits_hold_what_a_run_writes(tmp_path):
    """Numbers that pack well, missing throughout: RATIO and SMALL leave them room."""
    whole = dataset(
        values=np.arange(200.0),
        features=np.zeros((200, 100, 2)),
        target=np.zeros((200, 100)),
        time=np.tile(np.arange(100.0), (200, 1)),
        split=None,
        extra={"F": np.full((200, 100), np.nan)},
    )
    write_dataset(whole, tmp_path / "d.nc")
    assert read_dataset(tmp_path / "d.nc").digest() == whole.digest()
