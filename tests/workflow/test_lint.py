"""Style and agreement: what a reader of the project may rely on without looking."""

import importlib.metadata
import json
import re
import subprocess

import jsonschema
import pytest
import yaml
from helpers import runs
from helpers.runs import BIN, PROJECT

from fieldbench.plan.config.reading import read_yaml
from fieldbench.plan.config.schema import schemas

RULES = ["Snakefile", *sorted(f"rules/{f.name}" for f in (PROJECT / "rules").glob("*.smk"))]
COMMANDS = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "snakefmt": ["snakefmt", "--check", *RULES],
    "snakemake --lint": ["snakemake", "--lint"],
    "mypy": ["mypy"],
}
# Written apart, so that this file does not find itself.
MACHINE_PATHS = re.compile("/(?:" + "work|home|root|Users|tmp|mnt" + r")/\w")
UNFINISHED = re.compile(r"\b(?:" + "TO" + "DO|FIX" + "ME|XX" + r"X)\b")


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_clean(words, project):
    """In the fresh clone, because linters write caches, and Snakemake a folder, where they run."""
    done = subprocess.run(
        [BIN / words[0], *words[1:]],
        cwd=project,
        env=runs.surroundings(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("pattern", [MACHINE_PATHS, UNFINISHED], ids=["paths", "unfinished"])
def test_no_file_holds(pattern):
    caught = []
    for name in runs.project_files():
        content = (PROJECT / name).read_bytes()
        text = "" if b"\0" in content else content.decode("utf-8", errors="ignore")  # no pictures
        caught += [f"{name}: {line.strip()}" for line in text.splitlines() if pattern.search(line)]
    assert caught == []


def pins(lines) -> dict[str, str]:
    """name: version, of lines like `name[extra]==version`."""
    matches = (re.fullmatch(r"([\w.-]+)(?:\[\w+\])?==([\w.+-]+)", line.strip()) for line in lines)
    return {plain(m[1]): m[2] for m in matches if m}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


LOCK = pins((PROJECT / "envs/requirements.txt").read_text().splitlines())


def test_conda_file_agrees_with_the_lock():
    listed = yaml.safe_load((PROJECT / "envs/cpu.yaml").read_text())["dependencies"]
    conda = pins(next(item["pip"] for item in listed if isinstance(item, dict)))
    assert len(conda) == len(next(item["pip"] for item in listed if isinstance(item, dict)))
    assert conda == {name: LOCK.get(name) for name in conda}


def test_gpu_files_are_the_cpu_ones_and_the_backends():
    cpu, gpu = (
        yaml.safe_load((PROJECT / f"envs/{name}.yaml").read_text()) for name in ("cpu", "gpu")
    )
    shared, wanted = (listed["dependencies"].pop()["pip"] for listed in (cpu, gpu))
    assert cpu == gpu
    assert wanted[: len(shared)] == shared
    lines = (PROJECT / "envs/requirements-gpu.txt").read_text().splitlines()
    assert wanted[len(shared) :] == [line for line in lines if not line.startswith("#")]


def test_lock_pins_all_that_is_asked_for():
    wanted = (PROJECT / "envs/requirements.in").read_text().splitlines()
    names = {plain(w.split("[")[0]) for w in wanted if w.strip() and not w.startswith("#")}
    assert len(names) > 10 and names - set(LOCK) == set()


def test_this_environment_is_the_lock():
    installed = {name: importlib.metadata.version(name).split("+")[0] for name in LOCK}
    assert installed == LOCK


@pytest.mark.parametrize("name", schemas())
def test_schema_is_what_the_models_say(name):
    written = json.loads((PROJECT / "config/schemas" / name).read_text())
    assert written == json.loads(json.dumps(schemas()[name])), "run `make schemas`"


CONFIG = {
    "config.schema.json": [PROJECT / "config/config.yaml"],
    "preset.schema.json": sorted((PROJECT / "config/presets").glob("*.yaml")),
    "model.schema.json": sorted((PROJECT / "config/models").glob("*.yaml")),
    "datasets.schema.json": [PROJECT / "config/datasets.yaml"],
    "kernels.schema.json": [PROJECT / "config/kernels.yaml"],
    "throughput.schema.json": [PROJECT / "config/throughput.yaml"],
    "published.schema.json": [PROJECT / "config/published.yaml"],
}


@pytest.mark.parametrize(
    ("schema", "file"),
    [(s, f) for s, files in CONFIG.items() for f in files],
    ids=lambda value: getattr(value, "stem", value),
)
def test_config_file_fits_its_schema(schema, file):
    jsonschema.Draft202012Validator(schemas()[schema]).validate(read_yaml(file))


def test_schema_refuses_a_misspelt_key():
    preset = read_yaml(PROJECT / "config/presets/tiny.yaml")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(preset | {"modles": {}}, schemas()["preset.schema.json"])


def test_continuous_integration_calls_the_test_command_and_nothing_else():
    lines = (PROJECT / ".ci/run").read_text().splitlines()
    setting_up = ("#", "set ", "cd ")
    assert [line for line in lines if line and not line.startswith(setting_up)] == ["make test"]
    assert (PROJECT / ".ci/run").stat().st_mode & 0o100, ".ci/run cannot be executed"
