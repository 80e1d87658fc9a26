"""How far a run has come counts what it makes, also where older files lie in its place."""

import re

from helpers import edits, runs


def test_fits_made_again_are_not_done_before_they_are(small, copied):
    folder = copied(small.folder)
    model = folder / "workflow/fieldbench/models/siren.py"
    model.write_text(model.read_text().replace(*edits.SIREN_EDIT))
    before = runs.stamps(folder)
    done = runs.run(folder, "small.yaml", runs.SMALL_SCORES)
    after = runs.stamps(folder)
    again = sum(after[name] != before[name] for name in before)
    assert 2 < again < len(after)
    counts = [int(n) for n in re.findall(r"fieldbench: (\d+) of \d+ fits done", done.stderr)]
    everything = int(re.search(r"of (\d+) fits done", done.stderr)[1])
    assert len(counts) == again and max(counts) == everything
    # Two that end together may both count each other.
    assert everything - again < min(counts) <= everything - again + 2
