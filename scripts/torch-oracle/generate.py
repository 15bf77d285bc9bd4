"""Golden cases: small PyTorch nets, their ONNX files, and their exact gradients.

Every net has seeded random weights and one seeded random input. Logits and the
gradient of every logit are computed in float64 from the float32 weights and
input, then rounded to float32, so they are the truth to rounding. Each ONNX
file is run with onnxruntime and must agree before anything is written.
See README.md for the command and for the files this makes.
"""

import argparse
import base64
import copy
import json
import logging
import math
import tempfile
import warnings
import zlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from torch import nn

HERE = Path(__file__).resolve().parent
OUT = HERE.parent.parent / "packages" / "testing" / "fixtures" / "torch"
OPSET = 18
FORWARD_TOLERANCE = 1e-5  # onnxruntime against float64, relative to the largest logit
GRADIENT_TOLERANCE = 1e-4  # float32 against float64: more means an input on a kink
CASES = {}


def case(shape, *, name=None, dynamic=False, older=(), positive=False, handmade=None, seed=0):
    """Register a net builder under its function name.

    shape     input shape without the batch axis
    dynamic   export with a symbolic batch axis
    older     opsets for which the TorchScript exporter writes a file as well
    positive  draw the input from [0, 1) instead of a normal distribution
    seed      another draw, where the first leaves a label without a gradient
    handmade  a function that writes the ONNX graph from the net's weights, for
              operators that the exporter takes apart
    """

    def register(build):
        CASES[name or build.__name__] = dict(
            build=build, shape=shape, dynamic=dynamic, older=older, positive=positive,
            handmade=handmade, seed=seed,
        )  # fmt: skip
        return build

    return register


class Net(nn.Module):
    """Named layers plus a forward function that takes the net and its input."""

    def __init__(self, forward, **layers):
        super().__init__()
        self.run = forward
        for key, layer in layers.items():
            if isinstance(layer, torch.Tensor):
                self.register_buffer(key, layer)
            else:
                setattr(self, key, layer)

    def forward(self, x):
        return self.run(self, x)


def pooled(features, channels, labels):
    """Features, a global average, and a linear classifier."""
    return nn.Sequential(features, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, labels))


# --- convolutional families -------------------------------------------------


@case((3, 12, 12), dynamic=True, older=(11, 13))
def plain_cnn():
    def forward(net, x):
        x = F.max_pool2d(F.relu(net.conv1(x)), 2)
        x = F.max_pool2d(F.relu(net.conv2(x)), 2)
        return net.head(x.view(x.size(0), -1))

    return Net(
        forward,
        conv1=nn.Conv2d(3, 6, 3, padding=1),
        conv2=nn.Conv2d(6, 8, 3, padding=1),
        head=nn.Linear(8 * 3 * 3, 6),
    )


@case((3, 12, 12), dynamic=True)
def residual():
    """Convolution, batch norm, relu; sums that end in relu."""

    def forward(net, x):
        x = F.relu(net.bn0(net.conv0(x)))
        x = F.relu(x + net.bn2(net.conv2(F.relu(net.bn1(net.conv1(x))))))
        y = net.bn4(net.conv4(F.relu(net.bn3(net.conv3(x)))))
        x = F.relu(net.skip(x) + y)  # skip: the convolution of the shortcut, not a test left out; fixtures hold its name
        return net.head(x.mean((2, 3)))

    return Net(
        forward,
        conv0=nn.Conv2d(3, 6, 3, padding=1, bias=False), bn0=nn.BatchNorm2d(6),
        conv1=nn.Conv2d(6, 6, 3, padding=1, bias=False), bn1=nn.BatchNorm2d(6),
        conv2=nn.Conv2d(6, 6, 3, padding=1, bias=False), bn2=nn.BatchNorm2d(6),
        conv3=nn.Conv2d(6, 10, 3, stride=2, padding=1, bias=False), bn3=nn.BatchNorm2d(10),
        conv4=nn.Conv2d(10, 10, 3, padding=1, bias=False), bn4=nn.BatchNorm2d(10),
        skip=nn.Conv2d(6, 10, 1, stride=2, bias=False),
        head=nn.Linear(10, 7),
    )  # fmt: skip


