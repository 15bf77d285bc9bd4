"""Writes packages/metrics/test/fixtures/captum.json: infidelity and sensitivity_max of Captum on two small nets, with given perturbations.

All numbers are float32 values, computed with in float64. Run from the repository root: python scripts/metrics-oracle/captum_metrics.py
"""

import json
from pathlib import Path

import captum
import torch
from captum.metrics import infidelity, infidelity_perturb_func_decorator, sensitivity_max
from torch.nn.functional import conv2d, softplus

SAMPLES = 4
TARGETS = [2, 0]
OUT = Path("packages/metrics/test/fixtures/captum.json")


def drawn(generator, *shape, scale=1.0):
    """Normal values as float64 that float32 holds exactly."""
    return (scale * torch.randn(*shape, generator=generator)).float().double()


def flat_net(generator):
    weights = {"w1": drawn(generator, 6, 5), "b1": drawn(generator, 6), "w2": drawn(generator, 3, 6), "b2": drawn(generator, 3)}

    def net(x):
        return softplus(x @ weights["w1"].T + weights["b1"]) @ weights["w2"].T + weights["b2"]

    return weights, net, (5,)


def picture_net(generator):
    weights = {
        "w1": drawn(generator, 3, 2, 3, 3, scale=0.5),
        "b1": drawn(generator, 3),
        "w2": drawn(generator, 3, 60, scale=0.3),
        "b2": drawn(generator, 3),
    }

    def net(x):
        hidden = torch.relu(conv2d(x, weights["w1"], weights["b1"], padding=1))
        return hidden.flatten(1) @ weights["w2"].T + weights["b2"]

    return weights, net, (2, 4, 5)


def gradient_of(net):
    def gradient(x, target):
        if isinstance(x, tuple):
            return (gradient(x[0], target),)
        with torch.enable_grad():
            x = x.detach().requires_grad_()
            logits = net(x)[torch.arange(len(x)), torch.as_tensor(target)]
            return torch.autograd.grad(logits.sum(), x)[0]

    return gradient


def flattened(tensor):
    return tensor.flatten().tolist()


def case(name, make, seed):
    generator = torch.Generator().manual_seed(seed)
    weights, net, shape = make(generator)
    examples = len(TARGETS)
    x = drawn(generator, examples, *shape)
    baseline = drawn(generator, examples, *shape, scale=0.5)
    x.view(examples, -1)[:, 1] = 0
    baseline.view(examples, -1)[:, 3] = x.view(examples, -1)[:, 3]
    perturbed = (x[:, None] + drawn(generator, examples, SAMPLES, *shape, scale=0.4)).float().double()
    perturbations = drawn(generator, examples, SAMPLES, *shape)
    phi = drawn(generator, examples, *shape)
    gradient = gradient_of(net)
    slopes = gradient(x, TARGETS)
    rows = perturbed.reshape(-1, *shape)
    labels = torch.tensor(TARGETS)

    def both(perturb, attributions, baselines=None):
        return [
            infidelity(net, perturb, x, attributions, baselines, target=labels, n_perturb_samples=SAMPLES, normalize=normalize).tolist()
            for normalize in (False, True)
        ]

    logits = net(x).gather(1, labels[:, None])
    differences = logits - net(rows).reshape(examples, SAMPLES, -1)[torch.arange(examples), :, labels]
    products = (perturbations * phi[:, None]).flatten(2).sum(-1)
    return {
        "name": name,
        "shape": list(shape),
        "weights": {key: {"shape": list(value.shape), "data": flattened(value)} for key, value in weights.items()},
        "targets": TARGETS,
        "samples": SAMPLES,
        "input": flattened(x),
        "baseline": flattened(baseline),
        "perturbed": flattened(perturbed),
        "perturbations": flattened(perturbations),
        "map": flattened(phi),
        "products": products.tolist(),
        "differences": differences.tolist(),
        # Each: as it is, and normalized; one number per example.
        "infidelity": {
            "given": both(lambda _: (perturbations.reshape(-1, *shape), rows), phi),
            "gradient": both(infidelity_perturb_func_decorator(False)(lambda _: rows), slopes),
            "timesInput": both(infidelity_perturb_func_decorator(True)(lambda _: rows), slopes * x),
            "timesDifference": both(
                infidelity_perturb_func_decorator(True)(lambda _, baselines: rows), slopes * (x - baseline), baseline
            ),
        },
        "sensitivityMax": sensitivity_max(
            gradient, x, lambda _: rows, n_perturb_samples=SAMPLES, target=labels
        ).tolist(),
        "captum": captum.__version__,
        "torch": torch.__version__,
    }


def main():
    cases = [case("flat", flat_net, 1), case("picture", picture_net, 2)]
    OUT.write_text(json.dumps(cases) + "\n")


main()
