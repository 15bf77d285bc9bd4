"""Train the default classifier on Fashion-MNIST and write everything that ships with it.

Writes into --out: model.onnx, model.agon.json, NOTICE and pictures/*.png.
See README.md beside this file for how to run it.
"""

import argparse
import gzip
import json
import re
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from torch import nn
from torch.nn import functional as F

SEED = 0
SIZE = 28
SHIFT = 2  # largest augmentation shift, in pixels
BATCH = 128
PEAK_LR = 0.1
WIDTHS = (16, 16, "pool", 32, 32, "pool", 64, 64)
LABELS = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
CONTESTS = 2  # how many close calls to ship beside one picture a label

MIT = """\
The MIT License (MIT)

Copyright (c) 2017 Zalando SE, https://tech.zalando.com

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""

NOTICE = """\
Fashion-MNIST classifier and pictures
=====================================

The files in pictures/ are {count} test pictures of the Fashion-MNIST data set
(https://github.com/zalandoresearch/fashion-mnist), unchanged but for being
stored as PNG. The number in a file's name is the picture's index in the test
set. They are, for each label, the first test picture that model.onnx names
correctly, and then, of the other correctly named ones, the {contests} whose two
highest logits are closest.

model.onnx was trained on the 60,000 training pictures of the same data set by
scripts/train-fashion-mnist/train.py in this repository. It names {percent:.2f} % of
the 10,000 test pictures correctly.

The data set comes under this licence:

{licence}"""


def read_idx(path):
    """Reads a gzipped IDX file of bytes."""
    raw = gzip.decompress(path.read_bytes())
    shape = [int.from_bytes(raw[4 + 4 * i : 8 + 4 * i], "big") for i in range(raw[3])]
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * len(shape)).reshape(shape)


def load(folder, part):
    images = read_idx(folder / f"{part}-images-idx3-ubyte.gz")
    labels = read_idx(folder / f"{part}-labels-idx1-ubyte.gz")
    return images, labels


def to_input(images):
    # Gray / 255 and no mean: the convolutions pad with 0, which then means
    # black, the background of every picture.
    return torch.from_numpy(images.copy()).float().div(255).unsqueeze(1)


def build():
    layers, channels, side = [], 1, SIZE
    for width in WIDTHS:
        if width == "pool":
            layers.append(nn.MaxPool2d(2))
            side //= 2
        else:
            layers += [
                # No bias: the batch norm behind it brings one.
                nn.Conv2d(channels, width, 3, padding=1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(),
            ]
            channels = width
    # No pooling after the last block: 7 is odd, so halving it would leave the
    # last row and column unseen.
    layers += [nn.Flatten(), nn.Dropout(0.3), nn.Linear(channels * side * side, len(LABELS))]
    return nn.Sequential(*layers)


def augment(x, generator):
    """Shifts each picture by up to SHIFT pixels each way and mirrors half of them."""
    n = len(x)
    padded = F.pad(x[:, 0], (SHIFT,) * 4)
    span = torch.arange(SIZE)
    rows = torch.randint(0, 2 * SHIFT + 1, (n, 1), generator=generator) + span
    columns = torch.randint(0, 2 * SHIFT + 1, (n, 1), generator=generator) + span
    mirrored = torch.rand(n, 1, generator=generator) < 0.5
    columns = torch.where(mirrored, columns.flip(1), columns)
    picture = torch.arange(n)[:, None, None]
    return padded[picture, rows[:, :, None], columns[:, None, :]].unsqueeze(1)


def train(model, x, y, epochs):
    generator = torch.Generator().manual_seed(SEED)
    optimizer = torch.optim.SGD(
        model.parameters(), lr=PEAK_LR, momentum=0.9, weight_decay=5e-4, nesterov=True
    )
    steps = len(x) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, PEAK_LR, total_steps=epochs * steps, pct_start=0.2
    )
    model.train()
    for epoch in range(epochs):
        start, total = time.time(), 0.0
        order = torch.randperm(len(x), generator=generator)
        for step in range(steps):
            batch = order[step * BATCH : (step + 1) * BATCH]
            inputs = augment(x[batch], generator).contiguous(memory_format=torch.channels_last)
            loss = F.cross_entropy(model(inputs), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        seconds = time.time() - start
        print(f"epoch {epoch + 1}/{epochs}: loss {total / steps:.4f}, {seconds:.0f} s", flush=True)


def fold(model):
    """The same network with each batch norm folded into the convolution before it."""
    layers = []
    for layer in model.eval():
        if isinstance(layer, nn.BatchNorm2d):
            layers[-1] = nn.utils.fuse_conv_bn_eval(layers[-1], layer)
        elif not isinstance(layer, nn.Dropout):  # dropout does nothing outside training
            layers.append(layer)
    return nn.Sequential(*layers).eval()


def to_onnx(model):
    """Written node by node, so that names and bytes depend on nothing but the weights."""
    nodes, weights, counts, value = [], [], {}, "input"

    def add(op, layer=None, **attributes):
        nonlocal value
        counts[op] = counts.get(op, 0) + 1
        name = f"{op.lower()}{counts[op]}"
        inputs = [value]
        for kind in ("weight", "bias") if layer else ():
            tensor = getattr(layer, kind).detach().contiguous().numpy()
            weights.append(numpy_helper.from_array(tensor, f"{name}.{kind}"))
            inputs.append(weights[-1].name)
        value = "logits" if op == "Gemm" else name
        nodes.append(helper.make_node(op, inputs, [value], name, **attributes))

    for layer in model:
        if isinstance(layer, nn.Conv2d):
            add("Conv", layer, kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[1, 1])
        elif isinstance(layer, nn.ReLU):
            add("Relu")
        elif isinstance(layer, nn.MaxPool2d):
            add("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
        elif isinstance(layer, nn.Flatten):
            add("Flatten", axis=1)
        elif isinstance(layer, nn.Linear):
            add("Gemm", layer, transB=1)

    graph = helper.make_graph(
        nodes,
        "fashion-mnist",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 1, SIZE, SIZE])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", len(LABELS)])],
        weights,
    )
    # An old file format and operator set, which every current runtime reads.
    proto = helper.make_model(
        graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)], producer_name="agon"
    )
    onnx.checker.check_model(proto, full_check=True)
    return proto


def in_batches(predict, x):
    return np.concatenate([predict(part) for part in x.split(500)])


def choose(logits, labels):
    """The first correctly named picture of each label, then the closest calls among the rest."""
    right = logits.argmax(1) == labels
    chosen = [int(np.flatnonzero(right & (labels == label))[0]) for label in range(len(LABELS))]
    top = np.sort(logits, axis=1)
    margin = np.where(right, top[:, -1] - top[:, -2], np.inf)
    margin[chosen] = np.inf
    contests = np.argsort(margin, kind="stable")[:CONTESTS]
    for index in contests:
        second = LABELS[np.argsort(logits[index])[-2]]
        print(f"contest {index}: {LABELS[labels[index]]} over {second} by {margin[index]:.1e}")
    return chosen + [int(index) for index in contests]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("/usr/share/datasets/fashion-mnist"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=12)
    options = parser.parse_args()

    # The order of sums depends on the number of threads, and so do the last
    # bits of every weight.
    torch.set_num_threads(2)
    torch.manual_seed(SEED)
    torch.use_deterministic_algorithms(True)

    train_images, train_labels = load(options.data, "train")
    images, labels = load(options.data, "t10k")
    model = build().to(memory_format=torch.channels_last)
    train(model, to_input(train_images), torch.from_numpy(train_labels.copy()).long(), options.epochs)

    x = to_input(images)
    plain = fold(model)
    with torch.no_grad():
        unfolded = in_batches(lambda part: model(part).numpy(), x)
        expected = in_batches(lambda part: plain(part).numpy(), x)

    pictures = options.out / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    file = options.out / "model.onnx"
    onnx.save(to_onnx(plain), file)

    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    logits = in_batches(lambda part: session.run(["logits"], {"input": part.numpy()})[0], x)
    scores = [int((l.argmax(1) == labels).sum()) for l in (unfolded, expected, logits)]
    print("correct of 10,000: torch {}, torch folded {}, ONNX {}".format(*scores))
    print(f"largest difference of a logit, ONNX to torch: {np.abs(logits - unfolded).max():.2e}")
    assert scores[0] == scores[1] == scores[2], "the exported network differs from the trained one"
    accuracy = scores[2] / len(labels)

    for old in pictures.glob("*.png"):
        old.unlink()
    chosen = choose(logits, labels)
    for index in chosen:
        slug = re.sub("[^a-z]+", "-", LABELS[labels[index]].lower())
        Image.fromarray(images[index]).save(pictures / f"{slug}-{index}.png", optimize=True)

    sidecar = {
        "labels": LABELS,
        "preprocess": {
            "resize": {"mode": "squash", "width": SIZE, "height": SIZE},
            "channels": "gray",
            "scale": 255,
            "mean": [0],
            "std": [1],
        },
        "source": "Trained on Fashion-MNIST (https://github.com/zalandoresearch/fashion-mnist)"
        " by scripts/train-fashion-mnist/train.py",
        "testAccuracy": accuracy,
        "licence": "Data set: MIT, copyright 2017 Zalando SE; see NOTICE",
    }
    (options.out / "model.agon.json").write_text(json.dumps(sidecar, indent=2) + "\n")
    notice = NOTICE.format(
        count=len(chosen),
        contests=CONTESTS,
        percent=100 * accuracy,
        licence=MIT,
    )
    (options.out / "NOTICE").write_text(notice)
    print(f"{file}: {file.stat().st_size:,} bytes, test accuracy {100 * accuracy:.2f} %")


if __name__ == "__main__":
    main()
