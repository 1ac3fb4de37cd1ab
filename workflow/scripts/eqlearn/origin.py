"""Where a product comes from, as it is written into it: settings, code digest, library versions.

Nothing of how it was executed (cores, batches, host, date): the same experiment gives the same bytes.
"""

from collections.abc import Mapping
from typing import Any

from eqlearn.files import canonical_json, digest

_PINNED = "=="


def origin(settings: Mapping[str, Any], code: Mapping[str, str], **more: Any) -> dict[str, Any]:
    """Provenance of a product. ``code``: digests by module file, and versions by ``library==``."""
    modules = {name: value for name, value in code.items() if not name.endswith(_PINNED)}
    versions = {name.removesuffix(_PINNED): value for name, value in code.items() if name.endswith(_PINNED)}
    return {**more, "settings": dict(settings), "code_digest": digest(modules), "versions": versions}


def as_attributes(provenance: Mapping[str, Any]) -> dict[str, str | float | int]:
    """The same as flat attributes of a netCDF file."""
    return {
        key: value if isinstance(value, str | float | int) else canonical_json(value)
        for key, value in provenance.items()
    }
