"""Class activation maps and full gradients, computed by PyTorch's autograd on nets of generate.py.

A function mode records what every operation of a net gives, so that gradients can be taken at any of them. The maps are
written down as the papers have them, in float64 from float32 numbers, and rounded once. Guided backpropagation replaces
every relu by one whose gradient is cut off at 0 from both sides. Each net is built from the seed of its case and must
give the logits that are committed for it; the full gradients must add up to them.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode

from averages import LABELS, stacked, trained
from generate import pack

FILE = Path(__file__).resolve().parent.parent.parent / "packages" / "methods" / "test" / "fixtures" / "cams.json"
# Case, the operation whose last result is the default layer, and another layer: its name in the ONNX file, the operation, which one.
CASES = (
    ("plain_cnn", "max_pool2d", ("relu_1", "relu", 1)),
    ("dilated_grouped", "relu", ("relu", "relu", 0)),
    ("residual", "relu", None),
    ("residual_preactivation", "max_pool2d", None),
)
# Where the exporter makes one bias of those of a convolution and of the batch norm behind it, their absolute values are others.
FUSED = ("residual_preactivation",)
RESIZED = (((3, 3), (12, 12)), ((9, 4), (13, 11)), ((6, 7), (4, 3)), ((1, 1), (3, 2)), ((7, 7), (23, 30)), ((5, 4), (5, 9)))


class GuidedRelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient.clamp(min=0) * (x > 0)


class Recorder(TorchFunctionMode):
    """Every result with the name of its operation and its arguments."""

    def __init__(self, guided=False):
        super().__init__()
        self.guided, self.results = guided, []

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if self.guided and function in (F.relu, torch.relu):
            return GuidedRelu.apply(args[0])
        made = function(*args, **(kwargs or {}))
        if isinstance(made, torch.Tensor) and made.requires_grad:
            self.results.append((function.__name__, made, args, kwargs or {}))
        return made

    def of(self, name):
        return [made for function, made, *_ in self.results if function == name]


def recorded(net, x, guided=False):
    x = x.detach().double().requires_grad_(True)
    with Recorder(guided) as recorder:
        logits = net(x)
    return x, logits, recorder


def gradient(logits, label, at):
    return torch.autograd.grad(logits[0, label], at, retain_graph=True)[0]


def grad_cam(a, g):
    return (g.mean((2, 3), keepdim=True) * a).sum(1, keepdim=True)


def grad_cam_plus_plus(a, g):
    below = 2 * g**2 + a.sum((2, 3), keepdim=True) * g**3
    alpha = g**2 / torch.where(below == 0, torch.ones_like(below), below)
    return ((alpha * g.relu()).sum((2, 3), keepdim=True) * a).sum(1, keepdim=True)


def x_grad_cam(a, g):
    total = a.sum((2, 3), keepdim=True)
    share = torch.where(total == 0, torch.zeros_like(a), a / torch.where(total == 0, torch.ones_like(total), total))
    return ((share * g).sum((2, 3), keepdim=True) * a).sum(1, keepdim=True)


def layer_cam(a, g):
    return (g.relu() * a).sum(1, keepdim=True)


MAPS = {"grad-cam": grad_cam, "grad-cam++": grad_cam_plus_plus, "x-grad-cam": x_grad_cam, "layer-cam": layer_cam}


def resized(map, size):
    return F.interpolate(map, size=size, mode="bilinear", align_corners=False)


def at_layer(net, x, layer):
    """Activations, and for every method the signed map at the layer and the rectified one at the input's size."""
    x, logits, recorder = recorded(net, x)
    a = layer(recorder)
    maps = {}
    for name, method in MAPS.items():
        signed = lambda label: method(a, gradient(logits, label, a)).detach()  # noqa: B023, E731
        shown = lambda label: resized(signed(label).relu(), x.shape[2:])  # noqa: B023, E731
        maps[name] = {"signed": stacked(signed), "shown": stacked(shown)}
    return {"activations": pack(a.detach().numpy()), "layerShape": list(a.shape), "maps": maps}


