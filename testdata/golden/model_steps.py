#!/usr/bin/env python3
"""Write model_steps_*.safetensors: twenty optimiser steps by PyTorch in float64, from weights by formula or pretrained.

4 steps of the head alone at 0.02 (LARS: 0.2), then everything from RATE down by CosineAnnealingLR(T_max=16); torch.optim.SGD, or LARS, with two
parameter groups, momentum 0.9, weight decay 1e-4 (SGD: on all); NT-Xent at 0.5; 8 pairs of 64 px a step, from 24 pictures.

The rates are low on purpose. At ten times these the run is chaotic, since rounding decides on which side of its kinks a ReLU6
lands: PyTorch in float32 then differs from PyTorch in float64 by 0.02 in the loss, and no comparison could tell an error
from rounding.

Kept of each tensor: the movement of up to 24 of its values, evenly spaced, and their momentum.
See model_features.py for the versions.
"""
import numpy as np
import torch
from lightly.loss import NTXentLoss

from model_formula import Lite0, ResNet18, dense, images, picture, save

STEPS, HEAD_STEPS, PAIRS, SIZE, KEPT = 20, 4, 8, 64, 24
NORM = torch.nn.BatchNorm2d


class Head(torch.nn.Module):
    def __init__(self, features):
        super().__init__()
        self.layer1, self.layer2 = torch.nn.Linear(features, 256), torch.nn.Linear(256, 128)
        for name, layer in self.named_children():
            weight, bias = (f"projection_head.{name}.{part}" for part in ("weight", "bias"))
            w, b = dense(weight, bias, tuple(layer.weight.shape))
            layer.load_state_dict({"weight": torch.from_numpy(w), "bias": torch.from_numpy(b)})

    def forward(self, x):
        return self.layer2(torch.relu(self.layer1(x)))


class LARS(torch.optim.Optimizer):
    """You et al. 2017 as Chen et al. 2020 and their reference code have it: classic momentum, trust 0.001; biases and batch
    normalisation without decay and without scaling."""

    def __init__(self, groups, momentum, weight_decay):
        super().__init__(groups, {"lr": 0.0, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                g, ratio = p.grad, 1.0
                if p.ndim > 1:
                    g = g + group["weight_decay"] * p
                    w, slope = p.norm(), g.norm()
                    ratio = 0.001 * w / slope if w > 0 and slope > 0 else 1.0
                state = self.state[p]
                buffer = state.setdefault("momentum_buffer", torch.zeros_like(p))
                buffer.mul_(group["momentum"]).add_(group["lr"] * ratio * g)
                p.sub_(buffer)


def run(make, rate, train_norm, dtype, optimiser=torch.optim.SGD, head_rate=0.02):
    encoder = make()
    if hasattr(encoder.net, "_fc"):
        encoder.net._fc = None
    head = Head(encoder.size_of_features)
    encoder, head = encoder.to(dtype).eval(), head.to(dtype)
    norms = [m for m in encoder.modules() if isinstance(m, NORM)]
    for m in norms:
        m.train(train_norm)  # the rest stays in evaluation: no drop-connect
    momenta = [m.momentum for m in norms]
    before = state(encoder, head)
    criterion = NTXentLoss(0.5)
    losses = []

    def batch(step):
        numbers = [(step * PAIRS + i) % 24 for i in range(PAIRS)]
        return images(encoder, [picture(n, view, SIZE) for view in (0, 1) for n in numbers]).to(dtype)

    def loss_of(step):
        loss = criterion(*head(encoder(batch(step))).chunk(2))
        losses.append(loss.item())
        return loss

    optimizer = optimiser([
        {"params": encoder.parameters(), "lr": 0.0},
        {"params": head.parameters(), "lr": head_rate},
    ], momentum=0.9, weight_decay=1e-4)
    # While the head learns alone, the encoder gets no gradient and its statistics stay.
    encoder.requires_grad_(False)
    for m in norms:
        m.momentum = 0.0
    for step in range(HEAD_STEPS):
        optimizer.zero_grad()
        loss_of(step).backward()
        optimizer.step()
    encoder.requires_grad_(True)
    for m, momentum in zip(norms, momenta):
        m.momentum = momentum
    for group in optimizer.param_groups:
        group["lr"] = group["initial_lr"] = rate
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=STEPS - HEAD_STEPS)
    for step in range(HEAD_STEPS, STEPS):
        optimizer.zero_grad()
        loss_of(step).backward()
        optimizer.step()
        schedule.step()
    after = state(encoder, head)
    named = dict(encoder.net.named_parameters()) | {f"projection_head.{k}": p for k, p in head.named_parameters()}
    momentum = {k: optimizer.state[p]["momentum_buffer"].double().numpy().ravel() for k, p in named.items() if p in optimizer.state}
    return np.array(losses), {k: after[k] - before[k] for k in before}, momentum


def state(encoder, head):
    tensors = {k: v for k, v in encoder.net.state_dict().items() if v.ndim}
    tensors |= {f"projection_head.{k}": v for k, v in head.state_dict().items()}
    return {k: v.detach().double().numpy().ravel().copy() for k, v in tensors.items()}


for make, rates in ((ResNet18, (3e-4, 1e-4, 0.02)), (Lite0, (1e-4, 1e-5, 5e-4))):
    out = {}
    modes = (("frozen", False, {}), ("trained", True, {}), ("lars", False, {"optimiser": LARS, "head_rate": 0.2}))
    for (mode, train_norm, how), rate in zip(modes, rates):
        losses, moved, momentum = run(make, rate, train_norm, torch.float64, **how)
        single, _, momentum32 = run(make, rate, train_norm, torch.float32, **how)
        both = [np.concatenate([m[k] for k in momentum]) for m in (momentum32, momentum)]
        print(make.name, mode, "loss", losses.round(3), "; PyTorch's own float32 is off by", np.abs(single - losses).max(),
              "in the loss and in all momentum by", np.linalg.norm(both[0] - both[1]) / np.linalg.norm(both[1]))
        out[f"{mode}/loss"] = losses
        for kind, tensors in (("moved", moved), ("momentum", momentum)):
            for k, v in tensors.items():
                if v.any():
                    out[f"{mode}/{k}/{kind}"] = v[:: max(1, -(-v.size // KEPT))]
    save(f"model_steps_{make.name}.safetensors", out)
