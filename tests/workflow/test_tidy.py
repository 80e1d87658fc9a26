"""What a preset makes no more is named at the end of a run, and one command removes it."""

from helpers import runs

FOREIGN = ("fits/own.h5", "signals/own.h5", "scores/own.h5", "logs/own.log", "estimates/own.csv")


def test_what_a_preset_makes_no_more_is_named_and_removed(small, copied):
    folder = copied(small.folder)
    root = folder / "results/small"
    for name in FOREIGN:
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).touch()
    svg = "results/small/figures/main/curves-psnr.svg"
    runs.run(folder, "small.yaml", svg)
    gone = root / "figures/other/curves.pdf"
    gone.parent.mkdir()
    gone.touch()
    before = set(runs.found(folder, "small/**/*.*"))

    said = runs.run(folder, "small.yaml").stderr
    assert "One file is left" in said and str(gone.relative_to(folder)) in said
    assert "snakemake tidy --config preset=small.yaml" in said
    told = runs.run(folder, "small.yaml", "tidy").stdout
    assert told == "removed results/small/figures/other/curves.pdf\n"
    assert not gone.parent.exists()
    after = set(runs.found(folder, "small/**/*.*"))
    assert after - before == {"small/logs/tidy.log"}
    assert before - after == {"small/figures/other/curves.pdf"}
    assert "is left" not in runs.run(folder, "small.yaml").stderr
