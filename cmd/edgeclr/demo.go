package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"edgeclr/cmd/internal/cli"
	"edgeclr/config"
	"edgeclr/daemon"
	"edgeclr/daemon/client"
	"edgeclr/daemon/learn"
)

// demoCommand is the daemon with a commentary. It learns for a while, shows what
// the learning changed, and goes on serving.
type demoCommand struct {
	cli.ModelFlags
	source  string
	minutes float64
	once    bool
}

func (c *demoCommand) Flags(fs *pflag.FlagSet) {
	fs.StringVar(&c.source, "source", "synthetic:conveyor?fps=8", "source URI")
	fs.Float64Var(&c.minutes, "minutes", 1.6, "how long to learn")
	fs.BoolVar(&c.once, "once", false, "end after the report instead of serving")
	fs.String("listen", "", "also answer on this TCP address, host:port")
}

func (c *demoCommand) Overrides() []cli.Override {
	return []cli.Override{{Flag: "listen", Key: "listen"}}
}

// demoReport compares the encoder before and after the learning, at the serving size. New
// also has the frozen encoder at smallSize.
type demoReport struct {
	Pretrained *evalReport       `json:"pretrained,omitempty"`
	New        *evalReport       `json:"new,omitempty"`
	Promoted   bool              `json:"promoted"`
	Reason     string            `json:"reason"`
	Serving    string            `json:"serving"`
	Query      client.QueryReply `json:"query"`
}

func (c *demoCommand) Run(ctx context.Context, a *cli.App, args []string) error {
	if err := cli.NoArgs(args); err != nil {
		return err
	}
	if !(c.minutes > 0 && c.minutes < 1e6) {
		return cli.Usagef("--minutes %v is not a time", c.minutes)
	}
	if err := checkFlagSources(c.source); err != nil {
		return err
	}
	if !a.Given["data"] {
		// The demo has its own store, so that its frames do not mix with a camera's.
		a.Config.Data = filepath.Join(a.Config.Data, "demo")
	}
	a.Config.Sources, a.Config.Learn.Steps = config.SourcesOf(c.source), math.MaxInt32
	a.Say("store %s, source %s; Ctrl-C ends", a.Config.Data, c.source)
	service, err := openService(ctx, a, cli.Need{Create: true}, nil)
	if err != nil {
		return err
	}
	defer service.Close()
	service.Harness().LimitRounds(time.Duration(c.minutes * float64(time.Minute)))
	if err := start(ctx, a, service, c.Checkpoint); err != nil {
		return err
	}
	end, err := c.wait(ctx, a, service)
	if err != nil {
		return err
	}
	report, err := c.report(ctx, a, service.Client(), end)
	if err != nil {
		return err
	}
	if err := a.Result(report, func(w io.Writer) { report.print(w) }); err != nil || c.once {
		return err
	}
	a.Say("serving until Ctrl-C; in another terminal: bin/edgeclr --help, and e.g. bin/edgeclr status --data %s", a.Config.Data)
	<-ctx.Done()
	return service.Close()
}

// wait shows the progress of the first round until it ends.
func (c *demoCommand) wait(ctx context.Context, a *cli.App, service *daemon.Service) (learn.RoundEnd, error) {
	seconds := int(c.minutes * 60)
	progress := newBar(a, seconds, "collecting frames")
	defer progress.done()
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	var began time.Time
	folder := smallFolder{source: c.source, service: service, least: a.Config.Learn.MinFrames}
	for {
		select {
		case <-ctx.Done():
			return learn.RoundEnd{}, ctx.Err()
		case end := <-service.Harness().Rounds():
			return end, end.Err
		case <-tick.C:
		}
		st, err := service.Status()
		if err != nil {
			return learn.RoundEnd{}, err
		}
		if st.Train.State != client.LearnActive || st.Train.Step == 0 {
			pictures := st.Train.Replay + st.Train.Probe
			folder.look(a, pictures)
			progress.describe(fmt.Sprintf("%d of %d different frames to begin with", pictures, folder.least))
			continue
		}
		if began.IsZero() {
			began = time.Now()
		}
		progress.describe(fmt.Sprintf("learning from %d frames: step %d, loss %.3f, %.0f views/s",
			st.Store.Frames, st.Train.Step, st.Train.Loss, st.Train.ViewsPerS))
		progress.set(min(int(time.Since(began).Seconds()), seconds-1))
	}
}

// smallFolder watches a folder that may hold fewer pictures than a round waits for. When
// no more pictures come, it lets the round start with those that are there.
type smallFolder struct {
	source  string
	service *daemon.Service
	least   int // frames that the round waits for

	frames int
	since  time.Time // when the last frame came
	told   bool      // the person knows that the folder holds too few pictures
}

