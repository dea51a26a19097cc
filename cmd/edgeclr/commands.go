package main

import (
	"edgeclr/cmd/internal/cli"
)

// commands is the registry of commands, in the order of the help: one line each. A
// new command is a file with its struct, and a line here.
func commands() []cli.Entry {
	return []cli.Entry{
		{Name: "demo", Short: "learn, show within three minutes what changed, and keep serving", Make: func() cli.Command { return &demoCommand{} }},
		{Name: "run", Short: "run the daemon: watch sources, learn, answer", Make: func() cli.Command { return &runCommand{} }},
		{Name: "train", Args: "DIR", Short: "learn from a folder, once", Make: func() cli.Command { return &trainCommand{} }},
		{Name: "embed", Args: "PATH...", Short: "store the embeddings of files", Make: func() cli.Command { return &embedCommand{} }},
		cli.Query(),
		{Name: "eval", Args: "DIR", Short: "measure the encoder on class folders", Make: func() cli.Command { return &evalCommand{} }},
		{Name: "bench", Args: "stream|learn DIR | camera VIDEO|DIR|synthetic:NAME | embed", Short: "measure what learning does on class folders or a fixed camera, or how long encoders take", Make: func() cli.Command { return &benchCommand{} }},
		{Name: "export", Args: "FILE", Short: "write the encoder (.tflite .safetensors) or the embeddings (.npy .csv .ndjson)", Make: func() cli.Command { return &exportCommand{} }},
		{Name: "import", Args: "FILE", Short: "store the weights of an encoder as a checkpoint", Make: func() cli.Command { return &importCommand{} }},
		cli.Label(),
		cli.Labels(),
		cli.Checkpoints(),
		cli.Pause(),
		cli.Resume(),
		{Name: "snapshot", Args: "FILE.jpg", Short: "write one picture of a camera to a file", Make: func() cli.Command { return &snapshotCommand{} }},
		cli.Status(),
		{Name: "cameras", Short: "list the cameras at this machine: formats, sizes, rates, controls", Make: func() cli.Command { return &camerasCommand{} }},
		{Name: "doctor", Short: "examine this board: what it has, what it lacks, and how to repair that", Make: func() cli.Command { return &doctorCommand{} }},
		{Name: "check", Short: "check the configuration, and say what to change in it", Make: func() cli.Command { return &checkCommand{} }},
		{Name: "backup", Args: "FILE", Short: "copy a live store", Make: func() cli.Command { return &backupCommand{} }},
		{Name: "compact", Short: "shrink an idle store", Make: func() cli.Command { return &compactCommand{} }},
	}
}
