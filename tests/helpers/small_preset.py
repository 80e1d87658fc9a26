"""A small preset that tests change one place of."""

import copy

PRESET = {
    "signals": {"noise": {"kind": "bandlimited", "length": 16}, "solid": {"length": 12}},
    "tasks": {"noisy": {"kind": "denoise"}},
    "models": {"small-ffn": {"kind": "ffn", "features": 16}},
    "studies": {
        "main": {"question": "Which?", "signals": ["noise"], "models": ["grid"], "budgets": [500]}
    },
}
STUDY = ("studies", "main")


def changed(path, value):
    """The preset with one place of it set."""
    preset = copy.deepcopy(PRESET)
    place = preset
    for key in path[:-1]:
        place = place.setdefault(key, {})
    place[path[-1]] = value
    return preset
