"""Truth from outside for the metrics of faithfulness, complexity and localisation.

    pip install numpy scipy
    python scripts/metrics-oracle/faithfulness.py && npx prettier --write packages/metrics/test/fixtures/faithfulness.json

Writes packages/metrics/test/fixtures/faithfulness.json: one small net, pictures and maps, and what the definitions of the papers make of them, worked out in numpy
(float64). ROAD's imputation is solved by scipy.sparse.linalg.spsolve; blurring is scipy's Gaussian kernel over pictures with zeros around them, as in RISE's evaluation.
"""

import json
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.signal import correlate2d
from scipy.sparse import lil_matrix
from scipy.sparse.linalg import spsolve

out = Path(__file__).parents[2] / "packages/metrics/test/fixtures/faithfulness.json"
rng = np.random.default_rng(20)
C, H, W, HIDDEN, LABELS = 2, 6, 8, 5, 4
P = H * W


def float32(values):
    return np.asarray(values, dtype=np.float32).astype(np.float64)


first = float32(rng.normal(size=(HIDDEN, C * P)) * 0.25)
second = float32(rng.normal(size=(LABELS, HIDDEN)) * 1.5)
picture = float32(rng.uniform(-1, 1, size=(C, H, W)))
attribution = float32(rng.normal(size=(C, H, W)))
score = attribution.sum(0).ravel()


def logits(x):
    return second @ np.tanh(first @ x.ravel())


label = int(np.argmax(logits(picture)))


def probability(x):
    z = logits(x)
    e = np.exp(z - z.max())
    return float(e[label] / e.sum())


def blur(x):
    delta = np.zeros((11, 11))
    delta[5, 5] = 1
    kernel = gaussian_filter(delta, 5)
    return np.stack([correlate2d(plane, kernel, mode="same", boundary="fill", fillvalue=0) for plane in x])


def mixed(base, top, pixels):
    x = base.reshape(C, P).copy()
    x[:, pixels] = top.reshape(C, P)[:, pixels]
    return x.reshape(C, H, W)


def curve(start, finish, order, step, read):
    return [read(mixed(start, finish, order[:k])) for k in range(0, P + 1, step)]


def auc(values):
    values = np.asarray(values)
    return float((values.sum() - values[0] / 2 - values[-1] / 2) / (len(values) - 1))


def linear_imputation(x, removed):
    """Every removed pixel is the weighted mean of its neighbours inside the picture: 1/6 beside it, 1/12 at its corners."""
    number = {int(p): i for i, p in enumerate(removed)}
    matrix = lil_matrix((len(removed), len(removed)))
    right = np.zeros((len(removed), x.shape[0]))
    height, width = x.shape[1:]
    for p, i in number.items():
        for dy in (-1, 0, 1):
            for dx in (-1, 0, 1):
                y, z = p // width + dy, p % width + dx
                if (dy, dx) == (0, 0) or not (0 <= y < height and 0 <= z < width):
                    continue
                weight = 1 / 12 if dy and dx else 1 / 6
                matrix[i, i] += weight
                if y * width + z in number:
                    matrix[i, number[y * width + z]] = -weight
                else:
                    right[i] += weight * x[:, y, z]
    filled = x.reshape(x.shape[0], -1).copy()
    filled[:, removed] = spsolve(matrix.tocsc(), right).reshape(len(removed), -1).T
    return filled.reshape(x.shape)


most = np.argsort(-score)
zero = np.zeros_like(picture)
flipped = picture.min((1, 2), keepdims=True) + picture.max((1, 2), keepdims=True) - picture
deletion = curve(picture, zero, most, 4, probability)
insertion = curve(blur(picture), picture, most, 4, probability)
flipping = curve(picture, flipped, most, 3, lambda x: float(logits(x)[label]))

square = [[y * W + x for y in range(r, min(r + 2, H)) for x in range(c, min(c + 2, W))] for r in range(0, H, 2) for c in range(0, W, 2)]
ranked = sorted(square, key=lambda cell: -score[cell].sum())
drops = [probability(picture) - probability(mixed(picture, zero, sum(ranked[:k], []))) for k in range(6)]

imputations = []
for share, channels, shape in ((0.1, 1, (9, 11)), (0.5, 2, (9, 11)), (0.9, 1, (12, 7)), (0.8, 1, (1, 20))):
    x = float32(rng.normal(size=(channels, *shape)))
    count = shape[0] * shape[1]
    removed = np.sort(rng.permutation(count)[: round(share * count)])
    imputations.append(
        {"shape": [channels, *shape], "x": x.ravel().tolist(), "removed": removed.tolist(), "filled": linear_imputation(x, removed).ravel().tolist()}
    )
block = np.array([y * 12 + x for y in range(2, 11) for x in range(1, 12)])
x = float32(rng.normal(size=(1, 12, 12)))
imputations.append({"shape": [1, 12, 12], "x": x.ravel().tolist(), "removed": block.tolist(), "filled": linear_imputation(x, block).ravel().tolist()})
road = [probability(linear_imputation(picture, most[: round(k * P / 4)])) for k in (1, 2, 3)]
least_road = [probability(linear_imputation(picture, most[::-1][: round(k * P / 4)])) for k in (1, 2, 3)]

rising = [probability(mixed(zero, picture, np.argsort(score)[:k])) for k in range(1, P + 1)]
kept = [probability(picture) - probability(mixed(zero, picture, most[: max(1, round(q * P))])) for q in (0.01, 0.05, 0.1, 0.2, 0.5)]

mask = np.zeros(P)
mask[[y * W + x for y in range(1, 4) for x in range(2, 7)]] = 1
positive = np.maximum(score, 0)
inside = int(mask.sum())
point = int(np.argmax(score))
ys, xs = np.divmod(np.arange(P), W)
distance = np.sqrt((ys - point // W) ** 2 + (xs - point % W) ** 2)[mask == 1].min()

ascending = np.sort(np.abs(score))
norm = ascending.sum()
gini = 1 - 2 * sum(ascending[k - 1] / norm * (P - k + 0.5) / P for k in range(1, P + 1))
share = np.abs(score) / norm

truth = {
    "shape": [C, H, W],
    "first": first.ravel().tolist(),
    "second": second.ravel().tolist(),
    "picture": picture.ravel().tolist(),
    "attribution": attribution.ravel().tolist(),
    "label": label,
    "blurred": blur(picture).ravel().tolist(),
    "deletion": {"curve": deletion, "value": auc(deletion)},
    "insertion": {"curve": insertion, "value": auc(insertion)},
    "flipping": {"curve": flipping, "value": auc(flipping)},
    "aopc": float(np.mean(drops)),
    "imputations": imputations,
    "road": {"most": road, "least": least_road},
    "monotonicity": {"share": float(np.mean(np.diff(rising) >= 0)), "curve": rising},
    "sufficiency": float(np.mean(kept)),
    "mask": mask.tolist(),
    "mass": {"positive": float(positive[mask == 1].sum() / positive.sum()), "absolute": float(np.abs(score)[mask == 1].sum() / norm)},
    "rank": float(mask[most[:inside]].sum() / inside),
    "distance": float(distance),
    "gini": float(gini),
    "entropy": float(-(share * np.log(share)).sum()),
}
out.parent.mkdir(parents=True, exist_ok=True)
out.write_text(json.dumps(truth))
print(f"{out}: deletion {auc(deletion):.4f}, insertion {auc(insertion):.4f}, label {label}, distance {distance}, {out.stat().st_size} bytes")