// folderQuiet is how long a folder must bring no new picture to count as complete.
const folderQuiet = 5 * time.Second

// look takes the number of frames stored so far, and lets the round start if it is time.
func (p *smallFolder) look(a *cli.App, frames int) {
	if frames != p.frames || p.since.IsZero() {
		p.frames, p.since = frames, time.Now()
	}
	if !strings.HasPrefix(p.source, "dir:") || frames >= p.least || time.Since(p.since) < folderQuiet {
		return
	}
	if frames < 2 {
		if !p.told {
			a.Say("%s holds %d pictures so far; waiting for more", p.source, frames)
		}
		p.told = true
		return
	}
	a.Say("%s holds %d pictures; learning from more would bring more", p.source, frames)
	p.least = frames
	p.service.Harness().LearnFrom(frames)
}

const (
	// demoPictures is about how many pictures the encoders are compared on. With more, the
	// demo would take longer than three minutes on two cores.
	demoPictures = 1000
	// smallSize shows what the serving size alone brings, in pixels.
	smallSize = 96
)

// report compares the encoders if classes are known, and runs one query. The
// daemon has decided which encoder serves without knowing a class. If it had too
// few pictures to decide, the comparison decides.
func (c *demoCommand) report(ctx context.Context, a *cli.App, api *client.Client, end learn.RoundEnd) (demoReport, error) {
	report := demoReport{Promoted: end.Promoted, Reason: end.Verdict.Reason}
	st, err := api.Status(ctx)
	if err != nil {
		return report, err
	}
	err = c.compare(ctx, a, api, st, string(end.Candidate), &report)
	if err != nil && cli.ExitCode(err) != cli.ExitNothing {
		return report, err
	}
	if end.Verdict.Undecided && (report.New == nil || report.New.P10 >= report.Pretrained.P10 && report.New.Top1 >= report.Pretrained.Top1) {
		if _, err := api.Promote(ctx, string(end.Candidate)); err != nil {
			return report, err
		}
		report.Promoted = true
	}
	if st, err = api.Status(ctx); err != nil {
		return report, err
	}
	report.Serving = st.Checkpoint.Serving
	// The first result is the frame itself.
	report.Query, err = api.QueryFrame(ctx, "1", 6, "")
	if err == nil && len(report.Query.Results) > 1 {
		report.Query.Results = report.Query.Results[1:]
	}
	return report, err
}

// compare fills in the scores of the candidate and of the frozen encoder. The id of a
// candidate that was dropped is "", which means the encoder that serves: the frozen one.
func (c *demoCommand) compare(ctx context.Context, a *cli.App, api *client.Client, st client.Status, candidate string, report *demoReport) error {
	a.Say("comparing the encoders on pictures whose classes are known")
	// The status has the absolute path, with the home folder for ~.
	target, every := strings.TrimPrefix(st.Sources[0].URI, "dir:"), 1
	if !strings.HasPrefix(target, synthetic) {
		every = (st.Store.Frames + demoPictures - 1) / demoPictures
	}
	sizes := []int{st.Checkpoint.Size}
	if st.Checkpoint.Size > smallSize {
		sizes = []int{smallSize, st.Checkpoint.Size}
	}
	a.Config.Model.Arch = st.Checkpoint.Arch
	learned := chosen{serviceEmbedder{api, candidate}, rootOf(api, candidate), st.Checkpoint.Size}
	return withFrozen(ctx, a, learned, sizes, func(frozen []sized) error {
		e, err := evaluate(ctx, a, append([]sized{{learned, learned.size}}, frozen...), target, max(every, 1))
		if err != nil {
			return err
		}
		before, after := newEvalReport(evaluation{results: e.results[len(sizes):], reasons: e.reasons}), newEvalReport(e)
		report.Pretrained, report.New = &before, &after
		return nil
	})
}

func (r demoReport) print(w io.Writer) {
	if r.New != nil {
		fmt.Fprintf(w, "\nleave-one-out on %d pictures of %d classes\n", r.New.Images, r.New.Classes)
		r.New.printSizes(w)
	} else {
		fmt.Fprintln(w, "\nno top-1: the pictures are not in class folders")
	}
	verdict := "the new encoder serves"
	if !r.Promoted {
		verdict = "the pretrained encoder goes on serving"
	}
	fmt.Fprintf(w, "\n%s\n%s (checkpoint %s)\n\nthe five frames nearest to frame 1\n", r.Reason, verdict, r.Serving)
	cli.PrintHits(w, r.Query)
}
