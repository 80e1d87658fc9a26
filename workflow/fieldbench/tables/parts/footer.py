"""The line below a table for readers that says where its numbers come from."""

from pathlib import Path

from fieldbench.figures.parts.stamp import Stamp, text
from fieldbench.results.store import write_whole
from fieldbench.tables.parts.latex import escape


def below_markdown(table: str, stamp: Stamp) -> str:
    """A page with the stamp as its last line."""
    return f"{table}\n<sub>{text(stamp)}</sub>\n"


def below_latex(table: str, stamp: Stamp) -> str:
    """Tables with the stamp below the last one, in small letters."""
    end = r"\end{table}"
    above, found, after = table.rpartition(end)
    if not found:  # a table over pages, which takes nothing inside
        return rf"{table}{{\tiny {escape(text(stamp))}\par}}" + "\n"
    footer = rf"\par\smallskip{{\tiny {escape(text(stamp))}\par}}"
    return f"{above}{footer}\n{end}{after}"


BELOW = {".md": below_markdown, ".tex": below_latex}


def save(table: str, path: str, stamp: Stamp | None) -> None:
    """Write a table with its stamp below, by its name; CSV, which machines read, stays plain."""
    below = BELOW.get(Path(path).suffix) if stamp else None
    write_whole(path, (below(table, stamp) if below else table).encode())
