"""LPIPS against the `lpips` package on torchvision's networks, against a few lines, and by hand."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from helpers import backbones, trial

from fieldbench.metrics import _lpips
from fieldbench.plan.entries.registry import load
from fieldbench.plan.errors import UserError

NETS = ("vgg", "alex", "squeeze")
PACKAGE = Path(importlib.util.find_spec("lpips").submodule_search_locations[0])

# The package and torchvision as they are. Where torchvision was built for another torch, the two
# operators that keep it from loading are declared first; LPIPS calls neither.
REFERENCE = """
import json, sys
import numpy as np
import torch
try:
    import torchvision
except RuntimeError:
    missing = torch.library.Library("torchvision", "FRAGMENT")
    for name in ("nms", "qnms"):
        missing.define(name + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    import torchvision
import lpips

found = {}
pairs = np.load(sys.argv[2])
for net in ("vgg", "alex", "squeeze"):
    with torch.device("meta"):  # quick: no random numbers for the classifiers
        whole = lpips.LPIPS(net=net, pnet_rand=True, pretrained=False, verbose=False)
    given = torch.load(f"{sys.argv[1]}/{net}.pth")
    own = {}
    for name in whole.net.state_dict():  # slice1.0.weight is torchvision's features.0.weight
        own["net." + name] = given["features." + name.split(".", 1)[1]]
    heads = torch.load(f"{lpips.__path__[0]}/weights/v0.1/{net}.pth", map_location="cpu")
    for name, value in heads.items():
        own[name] = value
        own[name.replace("lin", "lins.").replace(".model", ".model", 1)] = value
    scale = lpips.lpips.ScalingLayer()
    own |= {"scaling_layer." + name: value for name, value in scale.state_dict().items()}
    whole.load_state_dict(own, assign=True)
    found[net] = []
    for name in sorted(pairs.files):
        one, other = torch.tensor(pairs[name], dtype=torch.float32).permute(0, 3, 1, 2)
        shape = (1, 3, *one.shape[1:])
        with torch.no_grad():
            value = whole(one[None].expand(shape), other[None].expand(shape), normalize=True)
        found[net].append(value.item())
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("weights")


@pytest.fixture(scope="module")
def metrics(folder):
    return {net: load("metrics", f"lpips-{net}")(files=(backbones.file(net, folder),))
            for net in NETS}  # fmt: skip


def pair(shape, spread=0.1, seed=0):
    rng = np.random.default_rng(seed)
    truth = rng.random(shape)
    return truth, np.clip(truth + spread * rng.standard_normal(shape), 0, 1)


def test_it_is_that_of_the_package(metrics, folder, tmp_path):
    """Grey, colour, and a truth that leaves [0, 1] as noise of high bandwidth does."""
    wide = pair((50, 47, 1))
    pairs = [pair((40, 61, 1)), pair((64, 35, 3)), (1.6 * wide[0] - 0.3, wide[1])]
    named = {str(number): np.stack(own) for number, own in enumerate(pairs)}
    np.savez(tmp_path / "pairs.npz", **named)
    expected = json.loads(trial.python(REFERENCE, folder, tmp_path / "pairs.npz").stdout)
    for net in NETS:
        found = [metrics[net].score(*own) for own in pairs]
        assert min(found) > 0
        assert found == pytest.approx(expected[net], rel=2e-6)


def few_lines(net, weights, truth, found):
    """LPIPS with torch's functions only, in float64."""
    heads = torch.load(PACKAGE / f"weights/v0.1/{net}.pth", map_location="cpu")
    features = []
    for picture in (truth, found):
        x = torch.tensor(picture * 2 - 1).permute(2, 0, 1)[None].expand(1, 3, -1, -1)
        mean, std = ([-0.030, -0.088, -0.188], [0.458, 0.448, 0.450])
        x = (x - torch.tensor(mean)[:, None, None]) / torch.tensor(std)[:, None, None]
        features.append(list(walk(net, {k: v.double() for k, v in weights.items()}, x)))
    total = 0.0
    for depth, (one, other) in enumerate(zip(*features, strict=True)):
        one, other = (x / (x.square().sum(1, keepdim=True).sqrt() + 1e-10) for x in (one, other))
        weighted = F.conv2d((one - other) ** 2, heads[f"lin{depth}.model.1.weight"].double())
        total += weighted.mean().item()
    return total


def walk(net, weights, x):
    """The features at each depth."""

    def conv(name, x, **how):
        name = f"features.{name}"
        return F.relu(F.conv2d(x, weights[f"{name}.weight"], weights[f"{name}.bias"], **how))

    if net == "vgg":
        for depth, numbers in enumerate([(0, 2), (5, 7), (10, 12, 14), (17, 19, 21), (24, 26, 28)]):
            x = F.max_pool2d(x, 2) if depth else x
            for number in numbers:
                x = conv(number, x, padding=1)
            yield x
    elif net == "alex":
        yield (x := conv(0, x, stride=4, padding=2))
        yield (x := conv(3, F.max_pool2d(x, 3, 2), padding=2))
        yield (x := conv(6, F.max_pool2d(x, 3, 2), padding=1))
        yield (x := conv(8, x, padding=1))
        yield conv(10, x, padding=1)
    else:
        yield (x := conv(0, x, stride=2))
        for numbers in ((3, 4), (6, 7), (9,), (10,), (11,), (12,)):
            x = F.max_pool2d(x, 3, 2, ceil_mode=True) if numbers[0] in (3, 6, 9) else x
            for number in numbers:
                x = conv(f"{number}.squeeze", x)
                sides = [conv(f"{number}.{side}", x, padding=pad)
                         for side, pad in (("expand1x1", 0), ("expand3x3", 1))]  # fmt: skip
                x = torch.cat(sides, 1)
            yield x


@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("shape", [(33, 52, 1), (70, 45, 3)])
def test_it_is_that_of_a_few_lines_in_float64(metrics, net, shape):
    truth, found = pair(shape)
    expected = few_lines(net, backbones.weights(net), truth, found)
    assert metrics[net].score(truth, found) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("net", NETS)
def test_a_distance(metrics, net):
    truth, found = pair((40, 40, 3))
    score = metrics[net].score
    assert score(truth, truth.copy()) == 0.0
    assert score(truth, found) == score(found, truth) > 0
    grows = [score(truth, pair(truth.shape, spread)[1]) for spread in (0.02, 0.05, 0.1, 0.3)]
    assert grows == sorted(grows) and grows[0] > 0


@pytest.mark.parametrize("net", NETS)
def test_grey_is_colour_with_three_equal_channels(metrics, net):
    truth, found = pair((40, 40, 1))
    three = [np.repeat(picture, 3, axis=-1) for picture in (truth, found)]
    assert metrics[net].score(truth, found) == metrics[net].score(*three)


def test_neither_threads_nor_random_numbers_nor_modes_are_touched(folder):
    """Nor is the value changed by how many threads there are."""
    truth, found = pair((40, 40, 1))
    before = torch.get_num_threads(), torch.random.get_rng_state(), torch.is_grad_enabled()
    values = []
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            metric = load("metrics", "lpips-alex")(files=(backbones.file("alex", folder),))
            values.append(metric.score(truth, found))
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before[0])
    assert values[0] == values[1]
    assert torch.equal(torch.random.get_rng_state(), before[1])
    assert torch.is_grad_enabled() == before[2]


