"""Gradients of an ONNX image model's logits, by running its graph in PyTorch.

    python real_models.py --model net.onnx --input x.npy --labels 0,1,2 --out made

Writes to the output folder, for both float32 and float64:
    logits32.npy, logits64.npy        [N, K]
    gradients32.npy, gradients64.npy  [labels, N, ...input]
The gradient of label k is that of the sum over the batch of logit k, so each
row of the batch has its own gradient. The forward pass is checked against
onnxruntime.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
import torch.nn.functional as F
from onnx import helper, numpy_helper

FORWARD_TOLERANCE = 1e-4  # relative to the largest logit
CONVOLUTIONS = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
MAX_POOLS = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
AVERAGE_POOLS = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}


def integers(tensor):
    return None if tensor is None else [int(v) for v in tensor.flatten()]


def window(attributes, size, kernel):
    """Strides, dilations and ONNX padding (all begins, then all ends) of a sliding window."""
    rank = len(kernel)
    strides = attributes.get("strides", [1] * rank)
    dilations = attributes.get("dilations", [1] * rank)
    pads = attributes.get("pads", [0] * 2 * rank)
    auto = attributes.get("auto_pad", b"NOTSET").decode()
    if auto == "VALID":
        pads = [0] * 2 * rank
    elif auto in ("SAME_UPPER", "SAME_LOWER"):
        begins, ends = [], []
        for n, k, s, d in zip(size, kernel, strides, dilations):
            total = max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0)
            less, more = total // 2, total - total // 2
            begins.append(less if auto == "SAME_UPPER" else more)
            ends.append(more if auto == "SAME_UPPER" else less)
        pads = begins + ends
    return list(strides), list(dilations), list(pads)


def pad_last_axes(x, pads, value=0.0, mode="constant"):
    """Pad the trailing axes of x; pads in ONNX order."""
    rank = len(pads) // 2
    if not any(pads):
        return x
    pairs = [amount for axis in reversed(range(rank)) for amount in (pads[axis], pads[axis + rank])]
    return F.pad(x, pairs, mode=mode, value=value if mode == "constant" else None)


def conv(attributes, x, weight, bias=None):
    strides, dilations, pads = window(attributes, x.shape[2:], weight.shape[2:])
    convolve = CONVOLUTIONS[weight.dim() - 2]
    return convolve(pad_last_axes(x, pads), weight, bias, strides, 0, dilations, attributes.get("group", 1))


def with_pool_padding(attributes, x, pads, value):
    """Padding the pool can do itself where both sides agree, else done beforehand."""
    rank = len(pads) // 2
    if pads[:rank] == pads[rank:]:
        return x, pads[:rank]
    if attributes.get("ceil_mode", 0):
        raise NotImplementedError("ceil_mode with unequal padding")
    return pad_last_axes(x, pads, value), [0] * rank


def max_pool(attributes, x):
    kernel = attributes["kernel_shape"]
    strides, dilations, pads = window(attributes, x.shape[2:], kernel)
    x, padding = with_pool_padding(attributes, x, pads, -torch.inf)
    return MAX_POOLS[len(kernel)](x, kernel, strides, padding, dilations, bool(attributes.get("ceil_mode", 0)))


def average_pool(attributes, x):
    kernel = attributes["kernel_shape"]
    strides, dilations, pads = window(attributes, x.shape[2:], kernel)
    if any(d != 1 for d in dilations):
        raise NotImplementedError("dilated AveragePool")
    counted, ceil = bool(attributes.get("count_include_pad", 0)), bool(attributes.get("ceil_mode", 0))
    pool = AVERAGE_POOLS[len(kernel)]
    padded, padding = with_pool_padding(attributes, x, pads, 0.0)
    total = pool(padded, kernel, strides, padding, ceil, counted)
    if counted or any(padding) or padded is x:
        return total
    present = pad_last_axes(torch.ones_like(x[:1, :1]), pads)  # padding done beforehand must not count
    return total / pool(present, kernel, strides, padding, ceil)


def reduce_mean(attributes, x, axes=None):
    axes = integers(axes) or attributes.get("axes") or list(range(x.dim()))
    return x.mean(axes, keepdim=bool(attributes.get("keepdims", 1)))


def flatten(attributes, x):
    axis = attributes.get("axis", 1)
    axis += x.dim() if axis < 0 else 0
    return x.reshape(int(np.prod(x.shape[:axis])), -1)


def clip(attributes, x, low=None, high=None):
    low = attributes.get("min") if low is None else low.item()
    high = attributes.get("max") if high is None else high.item()
    return x.clamp(low, high)


def take_slice(attributes, x, starts=None, ends=None, axes=None, steps=None):
    starts = integers(starts) or attributes["starts"]
    ends = integers(ends) or attributes["ends"]
    axes = integers(axes) or attributes.get("axes") or list(range(len(starts)))
    steps = integers(steps) or [1] * len(starts)
    for start, end, axis, step in zip(starts, ends, axes, steps):
        chosen = range(x.shape[axis])[slice(start, None if step < 0 and end < -x.shape[axis] else end, step)]
        x = x.index_select(axis, torch.tensor(list(chosen), dtype=torch.long))
    return x


def gemm(attributes, a, b, c=None):
    a = a.T if attributes.get("transA", 0) else a
    b = b.T if attributes.get("transB", 0) else b
    y = attributes.get("alpha", 1.0) * (a @ b)
    return y if c is None else y + attributes.get("beta", 1.0) * c


def pad(attributes, x, pads=None, value=None, axes=None):
    pads = integers(pads) or attributes["pads"]
    value = attributes.get("value", 0.0) if value is None else value.item()
    if axes is not None:
        axes, rank = integers(axes), x.dim()
        full = [0] * 2 * rank
        for i, axis in enumerate(axes):
            full[axis % rank], full[axis % rank + rank] = pads[i], pads[i + len(axes)]
        pads = full
    mode = attributes.get("mode", b"constant").decode()
    if mode != "constant":  # torch mirrors spatial axes only
        rank = len(pads) // 2
        assert not any(pads[:2] + pads[rank : rank + 2]), "mirrored padding of batch or channels"
        pads = pads[2:rank] + pads[rank + 2 :]
    return pad_last_axes(x, pads, value, {"edge": "replicate"}.get(mode, mode))


def batch_normalization(attributes, x, scale, bias, mean, var):
    return F.batch_norm(x, mean, var, scale, bias, training=False, eps=attributes.get("epsilon", 1e-5))


def transpose(attributes, x):
    return x.permute(attributes.get("perm", list(range(x.dim()))[::-1]))


def reshape(attributes, x, shape):
    keep_zero = attributes.get("allowzero", 0)
    return x.reshape([x.shape[i] if n == 0 and not keep_zero else n for i, n in enumerate(integers(shape))])


def unsqueeze(attributes, x, axes=None):
    axes = integers(axes) or attributes["axes"]
    rank = x.dim() + len(axes)
    for axis in sorted(axis % rank for axis in axes):
        x = x.unsqueeze(axis)
    return x


OPERATORS = {
    "Add": lambda a, x, y: x + y,
    "AveragePool": average_pool,
    "BatchNormalization": batch_normalization,
    "Clip": clip,
    "Concat": lambda a, *parts: torch.cat(parts, a["axis"]),
    "Conv": conv,
    "Flatten": flatten,
    "Gemm": gemm,
    "GlobalAveragePool": lambda a, x: x.mean(list(range(2, x.dim())), keepdim=True),
    "LeakyRelu": lambda a, x: F.leaky_relu(x, a.get("alpha", 0.01)),
    "MatMul": lambda a, x, y: x @ y,
    "MaxPool": max_pool,
    "Mul": lambda a, x, y: x * y,
    "Pad": pad,
    "ReduceMean": reduce_mean,
    "Relu": lambda a, x: F.relu(x),
    "Reshape": reshape,
    "Sigmoid": lambda a, x: torch.sigmoid(x),
    "Slice": take_slice,
    "Tanh": lambda a, x: torch.tanh(x),
    "Transpose": transpose,
    "Unsqueeze": unsqueeze,
}


def graph_input(graph):
    weights = {weight.name for weight in graph.initializer}
    return next(value.name for value in graph.input if value.name not in weights)


def run(model, x, dtype):
    """The first output of the model's graph for x, in the given precision."""

    def tensor(proto):
        value = torch.from_numpy(numpy_helper.to_array(proto).copy())
        return value.to(dtype) if value.is_floating_point() else value

    values = {weight.name: tensor(weight) for weight in model.graph.initializer}
    values[""] = None
    values[graph_input(model.graph)] = x
    for node in model.graph.node:
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        if node.op_type == "Constant":
            values[node.output[0]] = tensor(attributes["value"])
        elif node.op_type == "Identity":
            values[node.output[0]] = values[node.input[0]]
        elif node.op_type in OPERATORS:
            values[node.output[0]] = OPERATORS[node.op_type](attributes, *(values[name] for name in node.input))
        else:
            raise NotImplementedError(f"operator {node.op_type} ({node.name})")
    return values[model.graph.output[0].name]


