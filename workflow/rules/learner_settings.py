"""Settings of a learner in a study: its own, those for trajectories where it is a network, then the study's."""

from typing import Any

from configuration import ConfigurationError
from studies import Study

NETWORKS = ("seql", "heql")
# Primitives whose combinations are powers of the state: what can be refitted on trajectories.
POWERS = ("identity", "square", "product")


def settings_of(config: dict[str, Any], study: Study, label: str, density: str = "") -> dict[str, Any]:
    """Settings of ``learner.protocol``; a mapping changes a mapping, or gives a setting by initial ``density``."""
    settings = dict(config["learners"][label])
    for changes in (settings.pop("trajectories", {}), study.settings.get("learner_settings", {}).get(label, {})):
        for key, value in changes.items():
            if not isinstance(value, dict):
                settings[key] = value
            elif isinstance(settings[key], dict):
                settings[key] = {**settings[key], **value}
            else:
                settings[key] = value.get(density, settings[key])
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