def test_neither_package_is_imported_and_no_network_is_asked(folder):
    told = trial.python(ALONE, backbones.file("squeeze", folder))
    assert json.loads(told.stdout) == []


ALONE = """
import json, socket, sys
import numpy as np
def refuse(*_, **__):
    raise AssertionError("a socket was opened")
socket.socket.connect = socket.getaddrinfo = refuse
from fieldbench.plan.entries.registry import load
load("metrics", "lpips-squeeze")(files=(sys.argv[1],)).score(np.zeros((20, 20, 1)), np.ones((20, 20, 1)))
print(json.dumps([m for m in ("lpips", "torchvision") if m in sys.modules]))
"""  # noqa: E501


def test_weights_with_and_without_the_classifier_are_the_same(metrics, tmp_path):
    bare = tmp_path / "bare.pth"
    torch.save(backbones.weights("squeeze", classifier=False), bare)
    own, pictures = load("metrics", "lpips-squeeze")(files=(bare,)), pair((20, 20, 1))
    assert own.score(*pictures) == metrics["squeeze"].score(*pictures)


def test_the_older_file_format_is_read(metrics, tmp_path):
    """torchvision's VGG16 and AlexNet still come in it."""
    old = tmp_path / "old.pth"
    torch.save(backbones.weights("alex"), old, _use_new_zipfile_serialization=False)
    own, pictures = load("metrics", "lpips-alex")(files=(old,)), pair((40, 40, 1))
    assert own.score(*pictures) == metrics["alex"].score(*pictures)


def wrong_files(folder, tmp_path):
    whole = Path(backbones.file("squeeze", folder)).read_bytes()
    old = tmp_path / "old.pth"
    torch.save(backbones.weights("squeeze"), old, _use_new_zipfile_serialization=False)
    fewer = backbones.weights("squeeze")
    fewer.pop("features.12.squeeze.bias")
    bent = backbones.weights("squeeze") | {"features.0.weight": torch.zeros(64, 3, 5, 5)}
    contents = {
        "empty": b"", "words": b"<html>not found</html>", "short": whole[: len(whole) // 2],
        "short-old": old.read_bytes()[:100_000],
    }  # fmt: skip
    states = {
        "fewer": fewer, "bent": bent, "other-net": backbones.weights("alex"), "list": [1, 2],
        "words-for-numbers": backbones.weights("squeeze") | {"features.0.bias": "none"},
        "code": {"features.0.weight": Path("harm")},
    }  # fmt: skip
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    for name, state in states.items():
        torch.save(state, tmp_path / name)
    return [tmp_path / name for name in (*contents, *states)]


def test_a_wrong_file_is_told_and_what_to_do(folder, tmp_path):
    metric = load("metrics", "lpips-squeeze")
    for file in wrong_files(folder, tmp_path):
        with pytest.raises(UserError, match=rf"{file.name} does not hold .* SqueezeNet.*Remove"):
            metric(files=(file,))
    with pytest.raises(UserError, match=r"nothing\.pth cannot be read: No such file"):
        metric(files=(tmp_path / "nothing.pth",))


def test_without_the_package_the_error_says_so(folder, monkeypatch):
    monkeypatch.setattr(_lpips, "find_spec", lambda name: None)
    with pytest.raises(UserError, match="lpips is not installed"):
        load("metrics", "lpips-alex")(files=(backbones.file("alex", folder),))
