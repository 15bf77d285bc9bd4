"""Integrated gradients and SmoothGrad of label 0 by Captum."""

import copy

import torch
from captum.attr import IntegratedGradients, NoiseTunnel, Saliency


def attribution(models, made, spec, n):
    """A call of METHOD:BATCH[+cl][+fold]: n gradients in batches; channels last; batch normalization folded."""
    name, *options = spec.split("+")
    name, _, batch = name.partition(":")
    net, x, _ = made
    net = copy.deepcopy(net)
    if "fold" in options and any(isinstance(layer, torch.nn.BatchNorm2d) for layer in net.modules()):
        net = models.fold_bn(net)
    if "cl" in options:
        net = net.to(memory_format=torch.channels_last)
        x = x.contiguous(memory_format=torch.channels_last)
    if name == "integrated-gradients":
        method = IntegratedGradients(net)
        return lambda: method.attribute(x, target=0, n_steps=n, internal_batch_size=int(batch))
    if name == "smooth-grad":
        noise, method = float(0.15 * (x.max() - x.min())), NoiseTunnel(Saliency(net))
        settings = dict(nt_type="smoothgrad", nt_samples=n, nt_samples_batch_size=int(batch), stdevs=noise, abs=False)
        return lambda: method.attribute(x.clone(), target=0, **settings)
    raise ValueError(f"no method {name}")
