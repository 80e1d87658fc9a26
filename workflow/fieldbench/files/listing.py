"""The table of formats for readers, as a part of the page docs/own-data.md."""

from fieldbench.files.reading import FORMATS, Format

HEAD = "| file | its name ends in | what is read | needs |\n| --- | --- | --- | --- |\n"


def in_page(page: str) -> str:
    """The page with its table of formats written anew; the rest stays as it is."""
    before, rest = page.split(HEAD)
    _, after = rest.split("\n\n", 1)
    return before + HEAD + "\n".join(map(_row, FORMATS)) + "\n\n" + after


def _row(form: Format) -> str:
    endings = " ".join(f"`{suffix}`" for suffix in form.suffixes)
    needs = ", ".join(f"`{name}`" for name in form.packages)
    return f"| {form.name} | {endings} | {form.what} | {needs} |"