@case((3, 12, 12))
def residual_preactivation():
    """Batch norm that follows a sum, so no convolution can absorb it."""

    def forward(net, x):
        x = net.stem(net.bn0(x))
        x = x + net.conv2(F.relu(net.bn2(net.conv1(F.relu(net.bn1(x))))))
        x = F.max_pool2d(F.relu(net.bn3(x)), 3, 2, 1)
        return net.head(net.bn4(torch.flatten(x, 1)))

    return Net(
        forward,
        bn0=nn.BatchNorm2d(3), stem=nn.Conv2d(3, 5, 3, padding=1),
        bn1=nn.BatchNorm2d(5), conv1=nn.Conv2d(5, 5, 3, padding=1),
        bn2=nn.BatchNorm2d(5), conv2=nn.Conv2d(5, 5, 3, padding=1),
        bn3=nn.BatchNorm2d(5), bn4=nn.BatchNorm1d(180), head=nn.Linear(180, 5),
    )  # fmt: skip


@case((3, 13, 13), seed=5)
def fire_concat():
    """Squeeze, two expansions, concatenation; class scores from a 1x1 convolution."""

    def forward(net, x):
        x = F.max_pool2d(F.relu(net.stem(x)), 3, 2)
        s = F.relu(net.squeeze(x))
        x = torch.cat([F.relu(net.expand1(s)), F.relu(net.expand3(s))], 1)
        return F.adaptive_avg_pool2d(F.relu(net.scores(x)), 1).flatten(1)

    return Net(
        forward,
        stem=nn.Conv2d(3, 8, 3),
        squeeze=nn.Conv2d(8, 4, 1),
        expand1=nn.Conv2d(4, 6, 1),
        expand3=nn.Conv2d(4, 6, 3, padding=1),
        scores=nn.Conv2d(12, 8, 1),
    )


@case((3, 12, 12), dynamic=True)
def inverted_residual():
    """Expansion, depthwise convolution, linear projection, with relu6."""

    def forward(net, x):
        x = F.relu6(net.stem(x))
        y = F.relu6(net.expand(x))
        y = net.project(F.relu6(net.depthwise(y)))
        x = F.relu6(net.last(x + y) * 4)
        return net.head(x.mean([2, 3]))

    return Net(
        forward,
        stem=nn.Conv2d(3, 4, 3, 2, 1),
        expand=nn.Conv2d(4, 12, 1),
        depthwise=nn.Conv2d(12, 12, 3, padding=1, groups=12),
        project=nn.Conv2d(12, 4, 1),
        last=nn.Conv2d(4, 10, 1),
        head=nn.Linear(10, 6),
    )


@case((4, 13, 11))
def dilated_grouped():
    """Dilation, groups, unequal strides and padding that differs at each side."""

    def forward(net, x):
        x = F.relu(net.conv1(F.pad(x, (1, 0, 2, 1))))
        x = F.relu(net.conv2(x))
        x = F.relu(net.conv3(F.pad(x, (0, 2, 1, 0))))
        return net.head(x.flatten(1))

    return Net(
        forward,
        conv1=nn.Conv2d(4, 8, 3, stride=(2, 1), dilation=(2, 1), groups=2),
        conv2=nn.Conv2d(8, 8, (2, 4), padding="same", groups=4),
        conv3=nn.Conv2d(8, 6, 3, stride=(1, 2), padding=(2, 0), dilation=(1, 2), groups=2),
        head=nn.Linear(216, 5),
    )


@case((2, 12, 11))
def max_pool_overlapping():
    """Overlapping windows, padding, ceil mode, dilation."""

    def forward(net, x):
        x = net.conv1(F.max_pool2d(x, 3, 2, padding=1, ceil_mode=True))
        x = F.max_pool2d(x, (3, 2), (1, 2), padding=(1, 0), ceil_mode=True)
        x = F.max_pool2d(F.relu(net.conv2(x)), 2, 1, dilation=2)
        return net.head(x.flatten(1))

    return Net(forward, conv1=nn.Conv2d(2, 6, 1), conv2=nn.Conv2d(6, 8, 3, padding=2), head=nn.Linear(168, 6))


@case((3, 11, 12))
def average_pool_padding_counted():
    return nn.Sequential(
        nn.AvgPool2d(3, 2, padding=1, count_include_pad=True), nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(),
        nn.AvgPool2d((2, 3), (1, 2), padding=(1, 0), count_include_pad=True), nn.Flatten(), nn.Linear(84, 6),
    )  # fmt: skip


@case((3, 11, 12))
def average_pool_padding_ignored():
    return nn.Sequential(
        nn.AvgPool2d(3, 2, padding=1, count_include_pad=False), nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(),
        nn.AvgPool2d((2, 3), (1, 2), padding=(1, 1), count_include_pad=False), nn.Flatten(), nn.Linear(126, 6),
    )  # fmt: skip


@case((3, 11, 12))
def average_pool_ceil():
    return nn.Sequential(
        nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(),
        nn.AvgPool2d(3, 2, ceil_mode=True, count_include_pad=False), nn.Flatten(), nn.Linear(180, 5),
    )  # fmt: skip


