"""Our own program, as the scripts call it."""
import json
import subprocess

import numpy as np


class Program:
    """edgeclr with an empty configuration. quiet: its warnings go to the log file alone."""

    def __init__(self, path, folder):
        self.path, self.config, self.log = str(path), folder / "edgeclr.yaml", folder / "edgeclr.log"
        self.config.write_text("")

    def __call__(self, *args):
        """Run a command and return the lines that it prints."""
        command = [self.path, *map(str, args), "--config", str(self.config)]
        with open(self.log, "a") as log:
            print("$", *command, file=log, flush=True)
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            log.write(done.stderr)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr}")
        return done.stdout.splitlines()

    def report(self, *args):
        """Run a command and return its JSON object."""
        return json.loads(self(*args, "--json", "--quiet")[-1])

    def vectors(self, paths, *args):
        """The vectors of pictures by TensorFlow: float32 [pictures, N], in the order of the paths."""
        lines = self("embed", "--print", "--runtime", "tensorflow", "--quiet", *args, *paths)
        found = {line["path"]: line["vector"] for line in map(json.loads, lines)}
        return np.array([found[str(p)] for p in paths], np.float32)
