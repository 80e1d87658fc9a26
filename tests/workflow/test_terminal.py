"""What real runs show on a terminal, and what of it stays."""

import os
import re
import signal

import pytest
from helpers import runs, ttys

RUN = ("small.yaml", runs.SMALL_SCORES)
FOREIGN = ("Select jobs", "Building DAG", "Using workflow", "Provided", "Job stats", "Execute ")
STOPPED = rf"Stopped\. (\d+) of {runs.SMALL_FITS} fits are kept; the same command goes on\."
BREAK = ("super().__init__()\n", "super().__init__()\n        len(3)\n")
BLOCK = re.compile(rf"^[█░]+  (\d+) of {runs.SMALL_FITS} fits done")


def clean(said: str) -> None:
    """Nothing of Snakemake's own, of rule files or of tracebacks."""
    unwanted = (*FOREIGN, "^^^^", "Traceback", ".smk", "CalledProcessError")
    assert [word for word in unwanted if word in said] == [], said


@pytest.fixture(scope="module")
def shown(project, tmp_path_factory):
    """A small run on a terminal, and its folder."""
    folder = runs.copy_folder(project, tmp_path_factory.mktemp("shown") / "clone")
    return ttys.run(folder, *RUN), folder


def test_a_block_is_redrawn_in_place_and_is_gone_at_the_end(shown):
    done, _ = shown
    assert done.status == 0
    clean("\n".join(done.lines))
    assert not any(BLOCK.match(line) for line in done.lines)
    assert "Look at results/small/figures" in done.lines[-1]
    assert len(done.lines) == 3  # that, and two of what there is to do

    # Whenever the block is whole, it is there once, and the counts go up.
    frames = re.split(r"\x1b\[\d+A\r\x1b\[J", done.written)[2:-1]
    assert frames and all(len(frame.splitlines()) == 3 for frame in frames)
    assert all(len(line) < ttys.COLUMNS for frame in frames for line in frame.splitlines())
    counts = [int(BLOCK.match(frame.splitlines()[0])[1]) for frame in frames]
    assert counts == sorted(counts) and len(set(counts)) > 2
    named = [line for frame in frames for line in frame.splitlines() if line.startswith("Now: ")]
    assert any("siren on noise-b9-s1234, 200 parameters" in line for line in named)
    assert done.written.count("\n") < 3 * len(frames) + 10


def test_the_log_file_has_every_job_and_its_times(shown):
    _, folder = shown
    logs = (folder / ".snakemake/log").iterdir()  # the folder that was copied may have had some
    told = max(logs, key=lambda log: log.stat().st_mtime).read_text()
    fits = re.findall(r"^\[.*\d\d:\d\d:\d\d.*\]\nJob \d+: fit (\S+) of ", told, re.MULTILINE)
    assert len(fits) == runs.SMALL_FITS
    assert len(re.findall(r"\]\nFinished jobid: \d+ \(Rule: fit_model\)", told)) == len(fits)


def test_with_nothing_to_do_the_answer_is_told_as_well(shown):
    _, folder = shown
    again = ttys.run(folder, *RUN)
    assert again.status == 0
    first, *_, last = again.lines
    assert "Nothing to be done" in first and "Look at results/small/figures" in last
    clean("\n".join(again.lines))


def test_snakemakes_own_words_come_back(shown):
    _, folder = shown
    dry = runs.run(folder, *RUN, "--dry-run", "--forceall")
    assert "This was a dry-run" in dry.stdout
    verbose = runs.run(folder, *RUN, "--verbose")
    assert "Building DAG of jobs" in verbose.stderr
    dumb = ttys.run(folder, *RUN, term="dumb")
    assert "\x1b" not in dumb.written and "Nothing to be done" in dumb.written


def test_ctrl_c_is_answered_once(project, copied):
    folder = copied(project)
    begun = re.compile(rf"[2-5] of {runs.SMALL_FITS} fits done, 2 running")
    done = ttys.run(folder, *RUN, press=lambda written: bool(begun.search(written)))
    assert done.status != 0
    clean("\n".join(done.lines))
    told = re.fullmatch(STOPPED, done.lines[-1].removeprefix("^C"))
    assert told, done.lines
    assert len(done.lines) == 3, done.lines
    kept = runs.stamps(folder)
    assert len(kept) == int(told[1]) >= 2
    runs.wait_until(lambda: not runs.processes(folder), 10, "processes stay in the folder")
    again = runs.run(folder, *RUN)
    assert "Stopped" not in again.stderr
    assert {name: runs.stamps(folder)[name] for name in kept} == kept


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_all_of_a_run_is_answered_once(project, copied, number):
    folder = copied(project)
    process = runs.begin(folder, *RUN)
    runs.wait_until(lambda: len(runs.stamps(folder)) >= 2, runs.LONGEST, "two fits")
    os.killpg(process.pid, number)
    assert process.wait(timeout=20) != 0
    said = (folder / "messages.txt").read_text()
    assert len(re.findall(STOPPED, said)) == 1 and said.count("Stopped") == 1, said
    clean("\n".join(said.splitlines()[1:]))  # the first is about the profile


def test_a_job_that_raises_is_told_by_its_kind_and_log_there_and_at_the_end(project, copied):
    folder = copied(project)
    model = folder / "workflow/fieldbench/models/siren.py"
    model.write_text(model.read_text().replace(*BREAK, 1))
    done = runs.snakemake(folder, *RUN, "--cores", "2")
    assert done.returncode != 0
    clean("\n".join(done.stderr.splitlines()[1:]))
    why = "TypeError: object of type 'int' has no len()"
    log = "results/small/logs/fits/represent/noise-b9-s1234/siren-150-s1234.log"
    name = "siren on noise-b9-s1234, 150 parameters"
    assert f"fieldbench: {name} failed: {why}\n  Its log: {log}\n" in done.stderr
    end = done.stderr.partition("fieldbench: 3 jobs failed:\n")[2]
    assert f"  {name}: {why}\n    Its log: {log}" in end and end.count(why) == 3
    assert f"{why}\n" in (folder / log).read_text()
