"""What is shown of a run's state: the lines of the block on a terminal, the line in a pipe."""

import math
import unicodedata

from runtime.terminal.tally import Job, Tally

BAR = 24  # cells of the bar, where there is room
SHOWN = 2  # names of running jobs


def block(tally: Tally, width: int, plain: bool) -> list[str]:
    """The three lines of a run's state, none of them wider than a terminal's columns."""
    counts, running = counted(tally), _running(tally)
    bar = _bar(tally, min(BAR, width - len(counts) - 2), plain)
    lines = [f"{bar}  {counts}" if bar else counts, running, _times(tally)]
    return [cut(line, width) for line in lines]


def line(tally: Tally) -> str:
    """A run's state in one line."""
    notes = "; ".join(tally.notes[job.log] for job in _at_work(tally) if job.log in tally.notes)
    return ", ".join(part for part in (counted(tally), notes, _times(tally)) if part)


def duration(seconds: float) -> str:
    """A time as people say it: 45 s, 12 min, 3.5 h."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def name(rule: str, wildcards: dict[str, str], message: str) -> str:
    """A job in words: what it fits to what, or what its rule says of it."""
    if rule not in ("fit_model", "render_fit"):
        return message or rule.replace("_", " ")
    budget = int(wildcards["budget"])
    size = f", {budget:,} parameters" if budget else ""
    return f"{wildcards['model']} on {wildcards['signal']}{size}"


def cut(text: str, width: int) -> str:
    """A text, shortened to so many columns of a terminal."""
    if sum(map(_columns, text)) <= width:
        return text
    kept, used = "", 3
    for character in text:
        used += _columns(character)
        if used > width:
            break
        kept += character
    return (kept + "...")[: max(width, 0)]


def counted(tally: Tally) -> str:
    """How many of the goal are done, run and have failed."""
    text = f"{tally.reached:,} of {tally.total:,} {tally.goal.noun} done"
    if running := tally.count(tally.running):
        text += f", {running} running"
    if failed := tally.count(tally.failed):
        text += f", {failed} failed"
    return text


def _running(tally: Tally) -> str:
    """What runs now, one or two names of it."""
    names = [_named(tally, job) for job in _at_work(tally)]
    more = f", and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return "Now: " + ("; ".join(names[:SHOWN]) + more if names else "what comes next is chosen")


def _at_work(tally: Tally) -> list[Job]:
    """The jobs that run, the goal's before others, those that began first before later ones."""
    numbers = sorted(tally.running, key=lambda n: (not tally.count([n]), tally.running[n]))
    return [tally.jobs[number] for number in numbers]


def _named(tally: Tally, job: Job) -> str:
    note = tally.notes.get(job.log)
    return f"{job.name}, {note}" if note else job.name


def _times(tally: Tally) -> str:
    done, others = tally.others
    failed = len(tally.failed) - tally.count(tally.failed)
    parts = [f"{done:,} of {others:,} other jobs done"] if others else []
    parts += [f"{failed} of these failed"] if failed else []
    parts.append(f"{_clock(tally.now())} so far")
    left = tally.seconds_left()
    parts += [] if math.isnan(left) else [f"about {duration(left)} left"]
    return ", ".join(parts)


def _clock(seconds: float) -> str:
    """A time as a clock shows it: 1:23, 2:00:05."""
    hours, rest = divmod(int(seconds), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _bar(tally: Tally, width: int, plain: bool) -> str:
    if width < 8 or not tally.total:
        return ""
    full, empty = "#-" if plain else "█░"
    filled = width * tally.reached // tally.total
    return full * filled + empty * (width - filled)


def _columns(character: str) -> int:
    """How many columns of a terminal a character takes."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
