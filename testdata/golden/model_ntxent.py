#!/usr/bin/env python3
"""Write model_ntxent.safetensors: lightly's NTXentLoss and its gradient, in float64. See model_features.py for the versions."""
import torch
from lightly.loss import NTXentLoss

from model_formula import save, values

out = {}
for batch, dim in ((2, 128), (32, 128), (256, 16)):
    z = values(f"projections/{batch}", (2 * batch, dim), -1, 1)
    # The views of a picture are alike, as in training.
    z[batch:] = (z[batch:] + z[:batch]) / 2
    for temperature in (0.1, 0.5):
        leaf = torch.from_numpy(z).double().requires_grad_()
        loss = NTXentLoss(temperature)(*leaf.chunk(2))
        loss.backward()
        out[f"{batch}/{temperature}/loss"] = loss.detach().numpy().reshape(1)
        out[f"{batch}/{temperature}/gradient"] = leaf.grad.numpy()
save("model_ntxent.safetensors", out)
