"""Contests of up to 1000 labels by PyTorch on a GPU, in the ways its users have; weights are random, so that torchvision is not needed.

python3 scripts/gpu-torch.py [--seconds S] [--device cuda|cpu] [--labels K] [--side PIXELS] [--ways WAY,...] [--precisions P,...] [MODEL ...]

One line of JSON of times per way, model and precision (fp32, tf32, bf16): loop (a vjp per label), batched:B (autograd's is_grads_batched), jacrev:B
(torch.func, vmap in chunks of B), compile:B (torch.compile of the forward pass, B labels in a tiled batch). All keep a running maximum and minimum of gradient
times input, summed over channels for pictures. A way that would take longer than 3 S seconds is timed at two smaller numbers of labels and told as fixed
cost + K x cost per label ("note": "extrapolated"). And one line of agreement: the contest of a few labels against that of loop in fp32, with the numbers and
limits of cuda/bench/agree.cpp. `tiny` and `tiny_transformer` are there for a try without a GPU. Exit code 1: a way disagrees; 77: no torch, or no GPU.
"""
import argparse
import json
import math
import sys
import time

try:
    import torch
    import torch.nn as nn
    import torch.nn.functional as F
except ImportError:
    print("skipped: python3 has no torch")
    sys.exit(77)


def conv(i, o, k, s=1, g=1, act=None):
    """Convolution, batch normalisation and activation (He et al. 2015; Sandler et al. 2018)."""
    return nn.Sequential(nn.Conv2d(i, o, k, s, k // 2, groups=g, bias=False), nn.BatchNorm2d(o), *([act] if act else []))


class Bottleneck(nn.Module):
    def __init__(self, i, mid, s):
        super().__init__()
        o = 4 * mid
        self.body = nn.Sequential(conv(i, mid, 1, act=nn.ReLU()), conv(mid, mid, 3, s, act=nn.ReLU()), conv(mid, o, 1))
        self.shortcut = conv(i, o, 1, s) if s != 1 or i != o else nn.Identity()

    def forward(self, x):
        return F.relu(self.body(x) + self.shortcut(x))


def resnet50():
    layers, i = [conv(3, 64, 7, 2, act=nn.ReLU()), nn.MaxPool2d(3, 2, 1)], 64
    for mid, blocks, s in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for b in range(blocks):
            layers.append(Bottleneck(i, mid, s if b == 0 else 1))
            i = 4 * mid
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000))


def vgg16():
    """Simonyan & Zisserman 2014, configuration D."""
    layers, i = [], 3
    for o, blocks in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(blocks):
            layers += [nn.Conv2d(i, o, 3, padding=1), nn.ReLU()]
            i = o
        layers.append(nn.MaxPool2d(2))
    head = [nn.Linear(512 * 49, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(7), nn.Flatten(), *head)


class Inverted(nn.Module):
    def __init__(self, i, o, s, t):
        super().__init__()
        mid = i * t
        expand = [conv(i, mid, 1, act=nn.ReLU6())] if t != 1 else []
        self.body = nn.Sequential(*expand, conv(mid, mid, 3, s, mid, nn.ReLU6()), conv(mid, o, 1))
        self.adds = s == 1 and i == o

    def forward(self, x):
        return x + self.body(x) if self.adds else self.body(x)


def mobilenet_v2():
    layers, i = [conv(3, 32, 3, 2, act=nn.ReLU6())], 32
    for t, o, n, s in ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)):
        for b in range(n):
            layers.append(Inverted(i, o, s if b == 0 else 1, t))
            i = o
    return nn.Sequential(*layers, conv(320, 1280, 1, act=nn.ReLU6()), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, 1000))


class Fire(nn.Module):
    def __init__(self, i, squeeze, expand):
        super().__init__()
        self.squeeze, self.one, self.three = nn.Conv2d(i, squeeze, 1), nn.Conv2d(squeeze, expand, 1), nn.Conv2d(squeeze, expand, 3, padding=1)

    def forward(self, x):
        x = F.relu(self.squeeze(x))
        return torch.cat([F.relu(self.one(x)), F.relu(self.three(x))], 1)


