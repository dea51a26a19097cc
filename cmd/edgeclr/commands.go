package main

// commands is the registry: one line a command.
func commands() []entry {
	return []entry{
		{"demo", "", "learn for two minutes, show what it brought, and keep serving", func() command { return &demoCommand{} }},
		{"run", "", "the daemon: watch sources, learn, answer", func() command { return &runCommand{} }},
		{"train", "DIR", "learn from a folder, once", func() command { return &trainCommand{} }},
		{"embed", "PATH...", "store the embeddings of files", func() command { return &embedCommand{} }},
		{"query", "IMAGE|ID", "find the nearest stored frames", func() command { return &queryCommand{} }},
		{"eval", "DIR", "measure the encoder on class folders", func() command { return &evalCommand{} }},
		{"bench", "stream|learn DIR", "measure what learning does to the encoder, on class folders", func() command { return &benchCommand{} }},
		{"export", "FILE", "write the encoder (.safetensors) or the embeddings (.npy .csv .ndjson)", func() command { return &exportCommand{} }},
		{"import", "FILE", "bring in an encoder's weights as a checkpoint", func() command { return &importCommand{} }},
		{"label", "ID... NAME", "name frames", func() command { return &labelCommand{} }},
		{"labels", "", "count the frames of each name", func() command { return &labelsCommand{} }},
		{"checkpoints", "[list|promote ID|rollback]", "list checkpoints, choose which serves", func() command { return &checkpointsCommand{} }},
		{"pause", "", "hold the learner", func() command { return &pauseCommand{} }},
		{"resume", "", "let the learner go on", func() command { return &pauseCommand{resume: true} }},
		{"snapshot", "FILE.jpg", "write one picture of a camera to a file", func() command { return &snapshotCommand{} }},
		{"status", "", "state of the daemon, or of the store", func() command { return &statusCommand{} }},
		{"cameras", "", "the cameras at this machine: formats, sizes, rates, controls", func() command { return &camerasCommand{} }},
		{"doctor", "", "what this board has and lacks", func() command { return &doctorCommand{} }},
		{"check", "", "is this configuration good", func() command { return &checkCommand{} }},
		{"backup", "FILE", "copy a live store", func() command { return &backupCommand{} }},
		{"compact", "", "shrink an idle store", func() command { return &compactCommand{} }},
	}
}
