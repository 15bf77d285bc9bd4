"""Makes learner.json: three steps of torch.optim.AdamW on a tiny net, decay on weights only. Run: python learner.py"""

import json
import pathlib

import torch

torch.manual_seed(3)
torch.set_num_threads(1)
net = torch.nn.Sequential(
    torch.nn.Conv2d(2, 4, 3, padding=1),
    torch.nn.ReLU(),
    torch.nn.MaxPool2d(2),
    torch.nn.Flatten(),
    torch.nn.Linear(36, 3),
)
names = ["conv.weight", "conv.bias", "dense.weight", "dense.bias"]
parameters = dict(zip(names, net.parameters()))
settings = dict(lr=0.02, betas=(0.8, 0.95), eps=1e-6)
optimizer = torch.optim.AdamW(
    [
        dict(params=[p for p in parameters.values() if p.ndim >= 2], weight_decay=0.3),
        dict(params=[p for p in parameters.values() if p.ndim < 2], weight_decay=0.0),
    ],
    **settings,
)


def numbers(tensors):
    return {name: [float(f"{v:.9g}") for v in t.detach().flatten().tolist()] for name, t in tensors.items()}


start = numbers(parameters)
steps = []
for _ in range(3):
    x = torch.randn(5, 2, 6, 6).mul(16).round().div(16)
    labels = torch.randint(0, 3, (5,))
    optimizer.zero_grad()
    logits = net(x)
    loss = torch.nn.functional.cross_entropy(logits, labels)
    loss.backward()
    step = dict(input=x.flatten().tolist(), labels=labels.tolist(), loss=loss.item())
    step["correct"] = int((logits.argmax(1) == labels).sum())
    step["gradients"] = numbers({name: p.grad for name, p in parameters.items()})
    optimizer.step()
    step["parameters"] = numbers(parameters)
    steps.append(step)

adam = dict(rate=0.02, beta1=0.8, beta2=0.95, epsilon=1e-6, decay=0.3)
shapes = {name: list(p.shape) for name, p in parameters.items()}
path = pathlib.Path(__file__).parents[2] / "packages/testing/fixtures/torch/learner.json"
path.write_text(json.dumps(dict(adam=adam, shapes=shapes, start=start, steps=steps)) + "\n")
