"""Names that a shell, or a pattern, would make something else of are only ever names here."""

import numpy as np
import yaml
from helpers import runs

ODD = [
    'it\'s "q" $(touch hacked); ü `touch hacked`.npy',
    "-rf.npy",
    "%s*?[a].npy",
]
RESULTS = "res $(touch hacked) `touch hacked` \"'ü;"


def test_odd_names_of_files_and_of_the_results_folder(project, copied):
    folder = copied(project)
    signals = {f"own-{n}": {"kind": "file", "path": name} for n, name in enumerate(ODD)}
    for name in ODD:
        with open(folder / name, "wb") as file:
            np.save(file, np.linspace(0, 1, 64).reshape(8, 8))
    study = {"question": "Q", "signals": list(signals), "models": ["grid"], "budgets": [100]}
    preset = {"training": {"steps": 5, "evaluations": 1}, "signals": signals}
    (folder / "odd.yaml").write_text(yaml.safe_dump(preset | {"studies": {"main": study}}))
    made = [f"{RESULTS}/odd/signals/{name}.h5" for name in signals]
    made.append(f"{RESULTS}/odd/fits/represent/own-0/grid-100-s1234.h5")
    runs.run(folder, "odd.yaml", *made, config=(f"results={RESULTS}",))
    assert all((folder / name).is_file() for name in made)
    assert not list(folder.rglob("hacked"))
