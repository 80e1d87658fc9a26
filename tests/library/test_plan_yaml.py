"""Presets as YAML: what is read, and what is told when it cannot be."""

import pytest

from fieldbench.plan.config.reading import read_yaml
from fieldbench.plan.errors import UserError


def told(path, content):
    """The error of reading that content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UserError) as caught:
        read_yaml(path)
    error = caught.value
    assert str(path) in error.what
    assert "\n" not in str(error)
    assert error.what.endswith(".")
    assert error.todo.endswith(".")
    return error


@pytest.fixture
def file(tmp_path):
    return tmp_path / "mine.yaml"


@pytest.mark.parametrize(
    "text",
    ["studies: [", "just words", "", "- 1\n- 2\n", "a: b: c", "{{ name }}: 1", "? [a]\n: 1\n",
     "a: *nothing", "\tsignals: 1", "a: !!python/object:os.system {}", "a: \x07"],
)  # fmt: skip
def test_what_is_no_mapping_is_told(file, text):
    assert "None" not in told(file, text).what


def test_a_picture_given_as_a_preset_is_told(file):
    told(file, b"\x89PNG\r\n\x1a\n\xff\xfe")


def test_the_line_of_a_mistake_is_told(file):
    assert "line 2" in told(file, "a: 1\nb: c: d\n").what


def test_an_absent_file_and_a_folder_are_told(tmp_path):
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(UserError, match="cannot be read") as caught:
            read_yaml(path)
        assert str(path) in caught.value.what


def test_a_key_given_twice_is_told_with_its_line(file):
    error = told(file, "signals:\n  noise: {kind: star}\n  noise: {kind: bandlimited}\n")
    assert "line 3: 'noise' is there twice" in error.what
    assert "rename" in error.todo


def test_merges_work_and_may_be_overridden(file):
    file.write_text("a: &a {x: 1, y: 2}\nb: {c: &c {<<: *a, y: 3}}\nd: {<<: *c, z: 4}\n")
    read = read_yaml(file)
    assert read["b"]["c"] == {"x": 1, "y": 3}
    assert read["d"] == {"x": 1, "y": 3, "z": 4}


def test_numbers_as_people_write_them(file):
    file.write_text("a: 1e4\nb: 1e-3\nc: -2.5E+3\nd: 1_000\ne: 1e4x\nf: '1e4'\ng: 0.5\n")
    assert read_yaml(file) == {
        "a": 1e4, "b": 1e-3, "c": -2500.0, "d": 1000, "e": "1e4x", "f": "1e4", "g": 0.5,
    }  # fmt: skip
