"""Weights for the networks of LPIPS: random ones, under torchvision's own names.

What torchvision calls them, and of which shape they are, is written down here once more, so that
a mistake in the library's networks has nothing to agree with.
"""

import hashlib

import torch

FIRE = {3: (64, 16), 4: (128, 16), 6: (128, 32), 7: (256, 32), 9: (256, 48), 10: (384, 48),
        11: (384, 64), 12: (512, 64)}  # fmt: skip
VGG = {0: (64, 3), 2: (64, 64), 5: (128, 64), 7: (128, 128), 10: (256, 128), 12: (256, 256),
       14: (256, 256), 17: (512, 256), 19: (512, 512), 21: (512, 512), 24: (512, 512),
       26: (512, 512), 28: (512, 512)}  # fmt: skip
ALEX = {0: (64, 3, 11), 3: (192, 64, 5), 6: (384, 192, 3), 8: (256, 384, 3), 10: (256, 256, 3)}


def shapes(net):
    """{name of a convolution: shape of its weights}."""
    if net == "vgg":
        return {f"features.{n}": (*own, 3, 3) for n, own in VGG.items()}
    if net == "alex":
        return {f"features.{n}": (out, into, k, k) for n, (out, into, k) in ALEX.items()}
    found = {"features.0": (64, 3, 3, 3)}
    for number, (into, few) in FIRE.items():
        name = f"features.{number}"
        found[f"{name}.squeeze"] = (few, into, 1, 1)
        found[f"{name}.expand1x1"] = (4 * few, few, 1, 1)
        found[f"{name}.expand3x3"] = (4 * few, few, 3, 3)
    return found


def weights(net, classifier=True):
    """A state dictionary as torchvision writes it; always the same numbers for one network."""
    seed = int.from_bytes(hashlib.sha256(net.encode()).digest()[:4], "big")
    generator = torch.Generator().manual_seed(seed)
    state = {}
    for name, shape in shapes(net).items():
        spread = (2 / torch.Size(shape[1:]).numel()) ** 0.5
        state[f"{name}.weight"] = spread * torch.randn(shape, generator=generator)
        state[f"{name}.bias"] = 0.1 * torch.randn(shape[0], generator=generator)
    if classifier:
        state["classifier.1.weight"] = torch.zeros(7, 9)
    return state


def file(net, folder):
    """A file of them, written once a folder."""
    path = folder / f"{net}.pth"
    if not path.exists():
        torch.save(weights(net), path)
    return str(path)
