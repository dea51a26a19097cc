package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"edgeclr/config"
	"edgeclr/daemon/client"
	"edgeclr/storage"
)

// Status shows the state of the daemon, or of the store.
func Status() Entry {
	return Entry{"status", "", "show the state of the daemon, or of the store", func() Command { return status{} }}
}

type status struct{}

func (status) Flags(*pflag.FlagSet) {}

func (status) Run(ctx context.Context, a *App, args []string) error {
	if err := NoArgs(args); err != nil {
		return err
	}
	return a.WithStore(ctx, Need{}, func(api *client.Client) error {
		st, err := api.Status(ctx)
		if err != nil {
			return err
		}
		return a.Result(st, func(w io.Writer) { printStatus(w, st) })
	})
}

// printEncoder shows what computes the vectors.
func printEncoder(w io.Writer, e client.EncoderStatus) {
	if e.Runtime == "" {
		return // a service of an earlier release
	}
	threads := "all cores"
	if e.Threads > 0 {
		threads = fmt.Sprintf("%d threads", e.Threads)
	}
	fmt.Fprintf(w, "encoder  %s %s, %s on %s, %s", e.Runtime, e.Library, e.Precision, e.Accelerator, threads)
	if e.Checked > 0 {
		fmt.Fprintf(w, ", lowest cosine to TensorFlow %.6f on %d pictures", e.Cosine, e.Checked)
	}
	fmt.Fprintln(w)
	if e.Instead != "" {
		fmt.Fprintf(w, "INSTEAD  of what the configuration asks for: %s\n", e.Instead)
	}
}

// printTeacher shows what helps to find neighbours.
func printTeacher(w io.Writer, t *client.TeacherStatus) {
	switch {
	case t == nil:
	case t.Error != "":
		fmt.Fprintf(w, "teacher  NONE, %s\n", t.Error)
	case t.Size == 0:
		fmt.Fprintf(w, "teacher  %s, not opened yet\n", t.File)
	default:
		fmt.Fprintf(w, "teacher  %s, %d px, has embedded %d frames\n", t.File, t.Size, t.Embedded)
	}
}

// printStatus shows the status to a person.
func printStatus(w io.Writer, st client.Status) {
	tensorFlow := "not loaded"
	if st.TensorFlow != "" {
		tensorFlow = st.TensorFlow + " on " + st.Device
	}
	fmt.Fprintf(w, "edgeclr %s, pid %d, up %v, TensorFlow %s\n", st.Version, st.PID,
		time.Duration(st.Uptime*float64(time.Second)).Round(time.Second), tensorFlow)
	fmt.Fprintf(w, "store    %s: %d frames, %d embeddings, %d MB of data\n", st.Store.Path, st.Store.Frames, st.Embeddings, st.Store.Bytes>>20)
	fmt.Fprintf(w, "frames   seen %d, stored %d, gated %d, dropped %d, failed %d\n",
		st.Frames.Seen, st.Frames.Stored, st.Frames.Gated, st.Frames.Dropped, st.Frames.Failed)
	if n := st.Frames.Untriggered; n > 0 {
		fmt.Fprintf(w, "         %d while the trigger was at rest\n", n)
	}
	for _, reason := range slices.Sorted(maps.Keys(st.Frames.Reasons)) {
		fmt.Fprintf(w, "         %d %s\n", st.Frames.Reasons[reason], reason)
	}
	fmt.Fprintf(w, "learner  %s, step %d of %d, loss %.3f, %.1f views/s %s\n",
		st.Train.State, st.Train.Step, st.Train.Steps, st.Train.Loss, st.Train.ViewsPerS, st.Train.Error)
	if st.Train.Holding != "" {
		fmt.Fprintf(w, "         %s\n", st.Train.Holding)
	}
	fmt.Fprintf(w, "         %d pictures to learn from, %d held back to judge by\n", st.Train.Replay, st.Train.Probe)
	printTeacher(w, st.Train.Teacher)
	if st.Train.Verdict != "" {
		fmt.Fprintf(w, "verdict  %s\n", st.Train.Verdict)
	}
	if st.Train.Next != "" {
		fmt.Fprintf(w, "         %s\n", st.Train.Next)
	}
	fmt.Fprintf(w, "serving  checkpoint %s (%s, %d px, crop %s, blend %s), candidate %s\n", st.Checkpoint.Serving, st.Checkpoint.Arch, st.Checkpoint.Size, st.Checkpoint.CropMode,
		BlendText(st.Checkpoint.Blend, st.Checkpoint.Share), orNone(st.Checkpoint.Candidate))
	if st.Checkpoint.SizeNote != "" {
		fmt.Fprintf(w, "         %s\n", st.Checkpoint.SizeNote)
	}
	printEncoder(w, st.Checkpoint.Encoder)
	if st.Ingest.Paused {
		fmt.Fprintf(w, "PAUSED   frames are not stored: %s\n", st.Ingest.Error)
	}
	if g := st.GPIO; g != (client.GPIOStatus{}) {
		fmt.Fprintf(w, "gpio     trigger %s, lamp %s, LED %s\n", orNone(g.Trigger), orNone(g.Lamp), orNone(g.LED))
	}
	for _, s := range st.Sources {
		fmt.Fprintf(w, "source   %s: %s %s\n", s.URI, s.State, s.Error)
		if c := s.SourceCounters; c != nil {
			fmt.Fprintf(w, "         %d frames, %d damaged, %d beyond the rate, opened again %d times%s\n", c.Frames, c.Damaged, c.Skipped, c.Reconnects, ago(c.LastFrame))
		}
	}
	if st.Config.Error != "" {
		fmt.Fprintf(w, "REFUSED  the configuration read last, so the one of %s stays: %s\n", st.Config.Loaded.Local().Format(time.DateTime), st.Config.Error)
	}
	if keys := st.Config.NeedsRestart; len(keys) > 0 {
		fmt.Fprintf(w, "RESTART  needed for %s: %s\n", strings.Join(keys, ", "), client.RestartCommand)
	}
	for _, warning := range st.Config.Warnings {
		fmt.Fprintf(w, "config   %s\n", warning)
	}
	for _, e := range st.Events {
		fmt.Fprintf(w, "event    %s %s\n", e.Time.Local().Format(time.DateTime), e.Text)
	}
}

// ago tells how old the last picture is; nil means that none has come.
func ago(seconds *float64) string {
	if seconds == nil {
		return ", no picture yet"
	}
	return fmt.Sprintf(", the last picture came %.1f s ago", *seconds)
}

// BlendText names a blend to people, with the share of the adapted encoder in a join:
// "join 0.7". A join without a share is of a release before shares.
func BlendText(blend string, share float64) string {
	if blend != config.BlendJoin {
		return orNone(blend)
	}
	return fmt.Sprintf("%s %.3g", blend, cmp.Or(share, storage.EvenShare))
}

// orNone is the text, or "none" when it is empty.
func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}
