"""Writes packages/engine-reference/test/fixtures/rules.json: maps of one small net by backward rules, as PyTorch hooks (guided backpropagation, deconvnet) and
Captum (LRP) have them. Run: python scripts/torch-oracle/rules.py (PyTorch and Captum must be importable)."""

import json
import pathlib

import torch
from captum.attr import LRP
from captum.attr._utils.lrp_rules import EpsilonRule, GammaRule
from torch import nn

torch.manual_seed(5)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.relu1 = nn.Conv2d(2, 4, 3, padding=1), nn.ReLU()
        self.pool = nn.MaxPool2d(2)
        self.conv2, self.relu2 = nn.Conv2d(4, 5, 2), nn.ReLU()
        self.dense = nn.Linear(5 * 4, 3)

    def forward(self, x):
        x = self.relu2(self.conv2(self.pool(self.relu1(self.conv1(x)))))
        return self.dense(torch.flatten(x, 1))


def numbers(tensor):
    return [round(float(value), 9) for value in tensor.detach().flatten()]


def hooked(net, x, hook):
    """The gradient of every logit where `hook` replaces what goes back through every ReLU."""
    handles = [relu.register_full_backward_hook(hook) for relu in (net.relu1, net.relu2)]
    maps = []
    for label in range(3):
        at = x.clone().requires_grad_()
        net(at)[0, label].backward()
        maps += numbers(at.grad)
    for handle in handles:
        handle.remove()
    return maps


def lrp(net, x, rule):
    maps = []
    for label in range(3):
        for module in (net.conv1, net.conv2, net.dense):
            module.rule = rule()
        maps += numbers(LRP(net).attribute(x.clone(), target=label))
    return maps


net, x = Net().eval(), torch.randn(1, 2, 6, 6)
layers = {name: {"weight": numbers(module.weight), "bias": numbers(module.bias)} for name, module in (("conv1", net.conv1), ("conv2", net.conv2), ("dense", net.dense))}
truth = {
    "input": numbers(x),
    "layers": layers,
    "logits": numbers(net(x)),
    "guided": hooked(net, x, lambda _, below, above: (below[0].clamp(min=0),)),
    "deconvnet": hooked(net, x, lambda _, below, above: (above[0].clamp(min=0),)),
    "epsilon": lrp(net, x, lambda: EpsilonRule(epsilon=0.05)),
    "gamma": lrp(net, x, lambda: GammaRule(gamma=0.3, set_bias_to_zero=True)),
}
path = pathlib.Path(__file__).parents[2] / "packages/engine-reference/test/fixtures/rules.json"
path.parent.mkdir(exist_ok=True)
path.write_text(json.dumps(truth) + "\n")
