"""Nothing in the project runs, or unpickles, what it was given: held by reading every source."""

import ast
import re
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
WORKFLOW = PROJECT / "workflow"
SOURCES = sorted(WORKFLOW.rglob("*.py"))
RULES = [PROJECT / "Snakefile", *sorted((PROJECT / "rules").glob("*.smk"))]
FORBIDDEN = {
    "eval", "__import__", "os.system", "os.popen", "subprocess.getoutput", "pickle.load",
    "pickle.loads", "pickle.Unpickler", "pd.read_pickle", "joblib.load", "marshal.loads",
    "yaml.unsafe_load", "yaml.full_load", "shelve.open", "torch.jit.load", "pd.read_hdf",
}  # fmt: skip
NAMES = {"extractall", "extract", "execv", "spawnl"}  # of whatever object
# Its own planning functions, out of the project's own files.
EXEC = {WORKFLOW / "fieldbench/plan/entries/source_code.py": 1}
PICKLE = {WORKFLOW / "fieldbench/metrics/_lpips.py"}  # for the name of an error
SAFE = {"torch.load": ("weights_only", True), "np.load": ("allow_pickle", False)}


@cache
def calls(path):
    """Every call of a source: what is called, its keywords, and all of it."""
    nodes = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)]
    keywords = [{k.arg: getattr(k.value, "value", None) for k in n.keywords} for n in nodes]
    return [(ast.unparse(n.func), k, n) for n, k in zip(nodes, keywords, strict=True)]


def test_there_are_sources():
    assert len(SOURCES) > 100 and len(RULES) > 8


def test_nothing_given_is_run_or_unpickled():
    for path in SOURCES:
        found = [name for name, _, _ in calls(path)]
        assert not FORBIDDEN & set(found), path
        assert not NAMES & {name.rpartition(".")[2] for name in found}, path
        assert found.count("exec") == EXEC.get(path, 0), path
        text = path.read_text()
        assert path in PICKLE or not re.search(r"^(import|from) pickle", text, re.M), path
        assert path not in PICKLE or set(re.findall(r"pickle\.\w+", text)) == {
            "pickle.UnpicklingError"
        }


def test_what_can_unpickle_is_told_not_to():
    seen = set()
    for path in SOURCES:
        for name, keywords, _ in calls(path):
            if name in SAFE:
                keyword, value = SAFE[name]
                assert keywords.get(keyword) is value, f"{path}: {name}"
                seen.add(name)
    assert seen == set(SAFE)


def test_yaml_is_read_by_the_safe_loader_alone():
    for path in SOURCES:
        loaders = [ast.unparse(n) for name, _, n in calls(path) if name == "yaml.load"]
        assert all("Loader=_UniqueKeys" in text for text in loaders), path
    reading = ast.parse((WORKFLOW / "fieldbench/plan/config/reading.py").read_text())
    bases = {n.name: ast.unparse(n.bases[0]) for n in reading.body if isinstance(n, ast.ClassDef)}
    assert bases["_UniqueKeys"] == "yaml.SafeLoader"


def test_no_shell_sees_a_name_or_a_setting():
    for path in SOURCES:
        for name, keywords, _ in calls(path):
            assert not keywords.get("shell"), f"{path}: {name}"
    for path in RULES:
        words = re.findall(r"^\s*(shell|run|notebook)\s*[:(]", path.read_text(), re.M)
        assert words == [], path
