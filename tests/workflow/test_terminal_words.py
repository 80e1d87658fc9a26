"""The words and numbers of what a run shows: by recorded runs and made-up states."""

import csv
import math
from pathlib import Path

import pytest
from runtime.terminal import failures, words
from runtime.terminal.tally import Goal, Job, Tally
from runtime.terminal.time_left import TimeLeft

RECORDED = sorted((Path(__file__).parent / "recorded").glob("*.csv"))
NEAR = 1.5  # the factor within which the time left must be told
SLACK = 2.0  # seconds by which it may be off besides


def replay(file: Path) -> tuple[float, list[tuple[float, float]]]:
    """The length of a recorded run, and each second what would have been told of the time left."""
    with open(file) as rows:
        jobs = [{**row, "began": float(row["began"]), "ended": float(row["ended"])}
                for row in csv.DictReader(rows)]  # fmt: skip
    left = TimeLeft({n: (job["kind"], float(job["work"])) for n, job in enumerate(jobs)})
    length, ended, told = max(job["ended"] for job in jobs), set(), []
    for second in range(int(length)):
        for n in sorted(range(len(jobs)), key=lambda n: jobs[n]["ended"]):
            if jobs[n]["ended"] <= second and n not in ended:
                left.learn(n, jobs[n]["began"], jobs[n]["ended"])
                ended.add(n)
        running = {n: job["began"] for n, job in enumerate(jobs)
                   if job["began"] <= second and n not in ended}  # fmt: skip
        told.append((second, left.tell(second, running, set())))
    return length, [(second, seconds) for second, seconds in told if not math.isnan(seconds)]


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_the_time_left_is_told_only_when_it_can_be_relied_on(file):
    length, told = replay(file)
    assert told, "never told"
    ratios = [(left + SLACK) / (length - second + SLACK) for second, left in told]
    assert min(ratios) > 1 / NEAR and max(ratios) < NEAR


def test_a_run_that_goes_evenly_is_told_its_time_before_its_middle():
    left, told = TimeLeft(dict.fromkeys(range(100), ("fit_model", 1e9))), []
    for n in range(100):
        told.append(left.tell(n, {n: n}, set()))
        left.learn(n, n, n + 1)
    first = next(n for n, seconds in enumerate(told) if not math.isnan(seconds))
    assert first < 50
    assert all(abs(told[n] - (100 - n)) < 2 for n in range(first, 100))


def tally() -> Tally:
    """Two of six fits done, two running, one failed; and another job that runs."""
    names = [f"siren on photo {n}, 5,000 parameters" for n in range(4)]
    jobs = {n: Job("fit_model", name, log=f"{n}.log") for n, name in enumerate(names)}
    state = Tally(
        jobs | {9: Job("draw_figure", "figure curves")}, Goal(frozenset({"fit_model"}), "fits", 2)
    )
    for n in (9, 0, 1, 2):
        state.begin(n, Job("", ""))
    state.fail(2)
    return state


def test_the_state_in_words():
    state = tally()
    assert words.line(state).startswith(
        "2 of 6 fits done, 2 running, 1 failed, 0 of 1 other jobs done, 0:00 so far"
    )
    bar, now, _ = words.block(state, 100, plain=True)
    assert bar == "########----------------  2 of 6 fits done, 2 running, 1 failed"
    assert now == (
        "Now: siren on photo 0, 5,000 parameters; siren on photo 1, 5,000 parameters, and 1 more"
    )
    state.notes["0.log"] = "3.0 MB of 4.0 MB"
    assert (
        "siren on photo 0, 5,000 parameters, 3.0 MB of 4.0 MB;" in words.block(state, 200, True)[1]
    )
    state.begin(2, Job("", ""))  # once more
    assert "failed" not in words.line(state)


@pytest.mark.parametrize("width", [3, 20, 40, 79])
def test_no_line_is_wider_than_the_terminal(width):
    state = tally()
    state.notes["0.log"] = "測定中" * 20  # each takes two columns
    for line in words.block(state, width, plain=False):
        assert sum(1 + (character in "測定中") for character in line) <= width


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "1 s"), (89, "89 s"), (600, "10 min"), (9000, "2.5 h")]
)
def test_times_in_words(seconds, text):
    assert words.duration(seconds) == text


TRACEBACK = """\
step 3
Traceback (most recent call last):
  File "models/siren.py", line 52, in __init__
    len(3)
    ^^^^^^
TypeError: object of type 'int' has no len()
"""
CHAINED = (
    TRACEBACK
    + """
During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "a.py", line 1, in <module>
ValueError: one
and another line
"""
)


@pytest.mark.parametrize(
    ("log", "words"),
    [
        (TRACEBACK, "TypeError: object of type 'int' has no len()"),
        (CHAINED, "ValueError: one\nand another line"),
        ("step 3\nThe file is damaged. Delete it.\n", "The file is damaged. Delete it."),
        ("", ""),
    ],
)
def test_the_last_words_of_a_log(tmp_path, log, words):
    (tmp_path / "log").write_text(log)
    assert failures.last_words(tmp_path / "log") == words
    assert failures.last_words(tmp_path / "none") == ""


@pytest.mark.parametrize(
    ("error", "plain"),
    [
        ('WorkflowError in file "/a b/rules/common.smk", line 33:\nIt is wrong. Mend it.\n'
         '  File "/a b/rules/common.smk", line 60, in <module>', "It is wrong. Mend it."),
        ('TypeError in file "/a/Snakefile", line 3:\nno\n  File "/a/Snakefile", line 3, in f',
         "TypeError: no"),
        ("Missing input files for rule x:\nfile.csv", "Missing input files for rule x:\nfile.csv"),
    ],
)  # fmt: skip
def test_errors_lose_the_lines_about_rule_files(error, plain):
    assert failures.plain(error) == plain
