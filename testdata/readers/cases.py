"""The files that the readers open: how our program makes each, and how it computes the same vectors by TensorFlow."""
from dataclasses import dataclass, field

LITE0, RESNET = "efficientnet_lite0", "resnet18"

# Steps large enough that the adapted encoder differs from the pretrained one, and few enough for a quick run.
#
# No pretrained ResNet-18 is fetched. Training with batch norm gives its random weights the statistics of real pictures: without
# them all vectors of a random network are nearly equal, and a comparison shows nothing.
TRAIN = {
    LITE0: ("--steps", 10, "--head-steps", 2, "--batch", 8, "--lr", "0.02"),
    RESNET: ("--steps", 16, "--head-steps", 2, "--batch", 8, "--batch-norm", "train"),
}


@dataclass(frozen=True)
class Case:
    """One file: an encoder, and the flags of `export`. share: of a join, None for 1/2. refused: readers that must refuse it, and a word of why."""

    arch: str
    size: int
    checkpoint: str = "pretrained"  # or "trained"
    blend: str = "none"
    export: tuple = ()
    refused: dict = field(default_factory=dict)
    share: float | None = None

    @property
    def int8(self):
        return "--int8" in self.export

    @property
    def name(self):
        how = "pretrained" if self.checkpoint == "pretrained" else self.blend
        if self.share is not None:
            how += f" {self.share}"
        return " ".join((self.arch, str(self.size), how, *(f.removeprefix("--") for f in self.export)))


def cases():
    integers, uint8 = ("--int8",), ("--input", "uint8")
    return [
        Case(LITE0, 96),
        Case(LITE0, 96, export=uint8),
        Case(LITE0, 224, export=uint8),
        Case(LITE0, 96, "trained", "average", uint8),
        Case(LITE0, 96, "trained", "join", uint8),
        Case(LITE0, 96, "trained", "join", uint8, share=0.75),
        Case(RESNET, 96, "trained", export=uint8),
        Case(RESNET, 224, "trained", export=uint8),
        # Pixels are uint8 here unless --input says otherwise.
        Case(LITE0, 96, export=integers),
        Case(LITE0, 96, export=integers + ("--input", "float32")),
        Case(LITE0, 96, export=integers + ("--output", "uint8")),
        Case(LITE0, 96, export=integers + ("--input", "int8", "--output", "int8"), refused={"mediapipe": "type"}),
        Case(LITE0, 224, export=integers),
        Case(LITE0, 96, "trained", "join", integers),
        Case(LITE0, 96, "trained", "join", integers + ("--output", "uint8"), share=0.75),
        Case(RESNET, 96, "trained", export=integers),
        Case(RESNET, 224, "trained", export=integers),
    ]


class Stores:
    """A store for each architecture: a checkpoint that a few steps of training made, and frames from which int8 is calibrated."""

    def __init__(self, program, pictures, folder):
        self.program, self.pictures, self.folder = program, pictures, folder
        self.trained = {}

    def flags(self, case):
        """Flags that name the encoder of a case to `export` and `embed --print`."""
        store = self.folder / case.arch
        if case.arch not in self.trained:
            how = ("--arch", case.arch, "--size", 96, "--blend", "join", "--seed", 1, *TRAIN[case.arch])
            self.trained[case.arch] = self.program.report("train", self.pictures, "--data", store, *how)["checkpoint"]
            self.program.report("embed", self.pictures, "--data", store)
        checkpoint = self.trained[case.arch] if case.checkpoint == "trained" else case.checkpoint
        share = () if case.share is None else ("--share", case.share)
        return ("--data", store, "--checkpoint", checkpoint, "--size", case.size, "--blend", case.blend, *share)
