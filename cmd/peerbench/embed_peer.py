"""Time PyTorch as it embeds one picture. `make bench PEER=python` (embed.go) runs this and reads the last line.

EfficientNet-Lite0 and ResNet-18 without classifier, random weights, evaluation mode, inference_mode, float32, one picture
that is normalised already. Each network runs in both memory layouts. The JSON line has the median of each.
"""
import json
import statistics
import sys
import time

import torch
import torchvision
from efficientnet_lite_pytorch import EfficientNet

WARM, RUNS = 8, 25


class Lite0(torch.nn.Module):
    """The features of EfficientNet-Lite0: the mean of its last map."""

    def __init__(self):
        super().__init__()
        self.net = EfficientNet.from_name("efficientnet-lite0")

    def forward(self, x):
        return self.net.extract_features(x).mean([2, 3])


def resnet18():
    net = torchvision.models.resnet18()
    net.fc = torch.nn.Identity()
    return net


def median_ms(network, picture):
    for _ in range(WARM):
        network(picture)
    times = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        network(picture)
        times.append(time.perf_counter() - begin)
    return 1000 * statistics.median(times)


threads, sizes = int(sys.argv[1]), [int(size) for size in sys.argv[2:]]
torch.set_num_threads(threads)
results = []
with torch.inference_mode():
    for arch, make in (("efficientnet_lite0", Lite0), ("resnet18", resnet18)):
        network = make().eval()
        for layout, memory in (("nchw", torch.contiguous_format), ("channels_last", torch.channels_last)):
            network = network.to(memory_format=memory)
            for size in sizes:
                picture = torch.randn(1, 3, size, size).to(memory_format=memory)
                results.append({"arch": arch, "size": size, "layout": layout, "ms": round(median_ms(network, picture), 3)})
print(json.dumps({"torch": torch.__version__, "threads": threads, "results": results}))