def gradients(model, x, labels, dtype):
    """Logits, and the gradient of each label's logit with respect to the input."""
    x = torch.tensor(x, dtype=dtype, requires_grad=True)
    logits = run(model, x, dtype)
    rows = [torch.autograd.grad(logits[:, label].sum(), x, retain_graph=True)[0].numpy() for label in labels]
    return logits.detach().numpy(), np.stack(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--input", type=Path, required=True, help=".npy array [N, ...], float32")
    parser.add_argument("--labels", required=True, help="comma-separated label indices")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()

    model = onnx.load(str(options.model))
    x = np.load(options.input).astype(np.float32)
    labels = [int(label) for label in options.labels.split(",")]
    options.out.mkdir(parents=True, exist_ok=True)

    session = ort.InferenceSession(str(options.model), providers=["CPUExecutionProvider"])
    found = session.run(None, {graph_input(model.graph): x})[0]
    made = {}
    for bits, dtype in ((32, torch.float32), (64, torch.float64)):
        logits, rows = made[bits] = gradients(model, x, labels, dtype)
        error = np.abs(found - logits).max() / np.abs(logits).max()
        print(f"float{bits}: logits {logits.shape}, onnxruntime differs by {error:.1e} of the largest")
        assert error < FORWARD_TOLERANCE
        np.save(options.out / f"logits{bits}.npy", logits)
        np.save(options.out / f"gradients{bits}.npy", rows)
    for label, rough, exact in zip(labels, made[32][1], made[64][1]):
        print(f"label {label}: float32 gradient differs by {np.abs(rough - exact).max() / np.abs(exact).max():.1e} of the largest")


if __name__ == "__main__":
    main()
