"""Settings of tasks: a bad one says what and what to do, and every setting has been tried."""

import pytest

from fieldbench.plan.entries import registry
from fieldbench.plan.errors import UserError

BAD = [
    ("denoise", {"sigma": 0}),
    ("denoise", {"sigma": -0.1}),
    ("inpaint", {"mask": "checkers"}),
    ("inpaint", {"shown": 0}),
    ("inpaint", {"shown": 1.5}),
    ("super-resolve", {"factor": 1}),
    ("super-resolve", {"factor": 2.5}),
    ("super-resolve", {"alignment": "left"}),
    ("upscale", {"alignment": "left"}),
    ("tomography", {"angles": 0}),
    ("tomography", {"last": "perhaps"}),
    ("tomography", {"detectors": "some"}),
    ("tomography", {"noise": "much"}),
    ("tomography", {"counts": 0}),
    ("tomography", {"readout": -1.0}),
    ("radiance-field", {"samples": 0}),
    ("radiance-field", {"resolution": 1}),
    *(("helmholtz", {name: 0}) for name in ("near", "emphasis", "absorption")),
    *(("wave", {name: 0}) for name in ("initial", "value_weight", "velocity_weight")),
    *(
        ("waveform-inversion", {name: 0})
        for name in (
            "sources",
            "receivers",
            "wavenumber",
            "sources_circle",
            "receivers_circle",
            "closest",
            "weight",
            "beyond",
            "absorption",
            "nodes",
        )
    ),
    ("waveform-inversion", {"least": -1.0}),
    *(("signed-distance", {name: 0}) for name in ("oriented", "on_surface", "off_surface")),
    *(("signed-distance", {w: -1.0}) for w in ("surface", "normals", "apart", "eikonal")),
]


@pytest.mark.parametrize(("name", "settings"), BAD)
def test_bad_settings_say_what_and_what_to_do(name, settings):
    with pytest.raises(UserError) as caught:
        registry.load("tasks", name)(**settings)
    setting, value = next(iter(settings.items()))
    assert name in caught.value.what
    assert setting in caught.value.what
    assert str(value) in caught.value.what
    assert caught.value.todo.endswith(".")


def test_every_setting_of_every_task_has_a_bad_value_above():
    tried = {(name, setting) for name, settings in BAD for setting in settings}
    for name in registry.names("tasks"):
        assert {(name, s) for s in registry.declare("tasks", name).settings} <= tried