def guided_grad_cam(net, x, layer):
    """The guided gradient of the input times the rectified map of the true gradient at the default layer."""
    plain, logits, recorder = recorded(net, x)
    a = layer(recorder)
    guided, scores, _ = recorded(net, x, guided=True)

    def map(label):
        shown = resized(grad_cam(a, gradient(logits, label, a)).relu(), plain.shape[2:])
        return (gradient(scores, label, guided) * shown).detach()

    return stacked(map)


def biases(recorder):
    """(result, bias) of every operation that adds one, the bias shaped so that it broadcasts."""
    for function, made, args, kwargs in recorder.results:
        channels = [1, -1] + [1] * (made.dim() - 2)
        if function == "conv2d" and args[2] is not None:
            yield made, args[2].view(channels)
        elif function == "linear" and args[2] is not None:
            yield made, args[2].view(channels)
        elif function == "batch_norm":
            mean, variance, scale, bias = args[1:5] if len(args) > 4 else (args[1], args[2], kwargs["weight"], kwargs["bias"])
            eps = kwargs.get("eps", args[7] if len(args) > 7 else 1e-5)
            yield made, (bias - scale * mean / (variance + eps).sqrt()).view(channels)


def spread(shares, size):
    """Sums over channels, every position spread over the part of the picture that it covers."""

    def along(count, to):
        edges, own = torch.arange(to + 1).double() / to, torch.arange(count + 1).double() / count
        low = torch.maximum(edges[:-1, None], own[None, :-1])
        high = torch.minimum(edges[1:, None], own[None, 1:])
        return (high - low).clamp(min=0) * count

    plane = shares.sum(1)[0]
    return (along(plane.shape[0], size[0]) @ plane @ along(plane.shape[1], size[1]).T)[None, None]


def scaled(shares):
    shares = shares.abs()
    least, most = shares.min(), shares.max()
    return (shares - least) / (most - least)


def full_grad(name, net, x):
    x, logits, recorder = recorded(net, x)
    size = x.shape[2:]

    def terms(label):
        yield x * gradient(logits, label, x)
        for made, bias in biases(recorder):
            yield (gradient(logits, label, made) * bias).detach()

    def whole(label):
        total = torch.zeros(1, 1, *size, dtype=torch.double)
        for shares in terms(label):
            total += spread(shares, size) if shares.dim() == 4 else shares.sum() / total.numel()
        assert torch.allclose(total.sum(), logits[0, label], rtol=1e-10, atol=1e-10)
        return total.detach()

    def saliency(label):
        shown = [resized(scaled(shares), size) for shares in terms(label) if shares.dim() == 4]
        return sum(map.sum(1, keepdim=True) for map in shown).detach()

    if name in FUSED:
        return {"none": stacked(whole)}
    return {"none": stacked(whole), "abs-scaled": stacked(saliency)}


def case(name, operation, other):
    net, x = trained(name)
    default = lambda recorder: recorder.of(operation)[-1]  # noqa: E731
    made = {"name": name, "labels": LABELS, "default": at_layer(net, x, default)}
    if other is not None:
        value, function, index = other
        made["named"] = {"layer": value, **at_layer(net, x, lambda recorder: recorder.of(function)[index])}
    return {**made, "guidedGradCam": guided_grad_cam(net, x, default), "fullGrad": full_grad(name, net, x)}


def resize(size, to):
    plane = torch.randn(1, 1, *size, dtype=torch.double)
    return {"from": size, "to": to, "plane": plane.flatten().tolist(), "resized": resized(plane, to).flatten().tolist()}


def main():
    torch.manual_seed(7)
    made = {
        "torch": torch.__version__.split("+")[0],
        "resized": [resize(size, to) for size, to in RESIZED],
        "cases": [case(*each) for each in CASES],
    }
    FILE.write_text(json.dumps(made) + "\n")
    print(f"{len(CASES)} cases, {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
