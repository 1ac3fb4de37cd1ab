"""What an HDF5 file declares, looked at before any of it is loaded: all of it must lie in the file, and fit in memory.

HDF5 can take bytes from other files (external storage, external links, virtual datasets), load filters as code, and
declare or unpack far more than it holds. The project writes none of that, and reads none.
"""

import math
from pathlib import Path

import h5py
import numpy as np

from eqlearn.errors import InputError
from eqlearn.limits import allowed, require_size

LARGEST_ATTRIBUTE = 2**20  # bytes
MOST = 10_000  # variables, attributes of one, and texts in all
_FILTERS = {h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32}
_DIMENSIONS = 32  # of a variable in HDF5
_TO_DIMENSIONS, _FROM_DIMENSIONS = "DIMENSION_LIST", "REFERENCE_LIST"  # of references; nobody reads the latter


def require_plain(path: str | Path) -> None:
    """InputError where a file holds anything but numbers and texts of its own, of bounded size.

    OSError, or another exception of h5py, for what is no HDF5 file or a damaged one.
    """
    with h5py.File(path, "r") as file:
        try:
            _require_plain(file, Path(path).stat().st_size)
        except InputError as error:
            raise InputError(f"{path}: {str(error).rstrip('.')}; delete it to remake it.") from error


def _require_plain(file: h5py.File, size: int) -> None:
    variables = _variables(file)
    require_size("its content", sum(_declared(name, variable) for name, variable in variables.items()), size)
    own = {h5py.h5o.get_info(variable.id).addr for variable in variables.values()}
    _require_attributes("the file", file, own)
    for name, variable in variables.items():
        _require_attributes(f"variable {name!r}", variable, own)
    _require_texts(variables, allowed(size))


def _variables(file: h5py.File) -> dict[str, h5py.Dataset]:
    """All datasets by name, none of them read."""
    if len(file) > MOST:
        raise InputError(f"holds {len(file)} variables, at most {MOST} are read")
    found = {}
    for name in file:
        link = file.id.links.get_info(name.encode(errors="surrogateescape")).type
        if link != h5py.h5l.TYPE_HARD:
            kind = "outside of it" if link == h5py.h5l.TYPE_EXTERNAL else "by another name"
            raise InputError(f"{name!r} is a link to something {kind}, must be a variable itself")
        found[name] = file[name]
        if not isinstance(found[name], h5py.Dataset):
            raise InputError(f"{name!r} is a {type(found[name]).__name__.lower()}, must be a variable")
    return found


def _declared(name: str, variable: h5py.Dataset) -> int:
    """Bytes of a variable once it is loaded; InputError for one of which not all lies in the file, as it is."""
    plan = variable.id.get_create_plist()

    def refuse(what: str) -> None:
        raise InputError(f"variable {name!r} {what}")

    if plan.get_layout() == h5py.h5d.VIRTUAL:
        refuse("is virtual: its values lie elsewhere, must lie in it")
    if plan.get_external_count():
        refuse("has external storage: its values lie in another file, must lie in this one")
    if variable.shape is None:
        refuse("is empty, must hold values")
    unknown = {plan.get_filter(k)[0] for k in range(plan.get_nfilters())} - _FILTERS
    if unknown:
        refuse(f"is packed by the filter {min(unknown)}, must be packed by deflate or not at all")
    if not _is_plain(variable.id.get_type()):
        refuse(f"holds {variable.dtype}, must hold numbers or text")
    chunk = math.prod(variable.chunks or (0,))
    return max(chunk, math.prod(variable.shape)) * variable.id.get_type().get_size()


def _is_plain(kind: h5py.h5t.TypeID) -> bool:
    return isinstance(kind, (h5py.h5t.TypeIntegerID, h5py.h5t.TypeFloatID, h5py.h5t.TypeStringID))


def _is_text(kind: h5py.h5t.TypeID) -> bool:
    """Whether values have a length of their own."""
    return isinstance(kind, h5py.h5t.TypeStringID) and kind.is_variable_str()


def _require_attributes(place: str, owner: h5py.HLObject, own: set[int]) -> None:
    count = h5py.h5a.get_num_attrs(owner.id)
    if count > MOST:
        raise InputError(f"{place} has {count} attributes, at most {MOST} are read")
    for number in range(count):
        attribute = h5py.h5a.open(owner.id, index=number)
        name, kind = attribute.name.decode(errors="replace"), attribute.get_type()
        shown = f"{place}: attribute {name!r}"
        if attribute.get_storage_size() > LARGEST_ATTRIBUTE or math.prod(attribute.shape) > _most_entries(kind):
            raise InputError(f"{shown} is longer than any that is read")
        if name == _TO_DIMENSIONS:
            _require_own(shown, [reference for entry in owner.attrs[name] for reference in entry], own, owner.file)
        elif name != _FROM_DIMENSIONS and not _is_plain(kind):
            raise InputError(f"{shown} holds other things than numbers or text")


def _most_entries(kind: h5py.h5t.TypeID) -> int:
    """Entries with a length of their own can all be the same megabytes of the file."""
    if _is_text(kind):
        return 1
    return _DIMENSIONS if isinstance(kind, h5py.h5t.TypeVlenID) else LARGEST_ATTRIBUTE


def _require_own(place: str, references: list[h5py.Reference], own: set[int], file: h5py.File) -> None:
    if any(h5py.h5o.get_info(file[reference].id).addr not in own for reference in references):
        raise InputError(f"{place} refers to something that is no variable of the file")


def _require_texts(variables: dict[str, h5py.Dataset], left: int) -> None:
    """Texts of one variable can all be the same megabytes of the file, so each is measured on its own."""
    texts = [variable for variable in variables.values() if _is_text(variable.id.get_type())]
    count = sum(math.prod(variable.shape) for variable in texts)
    if count > MOST:
        raise InputError(f"holds {count} texts, at most {MOST} are read")
    for variable in texts:
        for index in np.ndindex(*variable.shape):
            left -= len(variable[index])
            if left < 0:
                raise InputError(f"variable {variable.name[1:]!r} holds more text than the file can")
