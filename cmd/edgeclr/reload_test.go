package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"edgeclr/daemon/client"
)

// hangup writes the configuration file and sends SIGHUP.
func (b *testDaemon) hangup(file, text string) {
	b.t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		b.t.Fatal(err)
	}
	if err := b.running.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		b.t.Fatal(err)
	}
}

// A daemon reads its configuration again on SIGHUP. A good one takes effect, a bad
// one changes nothing, and flags and variables win as at the start.
func TestHangup(t *testing.T) {
	b := newTestDaemon(t, "EDGECLR_LEARN_DUTY=0.5")
	other := t.TempDir()
	file := filepath.Join(t.TempDir(), "edgeclr.yaml")
	yaml := func(lines ...string) string { return strings.Join(lines, "\n") + "\n" }
	sources := func(folders ...string) string {
		text := "sources:"
		for _, f := range folders {
			text += "\n  - dir:" + f
		}
		return text
	}
	if err := os.WriteFile(file, []byte(yaml(sources(b.folder))), 0o666); err != nil {
		t.Fatal(err)
	}
	p, err := startProcess(t.TempDir(), b.environ, true, "run", "--json", "--data", b.data, "--config", file, "--seed", "7")
	if p != nil {
		t.Cleanup(func() { _, _, _ = p.end(syscall.SIGKILL) })
	}
	if err != nil {
		t.Fatal(err)
	}
	b.running = p
	first := b.status().Config
	if first.File != file || first.Loaded.IsZero() || first.Error != "" || len(first.Warnings) != 0 {
		t.Errorf("at first: %+v", first)
	}

	b.hangup(file, yaml(sources(b.folder, other), "model: {seed: 9}", "learn: {duty: 0.9, enabled: false}", "data: /elsewhere", "log: {level: debug}",
		"replay: {capacity: 100}", "serve: {blend: average}"))
	st := b.until("the reload", time.Minute, func(st client.Status) bool { return st.Config.Loaded.After(first.Loaded) })
	if needs := strings.Join(st.Config.NeedsRestart, " "); needs != "replay.capacity" { // the flags win over data and model.seed
		t.Errorf("it needs a restart for %q", needs)
	}
	if warnings := st.Config.Warnings; len(warnings) != 1 || !strings.HasPrefix(warnings[0], file+":9: serve.blend: average was the default") {
		t.Errorf("warnings %q", warnings)
	}
	if len(st.Sources) != 2 || st.Train.State != client.LearnOff {
		t.Errorf("sources %+v, learner %+v", st.Sources, st.Train)
	}
	if err := renderPictures(other, 0, 2); err != nil {
		t.Fatal(err)
	}
	b.until("pictures of the second source", time.Minute, func(st client.Status) bool { return st.Embeddings == 2 })

	b.hangup(file, yaml(sources(b.folder), "learn: {dutty: 1}", "log: {level: loud}"))
	st = b.until("the refusal", time.Minute, func(st client.Status) bool { return st.Config.Error != "" })
	if len(st.Sources) != 2 || !strings.Contains(st.Config.Error, file+":3: learn.dutty") || !strings.Contains(st.Config.Error, "log.level") {
		t.Errorf("refused: %+v, sources %+v", st.Config, st.Sources)
	}
	if log := p.stderr(); strings.Count(log, "the configuration has a problem") != 2 || !strings.Contains(log, "learn.dutty") {
		t.Errorf("the log does not name both problems:\n%s", log)
	}

	b.hangup(file, yaml(sources(filepath.Join(other, "none"))))
	st = b.until("the second refusal", time.Minute, func(st client.Status) bool { return strings.Contains(st.Config.Error, "none") })
	if len(st.Sources) != 2 {
		t.Errorf("sources %+v", st.Sources)
	}

	b.hangup(file, yaml(sources(other)))
	b.until("what is good again", time.Minute, func(st client.Status) bool {
		return st.Config.Error == "" && len(st.Sources) == 1 && st.Train.State == client.LearnWaiting
	})
	b.terminate()
}
