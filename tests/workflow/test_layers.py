"""Who may import whom; import-linter holds the modules, the rest is held here."""

import ast
import io
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.runs import BIN, PROJECT

LIBRARY = PROJECT / "workflow" / "fieldbench"
SCRIPTS = PROJECT / "workflow" / "scripts"
ENTRIES = ("signals", "tasks", "models", "metrics", "encodings", "activations", "bases")
LONGEST_SCRIPT = 40

DECLARE_ALL = """
from fieldbench.plan.entries import registry
from fieldbench.plan.config import schema
from fieldbench.plan.jobs.run import Run
for kind in registry.CLASSES:
    for name in registry.names(kind):
        registry.declare(kind, name)
Run({"preset": "quick"})
schema.schemas()
"""


def sources(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*.py"))
    assert found
    return found


def is_entry(name: str) -> bool:
    """Whether a module name is that of a signal, task, model or metric."""
    parts = name.split(".")
    return (
        len(parts) == 3
        and parts[0] == "fieldbench"
        and parts[1] in ENTRIES
        and not parts[2].startswith("_")
        and (LIBRARY / parts[1] / f"{parts[2]}.py").is_file()
    )


def imports(text: str) -> Iterator[str]:
    """Every module that a source imports, also inside functions."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports hide who imports whom"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            yield node.module


def test_import_linter():
    done = subprocess.run(
        [BIN / "lint-imports", "--config", ".importlinter", "--no-cache"],
        cwd=PROJECT,
        env={"PYTHONPATH": "workflow", "PATH": str(BIN)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("code", ["import fieldbench", DECLARE_ALL], ids=["fieldbench", "plan"])
def test_planning_loads_nothing_heavy(code):
    heavy = "numpy torch h5py pandas matplotlib scipy skimage requests snakemake"
    ask = f"import sys; print(*sorted(set('{heavy}'.split()) & set(sys.modules)))"
    loaded = subprocess.run(
        [sys.executable, "-c", f"{code}\n{ask}"],
        cwd=PROJECT,
        env={"PYTHONPATH": "workflow"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert loaded.stdout.split() == []


def test_nothing_imports_an_entry():
    """Entries are found by name in the registry; a new one is one file and no import."""
    for file in [*sources(LIBRARY), *sources(SCRIPTS)]:
        caught = [name for name in imports(file.read_text()) if is_entry(name)]
        assert caught == [], f"{file.name} imports {caught}"


def test_parts_are_used_in_their_folder_only():
    """`_name.py` is shared by the entries beside it; models' base class is also what is trained."""
    for kind in ENTRIES:
        for file in sources(LIBRARY / kind):
            for name in imports(file.read_text()):
                parts = name.split(".")
                if parts[0] == "fieldbench" and parts[1] in ENTRIES:
                    assert parts[1] == kind, f"{kind}/{file.name} imports {name}"


def test_scripts_are_thin():
    names = {file.stem for file in sources(SCRIPTS)}
    for file in sources(SCRIPTS):
        text = file.read_text()
        if not file.stem.startswith("_"):
            assert len(text.splitlines()) <= LONGEST_SCRIPT, f"{file.name} is no thin script"
    everything = [*sources(LIBRARY), *sources(SCRIPTS), *(PROJECT / "workflow").glob("*.py")]
    for file in everything:
        taken = {name.split(".")[0] for name in imports(file.read_text())} & names
        assert all(name.startswith("_") for name in taken), f"{file.name} imports {taken}"


def test_scripts_hand_their_job_over_before_they_load_anything():
    """Else each loads for itself what the warm process has loaded for all: four times the work."""
    for file in SCRIPTS.glob("[!_]*.py"):
        used = imports(file.read_text())
        names = [name for name in used if name.split(".")[0] not in sys.stdlib_module_names]
        assert names[0] in ("_job", "_library"), f"{file.name} imports {names[0]} first"


def test_every_rule_has_its_script_and_every_script_its_rule():
    rules = "".join(file.read_text() for file in (PROJECT / "rules").glob("*.smk"))
    scripts = {f.stem for f in sources(SCRIPTS) if not f.stem.startswith("_")}
    named = {line.split()[1].rstrip(":") for line in rules.splitlines() if line.startswith("rule ")}
    assert scripts == named


def test_rules_import_only_the_plan():
    own = {file.stem for file in sources(SCRIPTS) if file.stem.startswith("_")}
    allowed = own | {"snakemake"} | sys.stdlib_module_names
    for file in [PROJECT / "Snakefile", *(PROJECT / "rules").glob("*.smk")]:
        lines = [line.strip() for line in file.read_text().splitlines()]
        lines = [line for line in lines if line.startswith(("import ", "from "))]
        for name in imports("\n".join(lines)):
            assert name.split(".")[0] in allowed or name.startswith(
                ("fieldbench.plan", "runtime")
            ), f"{file.name} imports {name}"


def test_what_surrounds_a_run_imports_only_the_plan():
    for file in sources(PROJECT / "workflow" / "runtime"):
        for name in imports(file.read_text()):
            allowed = name.split(".")[0] in {"psutil", "runtime", "snakemake"}
            if not allowed and name.split(".")[0] not in sys.stdlib_module_names:
                plan = name == "fieldbench.plan" or name.startswith("fieldbench.plan.")
                assert plan, f"{file.name} imports {name}"


def test_the_library_knows_nothing_of_snakemake():
    for file in sources(LIBRARY):
        words = tokenize.generate_tokens(io.StringIO(file.read_text()).readline)
        caught = [w.line for w in words if w.type == tokenize.NAME and "snakemake" in w.string]
        assert caught == [], f"{file.name}: {caught}"
