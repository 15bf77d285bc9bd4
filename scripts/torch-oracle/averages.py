"""Averages of gradients over many inputs, computed by PyTorch on nets of generate.py.

For every case: integrated gradients by the midpoint rule from a random baseline, and the mean, the mean square and the
variance of the gradients of noisy copies whose standard normal noise is stored. All in float64 from float32 numbers,
rounded once. Each net is built from the seed of its case and must give the logits that are committed for it.
"""

import base64
import copy
import json
import zlib
from pathlib import Path

import numpy as np
import torch

from generate import CASES, OUT, initialise, pack

FILE = Path(__file__).resolve().parent.parent.parent / "packages" / "methods" / "test" / "fixtures" / "averages.json"
LABELS = (0, 2)
STEPS = 9
SAMPLES = 4
SIGMA = 0.35


def trained(name):
    """The net of a case in float64, and its input."""
    spec = CASES[name]
    torch.manual_seed(zlib.crc32(name.encode()) + spec["seed"])
    net = copy.deepcopy(initialise(spec["build"]())).double()
    truth = json.loads((OUT / f"{name}.json").read_text())
    x = np.frombuffer(base64.b64decode(truth["input"]), "<f4").reshape(truth["inputShape"]).copy()
    logits = net(torch.from_numpy(x).double())[0].numpy()
    assert np.allclose(logits, truth["logits"], rtol=1e-6, atol=1e-7), name
    return net, torch.from_numpy(x)


def gradients(net, x, label):
    """Of every input `[C, ...]` on its own."""
    x = x.detach().requires_grad_(True)
    return torch.autograd.grad(net(x)[:, label].sum(), x)[0]


def stacked(of):
    """Maps of all labels, `[L, 1, ...input]`."""
    return pack(torch.stack([of(label) for label in LABELS]).numpy())


def averages(name):
    net, x = trained(name)
    torch.manual_seed(zlib.crc32(b"averages " + name.encode()))
    baseline = 0.5 * torch.randn(x.shape)
    noise = torch.randn((SAMPLES, *x.shape[1:]))
    exact, start = x.double(), baseline.double()
    steps = ((torch.arange(STEPS) + 0.5) / STEPS).double().reshape(-1, *[1] * (x.dim() - 1))
    path, noisy = start + steps * (exact - start), exact + SIGMA * noise.double()

    def moment(reduce):
        return stacked(lambda label: reduce(gradients(net, noisy, label)))

    return {
        "name": name,
        "labels": LABELS,
        "steps": STEPS,
        "baseline": pack(baseline.numpy()),
        "integratedGradients": stacked(
            lambda label: (exact - start) * gradients(net, path, label).mean(0, keepdim=True)
        ),
        "sigma": SIGMA,
        "samples": SAMPLES,
        "noise": pack(noise.numpy()),
        "smoothGrad": moment(lambda g: g.mean(0, keepdim=True)),
        "smoothGradSquared": moment(lambda g: (g * g).mean(0, keepdim=True)),
        "varGrad": moment(lambda g: g.var(0, correction=0, keepdim=True)),
        "torch": torch.__version__.split("+")[0],
    }


def main():
    torch.backends.mha.set_fastpath_enabled(False)
    FILE.parent.mkdir(parents=True, exist_ok=True)
    cases = [averages(name) for name in ("plain_cnn", "mlp_softplus", "transformer_cls")]
    FILE.write_text(json.dumps(cases) + "\n")
    print(f"{len(cases)} cases, {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
