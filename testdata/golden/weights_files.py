#!/usr/bin/env python3
"""Write weights/: small files of every kind that model/weights reads or refuses, and the values that PyTorch sees in them.

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install torch==2.15.0 safetensors==0.5.3
    cd testdata/golden && /tmp/peer/bin/python weights_files.py

values.json has the tensors of all good files: name, shape, and the float32 values as hexadecimal little-endian bytes.
This script does not write written.safetensors. `go test ./model/weights -run Written -update` does; this script reads it and compares.

The Go tests read the outputs; they need neither Python nor this venv.
"""
import collections
import copy
import json
import os
import warnings
import zipfile
from pathlib import Path

import safetensors
import safetensors.torch
import torch

HERE = Path(__file__).parent / "weights"
HERE.mkdir(exist_ok=True)
warnings.simplefilter("ignore")
torch.manual_seed(0)


def tensors():
    """Every type and every kind of view."""
    base = torch.randn(4, 6)
    odd = [0.0, -0.0, 1.0, -2.5, 65504.0, 2.0**-24, -(2.0**-24), 3e-6, -3e-6, float("inf"), -float("inf"), float("nan")]
    return collections.OrderedDict(
        float32=torch.randn(2, 3, 2, 2),
        float64=torch.tensor([1 / 3, -1e300, 1e-50, 16777217.0], dtype=torch.float64),
        float16=torch.tensor(odd, dtype=torch.float16),
        bfloat16=torch.tensor(odd, dtype=torch.bfloat16),
        int64=torch.tensor([0, -1, 2**40 + 1], dtype=torch.int64),
        int32=torch.tensor([2**31 - 1, -(2**31)], dtype=torch.int32),
        int16=torch.tensor([32767, -32768], dtype=torch.int16),
        int8=torch.tensor([127, -128], dtype=torch.int8),
        uint8=torch.tensor([0, 255], dtype=torch.uint8),
        bool=torch.tensor([True, False, True]),
        scalar=torch.tensor(2.5),
        empty=torch.zeros(0, 3),
        transposed=base.t(),
        permuted=torch.randn(2, 3, 4).permute(2, 0, 1),
        channels_last=torch.randn(2, 3, 2, 2).to(memory_format=torch.channels_last),
        window=base[1:4, 1:5:2],
        row=base[2],
        expanded=torch.tensor([[1.0], [2.0]]).expand(2, 5),
        tied=base,
        parameter=torch.nn.Parameter(torch.randn(3)),
    )


def network():
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3, bias=False), torch.nn.BatchNorm2d(4))
    net(torch.randn(2, 3, 5, 5))
    return net


class Bomb:
    """What an attacker would send: torch.load without weights_only runs it."""

    def __reduce__(self):
        return os.system, ("touch /tmp/edgeclr-bomb",)


def save(name, value, **options):
    torch.save(value, HERE / name, **options)


every, net = tensors(), network()
save("zip.pth", every)
save("legacy.pth", every, _use_new_zipfile_serialization=False)
few = {name: every[name] for name in ("float32", "float16", "transposed")}
for protocol in range(1, 6):
    save(f"zip-protocol{protocol}.pth", few, pickle_protocol=protocol)
    save(f"legacy-protocol{protocol}.pth", few, pickle_protocol=protocol, _use_new_zipfile_serialization=False)

state = copy.deepcopy(net.state_dict())  # with the attribute _metadata
save("network.pth", state)
optimizer = torch.optim.SGD(net.parameters(), 0.1, momentum=0.9)
net(torch.randn(2, 3, 5, 5)).sum().backward()
optimizer.step()
net.load_state_dict(state)
wrapped = {"module." + name: value for name, value in net.state_dict().items()}
common = {"epoch": 3, "loss": torch.tensor(0.5), "optimizer": optimizer.state_dict(), "size": torch.Size([3, 5])}
save("checkpoint.pth", {**common, "state_dict": wrapped})
save("checkpoint-legacy.pth", {**common, "model": wrapped}, _use_new_zipfile_serialization=False)

save("module.pth", net)
torch.jit.script(net).save(HERE / "script.pth")
save("bomb.pth", {"weight": every["float32"], "extra": Bomb()})
save("bomb-legacy.pth", {"weight": every["float32"], "extra": Bomb()}, _use_new_zipfile_serialization=False)
save("complex.pth", {"weight": torch.zeros(2, dtype=torch.complex64)})
save("sparse.pth", {"weight": torch.eye(3).to_sparse()})
save("negated.pth", {"weight": torch._neg_view(torch.ones(2))})
save("nothing.pth", {"epoch": 3, "args": {"lr": 0.1}})
save("tensor.pth", every["float32"])

with zipfile.ZipFile(HERE / "zip.pth") as old, zipfile.ZipFile(HERE / "deflated.pth", "w", zipfile.ZIP_DEFLATED) as new:
    for record in old.infolist():
        new.writestr(record.filename, old.read(record))

contiguous = {name: value.detach().clone().contiguous() for name, value in every.items()}
safetensors.torch.save_file(contiguous, HERE / "python.safetensors", metadata={"format": "pt"})
safetensors.torch.save_file({"w": torch.zeros(4, dtype=torch.float8_e4m3fn)}, HERE / "float8.safetensors")


def described(state):
    return [
        {"name": name, "shape": list(value.shape), "hex": value.detach().float().contiguous().numpy().tobytes().hex()}
        for name, value in state.items()
    ]


made_by = f"weights_files.py, torch {torch.__version__}, safetensors {safetensors.__version__}"
with open(HERE / "values.json", "w") as out:
    json.dump({"made_by": made_by, "every": described(every), "few": described(few), "network": described(state)}, out, indent=1)
    out.write("\n")

written = HERE / "written.safetensors"
if written.exists():
    back = safetensors.torch.load_file(written)
    expected = {name: torch.load(HERE / "zip.pth")[name].float() for name in every}
    assert set(back) == set(expected), set(back) ^ set(expected)
    for name, value in expected.items():
        assert back[name].shape == value.shape and torch.equal(back[name].nan_to_num(7), value.nan_to_num(7)), name
    with safetensors.safe_open(written, "pt") as file:
        assert file.metadata() == {"made_by": "a test"}
    print("written.safetensors equals zip.pth")