@case((3, 12, 12))
def global_pools():
    """Adaptive pools to 1x1 and to a grid that divides the input."""

    def forward(net, x):
        x = F.relu(net.conv1(F.adaptive_avg_pool2d(x, (6, 4))))
        x = torch.cat([x, F.relu(net.conv2(x))], 1)
        whole = torch.cat([F.adaptive_avg_pool2d(x, 1), F.adaptive_max_pool2d(x, 1)], 1).flatten(1)
        return net.head(torch.cat([whole, F.adaptive_max_pool2d(x, (3, 2)).flatten(1)], 1))

    return Net(
        forward, conv1=nn.Conv2d(3, 5, 3, padding=1), conv2=nn.Conv2d(5, 5, 3, padding=1), head=nn.Linear(80, 6)
    )


@case((6, 7, 6))
def conv_transpose():
    """Stride, padding, output padding, groups and dilation of the transposed convolution."""
    return nn.Sequential(
        nn.Conv2d(6, 8, 3, stride=2, padding=1), nn.ReLU(),
        nn.ConvTranspose2d(8, 6, 3, stride=2, padding=1, output_padding=(0, 1), groups=2), nn.ReLU(),
        nn.ConvTranspose2d(6, 4, (2, 3), stride=(1, 2), dilation=(2, 1), bias=False), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 5),
    )  # fmt: skip


@case((8, 14), dynamic=True)
def conv1d_text():
    """Word vectors, convolutions of three widths, maximum over time."""

    def forward(net, x):
        words = [F.relu(conv(x)).amax(2) for conv in (net.width2, net.width3)]
        words.append(F.max_pool1d(F.relu(net.width4(x)), 11).squeeze(2))
        return net.head(torch.cat(words, 1))

    return Net(
        forward,
        width2=nn.Conv1d(8, 6, 2),
        width3=nn.Conv1d(8, 6, 3),
        width4=nn.Conv1d(8, 6, 4),
        head=nn.Linear(18, 6),
    )


# --- activations, one net each ----------------------------------------------

ACTIVATIONS = {
    "gelu_erf": nn.GELU,
    "gelu_tanh": lambda: nn.GELU(approximate="tanh"),
    "silu": nn.SiLU,
    "hardswish": nn.Hardswish,
    "mish": nn.Mish,
    "elu": lambda: nn.ELU(0.75),
    "selu": nn.SELU,
    "celu": lambda: nn.CELU(0.625),
    "leaky_relu": lambda: nn.LeakyReLU(0.125),
    "prelu": lambda: nn.PReLU(10),
    "softplus": nn.Softplus,
    "softsign": nn.Softsign,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "hardsigmoid": nn.Hardsigmoid,
    "log_sigmoid": nn.LogSigmoid,
    "hardtanh": lambda: nn.Hardtanh(-0.5, 1.25),
    "softmax": lambda: nn.Softmax(1),
}
for title, activation in ACTIVATIONS.items():

    @case((12,), name=f"mlp_{title}")
    def mlp(activation=activation):
        return nn.Sequential(
            nn.Linear(12, 10), activation(), nn.Linear(10, 10), activation(), nn.Linear(10, 5)
        )  # fmt: skip


@case((2, 9, 9))
def conv_activations():
    """Per-channel and shared slopes and smooth activations on feature maps."""
    return pooled(
        nn.Sequential(
            nn.Conv2d(2, 6, 3, padding=1), nn.PReLU(6), nn.Conv2d(6, 6, 3), nn.PReLU(), nn.Conv2d(6, 6, 1), nn.Hardswish(),
            nn.Conv2d(6, 6, 1), nn.SiLU(), nn.Conv2d(6, 6, 1), nn.ELU(), nn.Conv2d(6, 6, 1), nn.LeakyReLU(0.25),
        ), 6, 4,
    )  # fmt: skip


# --- normalisation ----------------------------------------------------------


@case((16,))
def layer_norm_mlp():
    return nn.Sequential(
        nn.LayerNorm(16), nn.Linear(16, 12), nn.ReLU(), nn.LayerNorm(12), nn.Linear(12, 12), nn.ReLU(), nn.Linear(12, 6)
    )


