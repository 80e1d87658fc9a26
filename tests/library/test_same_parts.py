"""Models of the paper and composed models: made of the same parts, they are the same."""

import torch
from helpers.composed import made

from fieldbench.lattice import Lattice


def copied(layers, others):
    """Give layers the weights of others."""
    with torch.no_grad():
        for layer, other in zip(layers, others, strict=True):
            layer.weight.copy_(other.weight)
            layer.bias.copy_(other.bias)


POINTS = Lattice((40, 30)).points()


def test_siren_is_made_of_the_same_parts():
    """The one of INR-benchmark ends in a sine."""
    siren = made("siren", omega=9.0, hidden_layers=3)
    parts = made("mlp-identity-sine", omega=9.0, hidden_layers=3)
    copied(parts.layers, siren.layers)
    torch.testing.assert_close(torch.sin(9 * parts(POINTS)), siren(POINTS), rtol=1e-4, atol=1e-5)


def test_relu_mlp_is_made_of_the_same_parts():
    plain, parts = made("relu-mlp"), made("mlp-identity-relu", hidden_layers=3)
    copied(parts.layers, [*plain.layers, plain.last])
    torch.testing.assert_close(parts(POINTS), plain(POINTS))


def test_ffn_is_made_of_the_same_parts():
    """INR-benchmark's last two layers have nothing between them: they are one."""
    ffn = made("ffn", features=20, sigma=2.0)
    parts = made("mlp-rff-relu", features=20, sigma=2.0, hidden_layers=1)
    with torch.no_grad():
        parts.encoding.frequencies.copy_(ffn.frequencies)
        *before, last, final = ffn.layers
        both = torch.nn.Linear(16, 3)
        both.weight.copy_(final.weight @ last.weight)
        both.bias.copy_(final(last.bias))
    copied(parts.layers, [*before, both])
    torch.testing.assert_close(parts(POINTS), ffn(POINTS), rtol=1e-4, atol=1e-5)


def test_positional_mlp_is_made_of_the_same_parts():
    """It leaves the coordinates themselves out, and has all sines before all cosines."""
    ladder, parts = (
        made("positional-mlp", rungs=4),
        made("mlp-neff-relu", octaves=4, hidden_layers=2),
    )
    copied(parts.layers[1:], [*ladder.layers[1:], ladder.last])
    with torch.no_grad():
        first = ladder.layers[0]
        by_axis = first.weight.unflatten(1, (2, 2, 4)).transpose(1, 2).flatten(2)  # (16, dims, 8)
        nothing = torch.zeros(16, 2, 1)
        parts.layers[0].weight.copy_(torch.cat([nothing, by_axis], dim=2).flatten(1))
        parts.layers[0].bias.copy_(first.bias)
    torch.testing.assert_close(parts(POINTS), ladder(POINTS), rtol=1e-4, atol=1e-5)


def test_the_real_layer_of_wire_is_made_of_the_same_parts():
    """Its deeper layers are complex, which no part is."""
    wire = made("wire", omega=7.0, sigma=2.0, hidden_layers=0)
    parts = made("mlp-identity-real-gabor", omega=7.0, steepness=2.0, hidden_layers=0)
    with torch.no_grad():
        for values in wire.layers[0].parameters():
            values[..., 1] = 0  # the imaginary parts
    copied(parts.layers[:1], [wire.first])
    with torch.no_grad():
        parts.layers[1].weight.copy_(wire.layers[0].weight[..., 0])
        parts.layers[1].bias.copy_(wire.layers[0].bias[..., 0])
    torch.testing.assert_close(parts(POINTS), wire(POINTS), rtol=1e-4, atol=1e-5)
