"""How far a run has come counts what it makes, also where older files lie in its place."""

from helpers import edits, runs, ttys


def test_fits_made_again_are_not_done_before_they_are(small, copied):
    folder = copied(small.folder)
    model = folder / "workflow/fieldbench/models/siren.py"
    model.write_text(model.read_text().replace(*edits.SIREN_EDIT))
    before = runs.stamps(folder)
    done = ttys.run(folder, "small.yaml", runs.SMALL_SCORES)
    assert done.status == 0
    after = runs.stamps(folder)
    again = sum(after[name] != before[name] for name in before)
    assert 2 < again < len(after)
    counts = ttys.counts(done.written)
    assert counts[0] == (len(after) - again, len(after))
    assert counts[-1] == (len(after), len(after))
