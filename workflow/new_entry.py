"""Write a new entry from a template: `make new-model NAME=my-model`, and so for other kinds.

With `ENTRIES=my_entries` it goes into that folder of the user's own, else into fieldbench itself.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fieldbench.plan.entries import folders, registry
from fieldbench.plan.errors import UserError

TEMPLATES = Path(__file__).resolve().parent / "templates"


def kinds() -> dict[str, str]:
    """Every kind that there is a template for, by what one entry of it is called."""
    return {registry.singular(k): k for k in registry.CLASSES if template(k).is_file()}


def template(kind: str) -> Path:
    """The file that a new entry of a kind begins as."""
    return TEMPLATES / f"{registry.singular(kind)}.py"


def write(kind: str, name: str, folder: Path) -> Path:
    """Write a new entry below a folder and return its file."""
    if not registry.is_name(name):
        raise UserError(
            f"'{name}' cannot be the name of an entry.",
            "Use small letters, digits and single hyphens, as in 'my-model'.",
        )
    file = folder / kind / f"{name.replace('-', '_')}.py"
    if registry.exists(kind, name) or file.exists():
        raise UserError(f"There is already an entry '{name}' of {kind}.", "Choose another name.")
    title = name.replace("-", " ").capitalize()
    text = template(kind).read_text(encoding="utf-8")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.replace("TITLE", title).replace("NAME", name), encoding="utf-8")
    return file


def main(words: list[str]) -> None:
    """Write what the command line asks for, and say what to do next."""
    asked = argparse.ArgumentParser(description="Write a new entry from a template.")
    asked.add_argument("kind", choices=sorted(kinds()))
    asked.add_argument("name")
    asked.add_argument("--entries", help="your own folder of entries")
    given = asked.parse_args(words)
    try:
        file = write(kinds()[given.kind], given.name, Path(given.entries or folders.LIBRARY))
    except UserError as error:
        sys.exit(str(error))
    own = f" --entries {given.entries}" if given.entries else f" -k {given.name}"
    print(f'{file} is written. Change it, then: make test ARGS="{own.strip()}"')


if __name__ == "__main__":
    main(sys.argv[1:])
