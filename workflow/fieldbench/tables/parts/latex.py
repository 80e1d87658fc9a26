"""What LaTeX needs of words."""

_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
}


_SIGNS = {"±": r"$\pm$", "−": "$-$", "×": r"$\times$", "τ": r"$\tau$", "ρ": r"$\rho$"}


def escape(text: str) -> str:
    """Text that LaTeX prints as it stands."""
    text = "".join(_LATEX.get(letter, letter) for letter in text)
    for sign, command in _SIGNS.items():
        text = text.replace(sign, command)
    return text
