"""Similarities of maps by scipy.stats and scikit-image, and normalisations by numpy.

Writes packages/sanity-checks/test/fixtures/similarities.json. Maps are given by a formula of whole numbers and of +, -, *, / in float64, rounded to float32 once, so
that the tests make the same bits (packages/sanity-checks/test/formula-maps.ts) and only values are stored.
"""

import json
import warnings
from pathlib import Path

import numpy as np
from scipy.spatial.distance import cosine
from scipy.stats import ConstantInputWarning, pearsonr, spearmanr
from skimage.feature import hog
from skimage.metrics import structural_similarity

FILE = Path(__file__).resolve().parent.parent.parent / "packages" / "sanity-checks" / "test" / "fixtures" / "similarities.json"


def noise(seed, size):
    """Uniform in -1 .. 1, steps of 2^-23: a hash of the seed and the place by 32-bit multiplications (Wang's and Murmur's mixing)."""
    h = (np.arange(size, dtype=np.uint64) * 0x9E3779B1 + seed * 0x85EBCA77) & 0xFFFFFFFF
    for shift, factor in [(16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)]:
        h = ((h ^ (h >> np.uint64(shift))) * factor) & 0xFFFFFFFF
    return (h >> np.uint64(8)).astype(np.float64) / 2**23 - 1


def blobs(seed, shape):
    """Four hills and hollows h / (1 + d^2 / w^2), the same in every channel but for the sign of every second."""
    channels, height, width = shape
    place = noise(seed, 16).reshape(4, 4)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    plane = np.zeros((height, width))
    for h, w, down, across in place:
        dy, dx = (y / height - down) * 3, (x / width - across) * 3
        plane = plane + h / (1 + (dy * dy + dx * dx) / (w * w + 0.02))
    return np.stack([plane if c % 2 == 0 else plane * -0.5 for c in range(channels)])


def make(kind, seed, shape):
    values = noise(seed, int(np.prod(shape))).reshape(shape)
    made = {
        "noise": lambda: values,
        "positive": lambda: values * values,
        "ties": lambda: np.floor(values * 4) / 4,
        "sparse": lambda: np.where(noise(seed + 1000, values.size).reshape(shape) > 0.7, values, 0),
        "blobs": lambda: blobs(seed, shape),
        "noisy-blobs": lambda: blobs(seed, shape) + 0.25 * values,
        "large": lambda: 5000 + 30 * values,
        "tiny": lambda: values / 2**40,
        "checks": lambda: ((np.indices(shape)[1] // 8 + np.indices(shape)[2] // 8) % 2) * 2.0 - 1,
        "constant": lambda: np.full(shape, 0.75),
        "zero": lambda: np.zeros(shape),
        "one": lambda: (np.arange(values.size) == 3).astype(float).reshape(shape),
    }[kind]()
    return np.ascontiguousarray(made.astype(np.float32))


def number(value):
    return float(value) if np.isfinite(value) else None


def on(a, b, where):
    return number(spearmanr(a[where], b[where])[0]) if where.sum() > 1 else None


def values(a, b):
    x, y = a.astype(np.float64).ravel(), b.astype(np.float64).ravel()
    found = {
        "spearman": number(spearmanr(x, y)[0]),
        "spearman-nonzero": on(x, y, (x != 0) & (y != 0)),
        "spearman-nonzero-either": on(x, y, (x != 0) | (y != 0)),
        "pearson": number(pearsonr(x, y)[0]),
        "cosine": number(1 - cosine(x, y)) if x.any() and y.any() else None,
        "euclidean": number(np.linalg.norm(x - y)),
    }
    p, q = (m.sum(0).astype(np.float64) for m in (a, b))
    extent = max(p.max(), q.max()) - min(p.min(), q.min())
    side = min(p.shape)
    if side >= 5 and extent > 0:
        found["ssim-uniform"] = structural_similarity(p, q, win_size=5, data_range=extent)
    if side >= 11 and extent > 0:
        wang = dict(gaussian_weights=True, sigma=1.5, use_sample_covariance=False)
        found["ssim-gaussian"] = structural_similarity(p, q, data_range=extent, **wang)
    if side >= 48:
        f, g = features(p), features(q)
        found["hog-pearson"], found["hog-spearman"] = number(pearsonr(f, g)[0]), number(spearmanr(f, g)[0])
    return {name: value for name, value in found.items() if value is not None}


def features(plane):
    cells = dict(pixels_per_cell=(16, 16), cells_per_block=(3, 3))
    return hog(plane.astype(np.float64), orientations=9, block_norm="L2-Hys", **cells)


CASES = [
    *((shape, a, b) for shape in ([1, 28, 28], [1, 20, 33], [3, 17, 15]) for a, b in (
        ("noise", "noise"), ("noise", "positive"), ("ties", "ties"), ("sparse", "sparse"), ("sparse", "noise"),
        ("blobs", "noisy-blobs"), ("large", "noise"), ("tiny", "noise"), ("blobs", "constant"), ("zero", "noise"),
        ("constant", "zero"), ("checks", "ties"), ("one", "sparse"))),
    *((shape, a, b) for shape in ([1, 64, 48], [3, 50, 71]) for a, b in (
        ("noise", "noise"), ("noisy-blobs", "blobs"), ("blobs", "blobs"), ("ties", "ties"), ("sparse", "sparse"),
        ("checks", "noise"), ("checks", "blobs"), ("tiny", "noise"), ("large", "noise"))),
    ([1, 5, 9], "noise", "ties"), ([1, 11, 11], "blobs", "noise"), ([1, 1, 2], "noise", "noise"), ([1, 60, 1], "ties", "noise"),
    ([1, 227, 227], "noisy-blobs", "blobs"), ([3, 113, 97], "sparse", "ties"),
]


def normalised(map):
    x = map.astype(np.float64).ravel()
    scale = np.percentile(np.abs(x[x != 0]), 99) if x.any() else 1
    return {
        "none": x, "abs": np.abs(x),
        "min-max": (x - x.min()) / ((x.max() - x.min()) or 1),
        "clip-99": np.clip(x / scale, -1, 1),
        "root-mean-square": x / (np.sqrt(np.mean(x * x)) or 1),
    }


def main():
    warnings.simplefilter("ignore", ConstantInputWarning)
    warnings.simplefilter("ignore", RuntimeWarning)
    cases = [
        {"shape": shape, "a": [a, 2 * i + 1], "b": [b, 2 * i + 2], "values": values(make(a, 2 * i + 1, shape), make(b, 2 * i + 2, shape))}
        for i, (shape, a, b) in enumerate(CASES)
    ]
    maps = [(kind, seed, [1, 3, 7]) for seed, kind in enumerate(["noise", "sparse", "ties", "constant", "zero", "large"])]
    made = {
        "cases": cases,
        "hog": {"map": ["noisy-blobs", 5], "shape": [1, 50, 71], "features": features(make("noisy-blobs", 5, [1, 50, 71])[0]).tolist()},
        "normalised": [
            {"map": [kind, seed], "shape": shape, "values": {n: v.tolist() for n, v in normalised(make(kind, seed, shape)).items()}}
            for kind, seed, shape in maps
        ],
    }
    FILE.write_text(json.dumps(made) + "\n")


if __name__ == "__main__":
    main()