def squeezenet1_1():
    """Iandola et al. 2016, version 1.1."""
    pool = lambda: nn.MaxPool2d(3, 2, ceil_mode=True)
    fires = [Fire(64, 16, 64), Fire(128, 16, 64), pool(), Fire(128, 32, 128), Fire(256, 32, 128), pool()]
    fires += [Fire(256, 48, 192), Fire(384, 48, 192), Fire(384, 64, 256), Fire(512, 64, 256)]
    return nn.Sequential(nn.Conv2d(3, 64, 3, 2), nn.ReLU(), pool(), *fires, nn.Conv2d(512, 1000, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())


class Layer(nn.Module):
    def __init__(self, d, heads, wide):
        super().__init__()
        self.heads, self.qkv, self.out = heads, nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.n1, self.n2, self.a, self.b = nn.LayerNorm(d), nn.LayerNorm(d), nn.Linear(d, wide), nn.Linear(wide, d)

    def forward(self, x):
        n, t, d = x.shape
        q, k, v = self.qkv(x).view(n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        y = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(d // self.heads), -1) @ v
        x = self.n1(x + self.out(y.transpose(1, 2).reshape(n, t, d)))
        return self.n2(x + self.b(F.gelu(self.a(x))))


class Transformer(nn.Module):
    """A 6-layer MiniLM (Wang et al. 2020) from its embeddings, with a head on the first token."""

    def __init__(self, labels=200, d=384, heads=12, wide=1536, layers=6):
        super().__init__()
        self.layers = nn.Sequential(*(Layer(d, heads, wide) for _ in range(layers)))
        self.pool, self.head = nn.Linear(d, d), nn.Linear(d, labels)

    def forward(self, x):
        return self.head(torch.tanh(self.pool(self.layers(x)[:, 0])))


def tiny():
    """Every block of the nets above once."""
    blocks = [conv(3, 8, 3, act=nn.ReLU()), Inverted(8, 8, 1, 2), Bottleneck(8, 4, 2), nn.MaxPool2d(2), Fire(16, 4, 8)]
    return nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 12))


NETS = {"resnet50": resnet50, "vgg16": vgg16, "mobilenet_v2": mobilenet_v2, "squeezenet1_1": squeezenet1_1, "minilm200": Transformer}
TINY = {"tiny": tiny, "tiny_transformer": lambda: Transformer(12, 16, 4, 32, 1)}
# Of inputs that are no pictures.
SHAPES = {"minilm200": (1, 128, 384), "tiny_transformer": (1, 8, 16)}
PRECISIONS = ("fp32", "tf32", "bf16")


def maps_of(gradients, x):
    maps = gradients * x
    return maps.sum(1) if maps.dim() == 4 else maps


class Contest:
    """Running maximum and minimum of the maps of all labels, and the labels that reach them."""

    def __init__(self, x):
        self.x, self.best = x, None

    def add(self, gradients, first):
        maps = maps_of(gradients, self.x)
        high, highest = maps.max(0)
        low, lowest = maps.min(0)
        if self.best is None:
            self.best, self.best_label, self.worst, self.worst_label = high, highest + first, low, lowest + first
            return
        self.best_label = torch.where(high > self.best, highest + first, self.best_label)
        self.worst_label = torch.where(low < self.worst, lowest + first, self.worst_label)
        self.best, self.worst = torch.maximum(self.best, high), torch.minimum(self.worst, low)


class Kept(Contest):
    """A contest whose gradients are kept."""

    def __init__(self, x):
        super().__init__(x)
        self.gradients = []

    def add(self, gradients, first):
        super().add(gradients, first)
        self.gradients.append(gradients.detach())


def seeds(first, count, labels, x):
    one = torch.zeros(count, labels, device=x.device, dtype=x.dtype)
    one[torch.arange(count), first + torch.arange(count)] = 1
    return one


def looped(net, x, n, _, contest):
    x = x.detach().requires_grad_()
    y = net(x)[0]
    for k in range(n):
        contest.add(torch.autograd.grad(y[k], x, retain_graph=True)[0], k)


def batched(net, x, n, b, contest):
    x = x.detach().requires_grad_()
    y = net(x)
    for k in range(0, n, b):
        one = seeds(k, min(b, n - k), y.shape[1], x)
        contest.add(torch.autograd.grad(y, x, one[:, None], is_grads_batched=True, retain_graph=True)[0][:, 0], k)


def jacrev(net, x, n, b, contest):
    contest.add(torch.func.jacrev(lambda z: net(z)[0, :n], chunk_size=b)(x)[:, 0], 0)


def tiled(net, x, n, b, contest):
    x = x.repeat(b, *[1] * (x.dim() - 1)).requires_grad_()
    y = net(x)
    for k in range(0, n, b):
        count = min(b, n - k)
        one = torch.zeros_like(y)
        one[:count] = seeds(k, count, y.shape[1], x)
        contest.add(torch.autograd.grad(y, x, one, retain_graph=k + b < n)[0][:count], k)


WAYS = {"loop": looped, "batched": batched, "jacrev": jacrev, "compile": tiled}


def prepared(make, precision, compiled, device):
    torch.manual_seed(0)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = precision == "tf32"
    net = make().to(device).eval().requires_grad_(False)
    if precision == "bf16":
        net = net.bfloat16()
    if not compiled:
        return net
    import torch._functorch.config as config

    config.donated_buffer = False  # the graph is used once per chunk
    return torch.compile(net, dynamic=False)


def timed(body, device):
    """Seconds until everything that was asked for is done."""
    if device == "cuda":
        torch.cuda.synchronize()
    start = time.perf_counter()
    body()
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def measure(run, labels, batch, limit, device):
    """cold, best, runs, note: of all labels, or from a line through two smaller numbers."""
    few = min(labels, max(batch, 8))
    more = min(labels, 3 * few)
    cold = timed(lambda: run(few), device)
    at_few, at_more = timed(lambda: run(few), device), timed(lambda: run(more), device)
    slope = (at_more - at_few) / max(1, more - few)
    whole = at_few + (labels - few) * max(0, slope)
    if whole > 3 * limit:
        return cold, whole, 1, "extrapolated"
    times = []
    while len(times) < 2 or (sum(times) < limit and len(times) < 20):
        times.append(timed(lambda: run(labels), device))
    return cold, min(times), len(times), ""


# As in cuda/bench/agree.cpp: of logits; of cotangents and maps; of decisions that are no ties; a tie, as shares of the largest number.
VALUE_LIMIT, COTANGENT_LIMIT, DECISION_LIMIT, TIE = 1e-4, 1e-2, 1e-2, 1e-4
AGREEMENT_LABELS = 16


def relative(found, expected):
    """Largest difference over the largest absolute number that was expected."""
    return ((found.double() - expected.double()).abs().max() / expected.double().abs().max().clamp_min(1e-30)).item()


def few_labels(net, way, x, n, b):
    contest = Kept(x)
    WAYS[way](net, x, n, b, contest)
    with torch.no_grad():
        return net(x)[0], torch.cat(contest.gradients)[:n], contest


def beyond_ties(found, contest, expected):
    """Places whose winner or loser is another, and those of them that are no ties of what was expected."""
    maps = maps_of(expected[1], expected[2].x)
    scale = maps.abs().max()
    differ = beyond = places = 0
    for label, wanted, sorted_maps in (
        (found.best_label, contest.best_label, maps.sort(0, descending=True)[0]),
        (found.worst_label, contest.worst_label, maps.sort(0)[0]),
    ):
        other = label != wanted
        differ, places = differ + int(other.sum()), places + other.numel()
        beyond += int((other & ((sorted_maps[0] - sorted_maps[1]).abs() > TIE * scale)).sum()) if len(maps) > 1 else 0
    return differ, beyond, places


def agreement(line, found, expected):
    values, cotangents = relative(found[0], expected[0]), relative(found[1], expected[1])
    maps = max(relative(getattr(found[2], part), getattr(expected[2], part)) for part in ("best", "worst"))
    differ, beyond, places = beyond_ties(found[2], expected[2], expected)
    judged = line["precision"] == "fp32"
    near = values < VALUE_LIMIT and cotangents < COTANGENT_LIMIT and maps < COTANGENT_LIMIT and beyond <= DECISION_LIMIT * places
    passed = near if judged else all(map(math.isfinite, (values, cotangents, maps)))
    shown = {name: float(f"{number:.4g}") if math.isfinite(number) else None for name, number in (("values", values), ("cotangents", cotangents), ("maps", maps))}
    counts = {"decisions": places, "differ": differ, "beyond_ties": beyond, "judged": judged, "pass": passed}
    of = {"kind": "agreement", "model": line["model"], "precision": line["precision"], "of": line["system"], "against": "torch loop, fp32"}
    return {**of, **shown, **counts}


def ways_of(text):
    """`KIND:BATCH,...` as given, or argparse's error."""
    for way in text.split(","):
        kind, _, batch = way.partition(":")
        if kind not in WAYS or not batch.isdecimal() or int(batch) == 0:
            raise argparse.ArgumentTypeError(f"expected loop:1, batched:N, jacrev:N or compile:N, separated by commas, found '{way}'")
    return text


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("models", nargs="*")
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--labels", type=int, default=1000)
    parser.add_argument("--side", type=int, default=224)
    # What is likely to be fastest comes first, for runs that are stopped.
    parser.add_argument("--ways", type=ways_of, default="batched:128,compile:128,loop:1,jacrev:128,batched:32,compile:32,jacrev:32")
    parser.add_argument("--precisions", default=",".join(PRECISIONS))
    options = parser.parse_args()
    if options.device == "cuda" and not torch.cuda.is_available():
        print("skipped: torch sees no GPU")
        sys.exit(77)
    every = {**NETS, **TINY}
    names = [name for name in options.models or NETS if name in every]  # a pack has others
    passed = True
    expected = {}
    for way in options.ways.split(","):
        for name in names:
            for precision in options.precisions.split(","):
                lines = one(name, every[name], precision, way, options, expected)
                passed = passed and all(line.get("pass", True) for line in lines)
                for line in lines:
                    print(json.dumps(line, separators=(",", ":")), flush=True)
    sys.exit(0 if passed else 1)


def input_of(name, options):
    shape = SHAPES.get(name, (1, 3, options.side, options.side))
    return torch.randn(shape, generator=torch.Generator().manual_seed(1)).to(options.device)


def one(name, make, precision, way, options, expected):
    """Lines of a way: its times, and its agreement with the loop in fp32."""
    kind, batch = way.split(":")[0], int(way.split(":")[1])
    line = {"kind": "time", "model": name, "system": f"torch {way}", "precision": precision, "version": torch.__version__}
    try:
        x = input_of(name, options)
        plain = prepared(make, "fp32", False, options.device)
        with torch.no_grad():
            labels = min(options.labels, plain(x).shape[1])
        few, together = min(labels, AGREEMENT_LABELS), min(batch, labels)
        if name not in expected:
            expected[name] = few_labels(plain, "loop", x, few, 1)
        del plain
        net = prepared(make, precision, kind == "compile", options.device)
        x = x.bfloat16() if precision == "bf16" else x
        run = lambda n: WAYS[kind](net, x, n, together, Contest(x))
        cold, best, runs, note = measure(run, labels, together, options.seconds, options.device)
        line.update(labels=labels, cold_s=round(cold, 5), best_s=round(best, 5), runs=runs, note=note)
        return [line, agreement(line, few_labels(net, kind, x, few, together), expected[name])]
    except Exception as error:  # a way that this version of torch or this memory cannot do is told
        text = f"failed: {type(error).__name__}: {str(error)[:120]}"
        line.update(labels=0, cold_s=None, best_s=None, runs=0, note=text.replace('"', "'").replace("\n", " ").replace("\\", "/"))
        return [line]
    finally:
        if kind == "compile":
            torch._dynamo.reset()
        if options.device == "cuda":
            torch.cuda.empty_cache()


main()