@case((3, 8, 8))
def layer_norm_spatial():
    """Layer norm over three trailing axes, and over channels moved last."""

    def forward(net, x):
        x = F.relu(net.conv(net.norm1(x)))
        x = net.norm2(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        return net.head(F.max_pool2d(F.relu(x), 2).flatten(1))

    return Net(
        forward,
        norm1=nn.LayerNorm([3, 8, 8]),
        conv=nn.Conv2d(3, 6, 3, padding=1),
        norm2=nn.LayerNorm(6),
        head=nn.Linear(96, 5),
    )


@case((3, 10, 10))
def instance_norm():
    return pooled(
        nn.Sequential(
            nn.InstanceNorm2d(3), nn.Conv2d(3, 6, 3, padding=1), nn.InstanceNorm2d(6, affine=True), nn.ReLU(),
            nn.Conv2d(6, 8, 3), nn.ReLU(),
        ), 8, 5,
    )  # fmt: skip


@case((3, 10, 10))
def group_norm():
    return pooled(
        nn.Sequential(
            nn.Conv2d(3, 6, 3, padding=1), nn.GroupNorm(3, 6), nn.ReLU(), nn.Conv2d(6, 8, 3), nn.GroupNorm(2, 8), nn.ReLU()
        ), 8, 5,
    )  # fmt: skip


@case((3, 10, 10))
def local_response_norm():
    return pooled(
        nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.LocalResponseNorm(5, alpha=0.5, beta=0.75, k=1.0),
                      nn.Conv2d(8, 8, 3), nn.ReLU()), 8, 5,
    )  # fmt: skip


# --- attention --------------------------------------------------------------


