#!/usr/bin/env python3
"""Write model_steps_*.safetensors: twenty optimiser steps by PyTorch in float64, from weights by formula or pretrained.

4 steps of the head alone at 0.05, then everything from RATE down by CosineAnnealingLR(T_max=16); torch.optim.SGD with two
parameter groups, momentum 0.9, weight decay 1e-4 on all; NT-Xent at 0.5; 8 pairs of 64 px a step, from 24 pictures.

RATE is 3e-4 with frozen and 1e-4 with trained batch norm. Ten times that, the run is chaotic: PyTorch in float32 then differs
from PyTorch in float64 by 0.02 in the loss, so that no comparison could tell an error from rounding.

Kept of each tensor: how far it moved (its L2 norm), and the movement of up to 24 of its values, evenly spaced.
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


def run(make, rate, train_norm, dtype):
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

    optimizer = torch.optim.SGD([
        {"params": encoder.parameters(), "lr": 0.0},
        {"params": head.parameters(), "lr": 0.05},
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
    return np.array(losses), {k: after[k] - before[k] for k in before}


def state(encoder, head):
    tensors = {k: v for k, v in encoder.net.state_dict().items() if v.ndim}
    tensors |= {f"projection_head.{k}": v for k, v in head.state_dict().items()}
    return {k: v.detach().double().numpy().ravel().copy() for k, v in tensors.items()}


for make in (ResNet18, Lite0):
    out = {}
    for mode, train_norm, rate in (("frozen", False, 3e-4), ("trained", True, 1e-4)):
        losses, moved = run(make, rate, train_norm, torch.float64)
        single, moved32 = run(make, rate, train_norm, torch.float32)
        norm = {k: np.linalg.norm(v) for k, v in moved.items()}
        away = {k: np.linalg.norm(moved32[k] - v) / norm[k] for k, v in moved.items() if norm[k]}
        worst = max(away, key=away.get)
        print(make.name, mode, "loss", losses.round(3), "; PyTorch's own float32 is off by", np.abs(single - losses).max(),
              "and in the movement of", worst, "by", away[worst])
        out[f"{mode}/loss"] = losses
        for k, v in moved.items():
            if norm[k]:
                out[f"{mode}/{k}/norm"] = norm[k].reshape(1)
                out[f"{mode}/{k}/moved"] = v[:: max(1, -(-v.size // KEPT))]
    save(f"model_steps_{make.name}.safetensors", out)
