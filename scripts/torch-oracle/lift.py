"""Maps of DeepLIFT, DeepLIFT over several baselines and GradientSHAP on small nets.

GradientSHAP is Captum's (0.8), in float64, with the random draws recorded. The rules of DeepLIFT (Shrikumar, Greenside &
Kundaje 2017, arXiv 1704.02685, sections 3.5.1 to 3.5.3) are worked out here with numpy, every layer as a matrix, one label
at a time; those of rescaling must be Captum's but on a net with max pooling, where Captum's do not add up. Weights are sines, so that the nets need no file:
tensor number k of a net has the elements scale * sin(1.7 i + 0.9 k + 0.3).
"""

import base64
import json
from pathlib import Path
from unittest import mock

import numpy as np
import torch
from captum.attr import DeepLift, DeepLiftShap, GradientShap
from torch import nn

FILE = Path(__file__).resolve().parent.parent.parent / "packages" / "methods" / "test" / "fixtures" / "lift.json"
LABELS = 3
EXAMPLES = 2
BASELINES = 3
SAMPLES = 4
SIGMA = 0.3


def sines(k, shape, scale):
    size = int(np.prod(shape))
    values = scale * np.sin(1.7 * np.arange(size) + 0.9 * k + 0.3)
    return torch.from_numpy(values.astype("<f4").astype("f8").reshape(shape))


def pack(values):
    return base64.b64encode(np.asarray(values.detach(), "<f4").tobytes()).decode()


def filled(net):
    """Gives the parameters of a net, in their order, the sines of their numbers."""
    for k, parameter in enumerate(net.parameters()):
        fan = np.prod(parameter.shape[1:]) if parameter.dim() > 1 else 16
        parameter.data = sines(k, parameter.shape, float(np.sqrt(4 / fan)))
    return net.double().eval()


def nets():
    relu = [nn.Linear(6, 9), nn.ReLU(), nn.Linear(9, 7), nn.ReLU(), nn.Linear(7, LABELS)]
    activations = [nn.Tanh(), nn.Sigmoid(), nn.Softplus(), nn.ELU(), nn.LeakyReLU(0.1)]
    mixed = [layer for i, f in enumerate(activations) for layer in (nn.Linear(7 if i else 6, 7), f)]
    top = [nn.Conv2d(2, 3, 3, padding=1), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(12, LABELS)]
    yield "relu", (6,), relu
    yield "mixed", (6,), [*mixed, nn.Linear(7, LABELS)]
    yield "max-pool", (1, 8, 8), [nn.Conv2d(1, 2, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), *top]
    yield "stride", (1, 8, 8), [nn.Conv2d(1, 2, 2, stride=2), nn.ReLU(), *top]


def of_all_labels(attribute, inputs):
    """`[labels, N, ...]`, one example at a time."""
    return torch.stack([torch.cat([attribute(n, label) for n in range(len(inputs))]) for label in range(LABELS)])


def gradient_shap(net, inputs, baselines, label):
    """The map, and what was drawn: rows of the baselines, places on the paths, standard normal noise."""
    drawn = {}
    choice, uniform, normal = np.random.choice, np.random.uniform, torch.normal

    def record(name, draw):
        def drawing(*given, **named):
            drawn[name] = draw(*given, **named)
            return drawn[name]

        return drawing

    np.random.seed(3)
    torch.manual_seed(3)
    with (
        mock.patch("numpy.random.choice", record("rows", choice)),
        mock.patch("numpy.random.uniform", record("places", uniform)),
        mock.patch("torch.normal", record("noise", normal)),
    ):
        found = GradientShap(net).attribute(inputs, baselines, n_samples=SAMPLES, stdevs=SIGMA, target=label)
    return found, drawn


# --- the rules with numpy ----------------------------------------------------


def matrix(layer, shape):
    """A linear layer at an example shape as (W, bias, shape of the output)."""
    size = int(np.prod(shape))
    with torch.no_grad():
        bias = layer(torch.zeros(1, *shape).double())
        rows = layer(torch.eye(size).double().reshape(size, *shape)) - bias
    return rows.reshape(size, -1).T.numpy(), bias.reshape(-1).numpy(), tuple(bias.shape[1:])