def attention(net, prefix, x, heads):
    """Multi-head self-attention with separate query, key and value matrices."""
    batch, tokens, width = x.shape

    def split(name):
        return getattr(net, prefix + name)(x).view(batch, tokens, heads, width // heads).transpose(1, 2)

    scores = split("q") @ split("k").transpose(2, 3) / math.sqrt(width // heads)
    mixed = torch.softmax(scores, -1) @ split("v")
    return getattr(net, prefix + "o")(mixed.transpose(1, 2).reshape(batch, tokens, width))


def block_layers(prefix, width, hidden):
    return {
        **{prefix + key: nn.Linear(width, width) for key in "qkvo"},
        prefix + "norm1": nn.LayerNorm(width),
        prefix + "norm2": nn.LayerNorm(width),
        prefix + "up": nn.Linear(width, hidden),
        prefix + "down": nn.Linear(hidden, width),
    }


@case((7, 12), dynamic=True, older=(11, 13))
def transformer_cls():
    """One post-norm block over token embeddings; the first token is classified."""

    def forward(net, x):
        x = x + net.position[: x.shape[1]]
        x = net.b_norm1(x + attention(net, "b_", x, 3))
        x = net.b_norm2(x + net.b_down(F.gelu(net.b_up(x))))
        return net.head(torch.tanh(net.pool(x[:, 0])))

    return Net(
        forward,
        position=torch.randn(9, 12) * 0.5,
        **block_layers("b_", 12, 20),
        pool=nn.Linear(12, 12),
        head=nn.Linear(12, 5),
    )


@case((6, 16))
def bert_two_layers():
    """Two blocks, twenty labels, last token masked out of the mean."""

    def forward(net, x):
        x = net.norm(x)
        for prefix in ("a_", "b_"):
            x = getattr(net, prefix + "norm1")(x + attention(net, prefix, x, 4))
            hidden = F.gelu(getattr(net, prefix + "up")(x))
            x = getattr(net, prefix + "norm2")(x + getattr(net, prefix + "down")(hidden))
        x = (x * net.mask).sum(1) / net.mask.sum(1)
        return net.head(x)

    return Net(
        forward,
        norm=nn.LayerNorm(16),
        **block_layers("a_", 16, 24),
        **block_layers("b_", 16, 24),
        mask=torch.tensor([1.0, 1, 1, 1, 1, 0]).reshape(1, 6, 1),
        head=nn.Linear(16, 20),
    )


@case((6, 12))
def transformer_encoder_layers():
    """The library's own encoder layers, pre-norm, packed query-key-value matrix."""
    layer = nn.TransformerEncoderLayer(12, 2, 18, activation="relu", batch_first=True, norm_first=True)
    return nn.Sequential(
        nn.TransformerEncoder(layer, 2, enable_nested_tensor=False), nn.Flatten(), nn.Linear(72, 6)
    )  # fmt: skip


@case((6, 10))
def attention_fused():
    """scaled_dot_product_attention under a causal mask; mean over tokens."""

    def forward(net, x):
        q, k, v = net.qkv(x).unflatten(-1, (3, 2, 5)).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + net.out(mixed.transpose(1, 2).flatten(2))
        return net.head(x.mean(1))

    return Net(forward, qkv=nn.Linear(10, 30), out=nn.Linear(10, 10), head=nn.Linear(10, 6))


# --- shapes, gates and arithmetic -------------------------------------------


def upsampling(**how):
    return pooled(
        nn.Sequential(
            nn.Conv2d(2, 6, 3), nn.ReLU(), nn.Upsample(**how), nn.Conv2d(6, 8, 3, stride=2), nn.ReLU(),
        ), 8, 5,
    )  # fmt: skip


@case((2, 9, 9))
def upsample_nearest():
    return upsampling(scale_factor=2, mode="nearest")


@case((2, 9, 9))
def upsample_nearest_to_size():
    return upsampling(size=(10, 17), mode="nearest")


@case((2, 9, 9))
def upsample_bilinear():
    return upsampling(scale_factor=2, mode="bilinear", align_corners=False)


@case((2, 9, 9))
def upsample_bilinear_corners():
    return upsampling(size=(11, 13), mode="bilinear", align_corners=True)


@case((2, 10, 10))
def pixel_shuffle():
    return pooled(
        nn.Sequential(
            nn.PixelUnshuffle(2), nn.Conv2d(8, 12, 3, padding=1), nn.ReLU(), nn.PixelShuffle(2), nn.Conv2d(3, 6, 3), nn.ReLU()
        ), 6, 5,
    )  # fmt: skip


@case((3, 10, 10), dynamic=True)
def squeeze_excite():
    def forward(net, x):
        x = F.silu(net.stem(x))
        gate = net.up(F.relu(net.down(F.adaptive_avg_pool2d(x, 1))))
        x = x * torch.sigmoid(gate)
        gate = F.hardsigmoid(net.gate(x.mean((2, 3))))
        x = F.relu(net.last(x * gate[:, :, None, None]))
        return net.head(x.mean((2, 3)))

    return Net(
        forward,
        stem=nn.Conv2d(3, 8, 3, 2, 1),
        down=nn.Conv2d(8, 3, 1),
        up=nn.Conv2d(3, 8, 1),
        gate=nn.Linear(8, 8),
        last=nn.Conv2d(8, 8, 3),
        head=nn.Linear(8, 6),
    )


@case((2, 8, 7))
def pad_modes():
    """Constant, reflected, replicated and negative padding."""

    def forward(net, x):
        x = F.relu(net.conv1(F.pad(x, (2, 1, 1, 0), value=0.5)))
        x = F.relu(net.conv2(F.pad(x, (1, 2, 3, 1), mode="reflect")))
        x = F.relu(net.conv3(F.pad(x, (2, 0, 1, 2), mode="replicate")))
        return net.head(F.pad(x, (-1, 1, -2, 0)).flatten(1))

    return Net(
        forward,
        conv1=nn.Conv2d(2, 5, 3),
        conv2=nn.Conv2d(5, 5, 3),
        conv3=nn.Conv2d(5, 5, 3, stride=2),
        head=nn.Linear(75, 5),
    )


@case((4, 8, 10))
def rearranging():
    """Slices with steps, split, stack, transpose, roll, flip, gather and expand."""

    def forward(net, x):
        a, b = x.split([1, 3], 1)
        b = F.relu(net.conv(b[:, :, 1::2, -1 - 6 : -1]))
        c, d = b.chunk(2, 1)
        e = torch.stack([c, d * 2, c.flip(3)], 2)  # 1, 3, 3, 4, 6
        e = e.transpose(1, 4).reshape(1, 18, 3, 4)
        f = a[:, 0, ::3, ::4].unsqueeze(1).expand(-1, 18, -1, -1)  # 1, 18, 3, 3
        e = torch.roll(e[..., :3], 1, 2) + f.permute(0, 1, 3, 2)
        picked = e.index_select(1, net.order)
        tail = x[:, 1:3, -1, :].repeat(1, 1, 2).flatten(1)
        return net.head(torch.cat([picked.flatten(1), tail.tanh()], 1))

    return Net(
        forward,
        conv=nn.Conv2d(3, 6, 1),
        order=torch.tensor([0, 5, 5, 17, 2, 9]),
        head=nn.Linear(94, 6),
    )


@case((3, 5, 6))
def elementwise():
    """Arithmetic with broadcasting over every axis."""

    def forward(net, x):
        y = x * net.scale - net.offset / (1 + x.abs())
        z = torch.exp(-y.pow(2)) + torch.log(1.5 + x.square()) * net.column
        z = torch.where(net.chosen, z, torch.sqrt(y * y + 0.3))
        w = torch.maximum(torch.minimum(z, net.row), -y).clamp(-1.0, 1.75)
        w = w + torch.where(x > 0.1, x * 2, x / 3) + net.base ** (x / 2)
        w = w + torch.sin(x) * torch.cos(y) - torch.reciprocal(2 + z.abs()) + torch.erf(y)
        v = (w.amax((2, 3)) - w.amin((2, 3))) / w.std((2, 3)) + w.prod(3).sum(2) * 0.1
        return net.head(torch.cat([w.flatten(1), v, torch.logsumexp(w, (2, 3)), w.norm(dim=(2, 3))], 1))

    return Net(
        forward,
        scale=torch.randn(3, 1, 1),
        offset=torch.randn(1, 3, 5, 1),
        column=torch.randn(5, 1),
        row=torch.randn(6) + 1,
        base=torch.rand(6) + 0.7,
        chosen=torch.rand(5, 6) > 0.4,
        head=nn.Linear(99, 6),
    )


@case((16,), dynamic=True, positive=True)
def softmax_gates():
    """A softmax in the middle, and log_softmax weights as a gate."""

    def forward(net, x):
        x = torch.softmax(net.first(x) * 2, 1)
        y = F.relu(net.second(x))
        gate = F.log_softmax(net.gate(y), 1)
        return net.head(y * gate + torch.softmax(y.view(-1, 3, 4), 1).reshape(-1, 12))

    return Net(
        forward,
        first=nn.Linear(16, 12),
        second=nn.Linear(12, 12),
        gate=nn.Linear(12, 12),
        head=nn.Linear(12, 6),
    )


# --- graphs written by hand, for operators the exporter takes apart ---------


def graph(nodes, weights, shape, labels, opset):
    """A one-input model `input` -> `logits` from nodes and named weights."""
    made = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", *shape])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", labels])],
        [numpy_helper.from_array(np.asarray(value), key) for key, value in weights.items()],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)


