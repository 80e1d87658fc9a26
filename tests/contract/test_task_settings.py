"""Settings of tasks: each refuses some value that makes no sense, and says what to do."""

import pytest

from fieldbench.plan.entries import registry
from fieldbench.plan.errors import UserError

SETTINGS = [
    (name, setting, default)
    for name in registry.names("tasks")
    for setting, default in registry.declare("tasks", name).settings.items()
]
BEYOND = [  # refused for their size, not for their sign
    ("inpaint", "shown", 1.5),
    ("super-resolve", "factor", 1),
    ("super-resolve", "factor", 2.5),
    ("radiance-field", "resolution", 1),
]


def refused(name, setting, value) -> UserError | None:
    try:
        registry.load("tasks", name)(**{setting: value})
    except UserError as error:
        return error
    return None


def check(error, name, setting, value):
    assert name in error.what and setting in error.what and str(value) in error.what
    assert error.what.endswith(".") and error.todo.endswith(".")


@pytest.mark.parametrize(("name", "setting", "default"), SETTINGS)
def test_every_setting_refuses_nonsense_and_says_what_to_do(name, setting, default):
    tried = ["nonsense"] if isinstance(default, str) else [0, -1.0]
    errors = {value: refused(name, setting, value) for value in tried}
    assert any(errors.values()), f"{name} takes {setting} = {' and '.join(map(str, tried))}"
    for value, error in errors.items():
        if error:
            check(error, name, setting, value)


@pytest.mark.parametrize(("name", "setting", "value"), BEYOND)
def test_values_beyond_a_setting_are_refused(name, setting, value):
    error = refused(name, setting, value)
    assert error
    check(error, name, setting, value)
