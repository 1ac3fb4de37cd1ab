"""Settings of a learner in a study: its own, those for its kind of data where it is a network, then the study's."""

from typing import Any

from configuration import ConfigurationError
from studies import Study

NETWORKS = ("seql", "heql")
KINDS_OF_DATA = ("trajectories", "fields", "images")  # blocks of changes
# Primitives whose combinations are powers of the state: what can be refitted on trajectories.
POWERS = ("identity", "square", "product")


def settings_of(config: dict[str, Any], study: Study, label: str, density: str = "") -> dict[str, Any]:
    """Settings of ``learner.protocol``; a mapping changes a mapping, or gives a setting by initial ``density``."""
    settings = dict(settings_for(config, label, "trajectories"))
    for key, value in study.settings.get("learner_settings", {}).get(label, {}).items():
        if isinstance(value, dict) and not isinstance(settings[key], dict):
            settings[key] = value.get(density, settings[key])
        else:
            settings[key] = {**settings[key], **value} if isinstance(value, dict) else value
    return settings


def settings_for(config: dict[str, Any], label: str, data: str = "") -> dict[str, Any]:
    """Settings of ``learner.protocol`` for a kind of data; a mapping changes a mapping."""
    own = config["learners"][label]
    settings = {key: value for key, value in own.items() if key not in KINDS_OF_DATA}
    for key, value in own.get(data, {}).items():
        settings[key] = {**settings.get(key, {}), **value} if isinstance(value, dict) else value
    return settings


def check_networks(config: dict[str, Any], study: Study) -> None:
    """Raise ConfigurationError where a network of a study may end in what its trajectories cannot be refitted with."""
    for learner in study.settings["learners"]:
        if learner.split(".")[0] not in NETWORKS:
            continue
        units = settings_of(config, study, learner)["architecture"].get("units", ["sine"])  # as preset
        other = [name for name in units if name not in POWERS]
        if other:
            raise ConfigurationError(
                f"config key '{study.key('learner_settings', learner, 'architecture', 'units')}': has {other[0]}; "
                f"an equation that is refitted on trajectories is made of {', '.join(POWERS)} alone."
            )