def weights_of(net):
    return {key: value.detach().numpy() for key, value in net.state_dict().items()}


def native_norms_graph(net):
    n, w = helper.make_node, weights_of(net)
    nodes = [
        n("Conv", ["input", "conv1.weight", "conv1.bias"], ["a"], pads=[1, 1, 1, 1]),
        n("LRN", ["a"], ["b"], size=3, alpha=0.5, beta=0.75, bias=1.5),
        n("BatchNormalization", ["b", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var"], ["c"], epsilon=1e-5),
        n("Relu", ["c"], ["d"]),
        n("Conv", ["d", "conv2.weight"], ["e"]),
        n("GroupNormalization", ["e", "groups.weight", "groups.bias"], ["q"], num_groups=2, epsilon=1e-5),
        n("InstanceNormalization", ["q", "norm.weight", "norm.bias"], ["f"], epsilon=1e-5),
        n("Elu", ["f"], ["g"], alpha=0.5),
        n("LpPool", ["g"], ["h"], kernel_shape=[2, 2], strides=[2, 2], p=2),
        n("GlobalMaxPool", ["h"], ["i"]),
        n("GlobalAveragePool", ["h"], ["j"]),
        n("Concat", ["i", "j"], ["k"], axis=-3),
        n("Flatten", ["k"], ["l"]),
        n("MeanVarianceNormalization", ["h"], ["m"], axes=[2, 3]),
        n("Flatten", ["m"], ["o"]),
        n("Concat", ["l", "o"], ["p"], axis=1),
        n("Gemm", ["p", "head.weight", "head.bias"], ["logits"], transB=1),
    ]
    w = {k: v for k, v in w.items() if not k.endswith("num_batches_tracked")}
    return graph(nodes, w, (3, 10, 10), 5, 21)


@case((3, 10, 10), handmade=native_norms_graph)
def native_norms():
    """LRN, LpPool, GroupNormalization, MeanVarianceNormalization, the global pools."""

    def forward(net, x):
        x = F.relu(net.bn(F.local_response_norm(net.conv1(x), 3, 0.5, 0.75, 1.5)))
        x = F.elu(net.norm(net.groups(net.conv2(x))), 0.5)
        x = F.lp_pool2d(x, 2, 2, 2)
        mean, var = x.mean((2, 3), keepdim=True), x.var((2, 3), correction=0, keepdim=True)
        normal = (x - mean) / (var.sqrt() + 1e-9)
        return net.head(torch.cat([x.amax((2, 3)), x.mean((2, 3)), normal.flatten(1)], 1))

    return Net(
        forward,
        conv1=nn.Conv2d(3, 8, 3, padding=1),
        bn=nn.BatchNorm2d(8),
        conv2=nn.Conv2d(8, 6, 3, bias=False),
        groups=nn.GroupNorm(2, 6),
        norm=nn.InstanceNorm2d(6, affine=True),
        head=nn.Linear(108, 5),
    )


def native_activations_graph(net):
    n, w = helper.make_node, weights_of(net)
    names = [
        ("Gelu", {}), ("Gelu", {"approximate": "tanh"}), ("HardSigmoid", {"alpha": 0.25, "beta": 0.375}), ("HardSwish", {}),
        ("ThresholdedRelu", {"alpha": 0.25}), ("Celu", {"alpha": 0.5}), ("Selu", {}), ("Mish", {}), ("Softplus", {}), ("Softsign", {}),
    ]  # fmt: skip
    nodes = [n("Gemm", ["input", "first.weight", "first.bias"], ["x"], transB=1)]
    for i, (op, attributes) in enumerate(names):
        nodes.append(n(op, ["x"], [f"y{i}"], **attributes))
    nodes += [
        n("Concat", [f"y{i}" for i in range(len(names))], ["y"], axis=1),
        n("LayerNormalization", ["y", "norm.weight", "norm.bias"], ["z"], axis=-1, epsilon=1e-5),
        n("ReduceLogSumExp", ["z", "axes"], ["r"], keepdims=1),
        n("ReduceL2", ["z", "axes"], ["s"], keepdims=1),
        n("ReduceL1", ["z", "axes"], ["t"], keepdims=1),
        n("ReduceSumSquare", ["z", "axes"], ["u"], keepdims=1),
        n("Sum", ["z", "r", "s"], ["v"]),
        n("Mean", ["v", "t", "u", "z"], ["m"]),
        n("Einsum", ["m", "head.weight"], ["e"], equation="bi,ki->bk"),
        n("Add", ["e", "head.bias"], ["logits"]),
    ]
    return graph(nodes, {**w, "axes": np.array([1], np.int64)}, (10,), 5, 22)


@case((10,), handmade=native_activations_graph)
def native_activations():
    """Single-operator activations up to opset 22, LayerNormalization, norms, Einsum."""

    def forward(net, x):
        x = net.first(x)
        y = torch.cat(
            [
                F.gelu(x), F.gelu(x, approximate="tanh"), (0.25 * x + 0.375).clamp(0, 1), F.hardswish(x),
                torch.where(x > 0.25, x, 0 * x), F.celu(x, 0.5), F.selu(x), F.mish(x), F.softplus(x), F.softsign(x),
            ], 1,
        )  # fmt: skip
        z = net.norm(y)
        v = z + z.logsumexp(1, True) + z.norm(dim=1, keepdim=True)
        m = (v + z.abs().sum(1, True) + z.square().sum(1, True) + z) / 4
        return net.head(m)

    return Net(forward, first=nn.Linear(10, 8), norm=nn.LayerNorm(80), head=nn.Linear(80, 5))


# --- making the files -------------------------------------------------------


def initialise(net):
    """Weights of useful size, and normalisation layers that do something."""
    for module in net.modules():
        for key, value in list(module.named_parameters(recurse=False)):
            with torch.no_grad():
                if isinstance(module, nn.PReLU):
                    value.uniform_(0.05, 0.4)
                elif key.endswith("weight") and value.dim() > 1:
                    value.normal_(0, 1.4 / math.sqrt(value[0].numel()))
                elif key.endswith("weight"):
                    value.uniform_(0.6, 1.4)
                else:
                    value.normal_(0, 0.2)
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 1.8)
    return net.eval().requires_grad_(False)


def logits_and_gradients(net, x):
    """The logits, and the gradient of each with respect to the input."""
    x = x.detach().requires_grad_(True)
    logits = net(x)
    assert logits.dim() == 2 and logits.shape[0] == 1, logits.shape
    rows = [torch.autograd.grad(value, x, retain_graph=True)[0] for value in logits[0]]
    return logits[0].detach().numpy(), torch.stack(rows).numpy()


def export(net, x, path, dynamic, opset=None):
    """Write one ONNX file. An opset selects the TorchScript exporter."""
    if opset is not None:
        torch.onnx.export(
            net, (x,), str(path), dynamo=False, opset_version=opset, input_names=["input"], output_names=["logits"],
            dynamic_axes={"input": {0: "N"}, "logits": {0: "N"}},
        )  # fmt: skip
    else:
        example = torch.cat([x, x]) if dynamic else x  # a batch of one would be taken for a constant
        torch.onnx.export(
            net, (example,), str(path), dynamo=True, opset_version=OPSET, external_data=False, verbose=False,
            input_names=["input"], output_names=["logits"], dynamic_shapes=({0: torch.export.Dim("N")},) if dynamic else None,
        )  # fmt: skip
    return onnx.load(str(path))


def strip(model):
    """Drop traces of the source from the model; they are large and tell nothing."""
    for holder in [model, model.graph, *model.graph.node, *model.graph.value_info, *model.graph.input,
                   *model.graph.output, *model.graph.initializer, *model.functions]:  # fmt: skip
        holder.doc_string = ""
        if hasattr(holder, "metadata_props"):
            del holder.metadata_props[:]
    for function in model.functions:
        for node in function.node:
            node.doc_string = ""
            del node.metadata_props[:]
    model.graph.name = "net"
    onnx.checker.check_model(model, full_check=True)
    return model


def op_types(model):
    def name(node):
        return f"{node.domain}::{node.op_type}" if node.domain not in ("", "ai.onnx") else node.op_type

    return sorted({name(node) for node in model.graph.node})


def forward_error(model, net, x, logits, dynamic):
    """Largest difference of onnxruntime's logits from the truth, over the largest logit."""
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    scale = np.abs(logits).max()
    found = session.run(None, {"input": x.numpy()})[0]
    error = np.abs(found[0] - logits).max() / scale
    if dynamic:
        pair = torch.cat([x, x.flip(-1)])
        truth = net(pair.double()).numpy()
        error = max(error, np.abs(session.run(None, {"input": pair.numpy()})[0] - truth).max() / np.abs(truth).max())
    return error


def pack(array):
    return base64.b64encode(np.ascontiguousarray(array, "<f4").tobytes()).decode()


def generate(name, spec, out):
    torch.manual_seed(zlib.crc32(name.encode()) + spec["seed"])
    net = initialise(spec["build"]())
    shape = (1, *spec["shape"])
    x = torch.rand(shape) if spec["positive"] else torch.randn(shape)

    exact = copy.deepcopy(net).double()
    logits, gradients = logits_and_gradients(exact, x.double())
    _, rough = logits_and_gradients(net, x)
    gradient_error = np.abs(rough - gradients).max() / np.abs(gradients).max()
    assert gradient_error < GRADIENT_TOLERANCE, f"{name}: gradients differ by {gradient_error}"
    assert all(np.abs(row).max() > 1e-4 for row in gradients), f"{name}: a gradient vanishes"

    models = {}
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "net.onnx"
        if spec["handmade"]:
            models[f"{name}.onnx"] = (spec["handmade"](net), True)
        else:
            models[f"{name}.onnx"] = (export(net, x, path, spec["dynamic"]), spec["dynamic"])
        for opset in spec["older"]:
            models[f"{name}.opset{opset}.onnx"] = (export(net, x, path, True, opset), True)

    entries = []
    for file, (model, dynamic) in models.items():
        strip(model)
        error = forward_error(model, exact, x, logits, dynamic)
        assert error < FORWARD_TOLERANCE, f"{file}: onnxruntime differs by {error}"
        (out / file).write_bytes(model.SerializeToString())
        entries.append({
            "name": name, "onnx": file, "truth": f"{name}.json", "opset": model.opset_import[0].version,
            "inputShape": list(shape), "labels": len(logits), "dynamicBatch": dynamic, "opTypes": op_types(model),
        })  # fmt: skip
        print(f"| {file} | {len(logits)} | {'x'.join(map(str, shape))} | {' '.join(op_types(model))} "
              f"| {error:.1e} | {gradient_error:.1e} | {(out / file).stat().st_size} |", flush=True)  # fmt: skip

    truth = {
        "name": name,
        "inputShape": list(shape),
        "input": pack(x.numpy()),
        "logits": [float(f"{value:.9g}") for value in logits],
        "gradients": pack(gradients),
        "torch": torch.__version__.split("+")[0],
    }
    (out / f"{name}.json").write_text(json.dumps(truth) + "\n")
    return entries


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--only", help="comma-separated case names; leaves index.json alone")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    warnings.filterwarnings("ignore")
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    torch.backends.mha.set_fastpath_enabled(False)
    torch.set_num_threads(1)

    wanted = options.only.split(",") if options.only else list(CASES)
    if not options.only:
        for stale in [*options.out.glob("*.onnx"), *options.out.glob("*.json")]:
            stale.unlink()
    print("| file | K | input | op types | ORT error | float32 gradient error | bytes |")
    print("|---|---|---|---|---|---|---|")
    entries = [entry for name in wanted for entry in generate(name, CASES[name], options.out)]
    if not options.only:
        lines = ",\n".join("  " + json.dumps(entry) for entry in entries)
        (options.out / "index.json").write_text(f"[\n{lines}\n]\n")
    print(f"{len(entries)} models, {sum(f.stat().st_size for f in options.out.iterdir())} bytes in all")


if __name__ == "__main__":
    main()