def pooled(layer, shape, v, v0):
    """Multipliers of 2 x 2 max pooling as a matrix: a rise belongs to the input's winner, a fall to the baseline's."""
    assert layer.kernel_size == layer.stride == 2
    channels, height, width = shape
    places = np.arange(v.size).reshape(shape)
    rows = []
    for c, i, j in np.ndindex(channels, height // 2, width // 2):
        window = places[c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].reshape(-1)
        change = v[window].max() - v0[window].max()
        winner = window[v[window].argmax() if change >= 0 else v0[window].argmax()]
        row = np.zeros(v.size)
        row[winner] = change / (v[winner] - v0[winner]) if change else float(v[winner] == v0[winner])
        rows.append(row)
    return np.stack(rows), (channels, height // 2, width // 2)


def rescale(net, x, x0, label):
    """Multipliers of the input by the rescale rule."""
    shape, steps = tuple(x.shape[1:]), []
    v, v0 = x.reshape(-1).numpy(), x0.reshape(-1).numpy()
    for layer in net:
        w, below = (v, v0), shape
        v, v0 = (layer(torch.from_numpy(values).reshape(1, *shape)).detach().reshape(-1).numpy() for values in w)
        if isinstance(layer, nn.MaxPool2d):
            m, shape = pooled(layer, below, *w)
        elif isinstance(layer, (nn.Linear, nn.Conv2d, nn.AvgPool2d, nn.Flatten)):
            m, _, shape = matrix(layer, below)
        else:
            m = np.diag(slopes(layer, w[1], w[0] - w[1]))
        assert np.allclose(m @ (w[0] - w[1]), v - v0)
        steps.append(m)
    multiplier = np.eye(len(v))[label]
    for m in reversed(steps):
        multiplier = multiplier @ m
    return torch.from_numpy(multiplier.reshape(x.shape))


def slopes(layer, start, change):
    """(f(start + change) - f(start)) / change, the derivative at the start where nothing changes."""
    at = torch.from_numpy(start).requires_grad_(True)
    (derivative,) = torch.autograd.grad(layer(at).sum(), at)
    rise = layer(torch.from_numpy(start + change)).numpy() - layer(at).detach().numpy()
    tiny = np.abs(change) < 1e-9
    assert (tiny == (change == 0)).all()
    return np.where(tiny, derivative.numpy(), rise / np.where(tiny, 1, change))


def reveal_cancel(net, x, x0, label):
    """Multipliers of the input by the chain rule, from the logit down. Every activation follows a linear layer."""
    shape, steps = tuple(x.shape[1:]), []
    v, v0 = x.reshape(-1).numpy(), x0.reshape(-1).numpy()
    for layer in net:
        if isinstance(layer, (nn.Linear, nn.Conv2d, nn.AvgPool2d, nn.Flatten)):
            w, bias, shape = matrix(layer, shape)
            contributions = w * (v - v0)
            plus, minus = np.maximum(contributions, 0).sum(1), np.minimum(contributions, 0).sum(1)
            steps.append(("linear", w, np.sign(v - v0)))
            v, v0 = w @ v + bias, w @ v0 + bias
            assert np.allclose(plus + minus, v - v0)
        else:
            up = (slopes(layer, v0, plus) + slopes(layer, v0 + minus, plus)) / 2
            down = (slopes(layer, v0, minus) + slopes(layer, v0 + plus, minus)) / 2
            steps.append(("activation", up, down))
            v, v0 = (layer(torch.from_numpy(values)).numpy() for values in (v, v0))
            assert np.allclose(up * plus + down * minus, v - v0)
    multiplier = np.eye(len(v))[label]  # of what is below the step at hand
    pair = (multiplier, multiplier)  # of the positive and of the negative part, between a linear layer and an activation
    for kind, a, b in reversed(steps):
        if kind == "activation":
            pair = (a * multiplier, b * multiplier)
            continue
        above, below = pair
        raise_by, lower_by = np.maximum(a, 0), np.minimum(a, 0)
        same = above @ raise_by + below @ lower_by
        other = above @ lower_by + below @ raise_by
        multiplier = np.where(b > 0, same, np.where(b < 0, other, (same + other) / 2))
        pair = (multiplier, multiplier)
    assert np.isclose(multiplier @ (x - x0).reshape(-1).numpy(), v[label] - v0[label])
    return torch.from_numpy(multiplier.reshape(x.shape))


def case(name, shape, layers):
    torch.manual_seed(11)
    net = filled(nn.Sequential(*layers))
    inputs, baselines = (torch.randn(n, *shape).float().double() for n in (EXAMPLES, BASELINES))
    alone = [inputs[n : n + 1] for n in range(EXAMPLES)]
    starts = [baselines[n : n + 1] for n in range(EXAMPLES)]
    by_hand = of_all_labels(lambda n, c: rescale(net, alone[n], starts[n], c) * (alone[n] - starts[n]), inputs)
    over_all = of_all_labels(
        lambda n, c: sum(rescale(net, alone[n], b[None], c) * (alone[n] - b) for b in baselines) / BASELINES, inputs
    )
    pools = any(isinstance(layer, nn.MaxPool2d) for layer in layers)
    if not pools:
        library = of_all_labels(lambda n, c: DeepLift(net).attribute(alone[n], starts[n], target=c), inputs)
        assert torch.allclose(library, by_hand, atol=1e-12), name
        library = of_all_labels(lambda n, c: DeepLiftShap(net).attribute(alone[n], baselines, target=c), inputs)
        assert torch.allclose(library, over_all, atol=1e-12), name
    sampled = [gradient_shap(net, alone[0], baselines, label) for label in range(LABELS)]
    drawn = sampled[0][1]
    truth = {
        "name": name,
        "shape": shape,
        "input": pack(inputs),
        "baselines": pack(baselines),
        "logits": pack(net(inputs)),
        "rescale": pack(by_hand),
        "shap": pack(over_all),
        "sigma": SIGMA,
        "rows": [int(row) for row in drawn["rows"]],
        "places": [float(place) for place in drawn["places"]],
        "noise": pack(drawn["noise"] / SIGMA),
        "gradientShap": pack(torch.stack([found for found, _ in sampled])),
    }
    if not pools:
        truth["revealCancel"] = pack(of_all_labels(lambda n, c: reveal_cancel(net, alone[n], starts[n], c), inputs))
    return truth


def main():
    cases = [case(*net) for net in nets()]
    FILE.write_text(json.dumps(cases) + "\n")
    print(f"{len(cases)} cases, {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
