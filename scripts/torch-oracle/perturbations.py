"""Perturbation methods of Captum on nets of generate.py, in float64 from float32 numbers, rounded once.

Occlusion with a window over all channels, feature ablation, exact Shapley values (all orders) and Kernel SHAP of many random coalitions,
each from a random baseline. Needs captum (https://github.com/pytorch/captum, 0.7 or later) beside what generate.py needs.
"""

import json
import zlib
from pathlib import Path

import torch
from captum.attr import FeatureAblation, KernelShap, Occlusion, ShapleyValues

from averages import trained
from generate import pack

FILE = Path(__file__).resolve().parent.parent.parent / "packages" / "methods" / "test" / "fixtures" / "perturbations.json"
LABELS = (0, 2)
COALITIONS = 2000

# Window and stride over the positions, and the segments of an example.
CASES = {
    "plain_cnn": {"window": [4, 3], "stride": [3, 2], "cells": 2},
    "mlp_softplus": {"window": [3], "stride": [2], "cells": 3},
}


class LeastSquares:
    """Weighted least squares with a constant, in place of scikit-learn's, with which Captum fits what Kernel SHAP drew."""

    def fit(self, batches, **_):
        inputs, outputs, weights = (torch.cat(parts).double() for parts in zip(*batches))
        scale = weights.reshape(-1, 1).sqrt()
        terms = torch.cat([inputs, torch.ones(len(inputs), 1)], 1)
        self.coefficients = torch.linalg.lstsq(scale * terms, scale * outputs.reshape(-1, 1)).solution[:-1, 0]

    def representation(self):
        return self.coefficients.reshape(1, -1)


def kernel_shap(net, *arguments, **options):
    method = KernelShap(net)
    method.interpretable_model = LeastSquares()
    return method.attribute(*arguments, n_samples=COALITIONS, perturbations_per_eval=200, **options)


def stacked(of):
    """Maps of all labels, `[L, 1, ...input]`."""
    return pack(torch.stack([of(label).detach() for label in LABELS]).numpy())


def segments(shape, cells):
    """Blocks of equal cells along the last axes: `cells` squared for pictures, `cells` for rows."""
    positions = shape[-2:] if len(shape) == 4 else shape[-1:]
    ids = torch.zeros(positions, dtype=torch.long)
    for axis, extent in enumerate(positions):
        place = torch.arange(extent) * cells // extent
        ids = ids * cells + place.reshape([-1 if a == axis else 1 for a in range(len(positions))])
    return ids


def case(name, window, stride, cells):
    net, x = trained(name)
    torch.manual_seed(zlib.crc32(b"perturbations " + name.encode()))
    baseline = 0.5 * torch.randn(x.shape)
    exact, start = x.double(), baseline.double()
    ids = segments(x.shape, cells)
    mask = ids.expand(x.shape).contiguous()
    leading = list(x.shape[1 : x.dim() - len(window)])

    def occlusion(label):
        return Occlusion(net).attribute(
            exact,
            sliding_window_shapes=tuple(leading + window),
            strides=tuple(leading + stride),
            baselines=start,
            target=label,
        )

    return {
        "name": name,
        "labels": LABELS,
        "baseline": pack(baseline.numpy()),
        "window": window,
        "stride": stride,
        "occlusion": stacked(occlusion),
        "segments": ids.flatten().tolist(),
        "featureAblation": stacked(
            lambda label: FeatureAblation(net).attribute(exact, start, label, feature_mask=mask)
        ),
        "shapley": stacked(lambda label: ShapleyValues(net).attribute(exact, start, label, feature_mask=mask)),
        "coalitions": COALITIONS,
        "kernelShap": stacked(lambda label: kernel_shap(net, exact, start, label, feature_mask=mask)),
        "torch": torch.__version__.split("+")[0],
    }


def main():
    FILE.parent.mkdir(parents=True, exist_ok=True)
    cases = [case(name, **spec) for name, spec in CASES.items()]
    FILE.write_text(json.dumps(cases) + "\n")
    print(f"{len(cases)} cases, {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
