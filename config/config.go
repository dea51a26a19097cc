package config

import (
	"time"

	"edgeclr/augment"
)

// DefaultPath is the file that Load reads when none is named and it exists.
const DefaultPath = "/etc/edgeclr/edgeclr.yaml"

// Config is every setting. Its zero value is not valid: start from Default.
// Fields are in the order of docs/edgeclr.yaml, which explains each of them.
type Config struct {
	// Data is the folder of the store. Load fills an empty one by user: see
	// DataDir.
	Data string `yaml:"data"`
	// Listen is an extra TCP address for the API and the page, "host:port";
	// "" is none. The Unix socket is always there. See ListenAddress.
	Listen string `yaml:"listen"`
	// Sources are what `edgeclr run` watches, each once.
	Sources []Source `yaml:"sources"`

	Model   Model          `yaml:"model"`
	Learn   Learn          `yaml:"learn"`
	Replay  Replay         `yaml:"replay"`
	Gate    Gate           `yaml:"gate"`
	Probe   Probe          `yaml:"probe"`
	Augment augment.Config `yaml:"augment"`
	Serve   Serve          `yaml:"serve"`
	Store   Store          `yaml:"store"`
	GPIO    GPIO           `yaml:"gpio"`
	Limits  Limits         `yaml:"limits"`
	Log     Log            `yaml:"log"`

	// File is where Load found the settings, "" without a file.
	File string `yaml:"-"`
}

// Default is the configuration of an empty file. Data is left empty, since it
// depends on the user: Load fills it.
func Default() Config {
	return Config{
		Sources: []Source{},
		Model: Model{
			Arch:    "efficientnet_lite0",
			Size:    96,
			Runtime: RuntimeTensorFlow,
		},
		Learn: Learn{
			Enabled:         true,
			Batch:           32,
			Steps:           120,
			HeadSteps:       20,
			LR:              0.003,
			HeadLR:          0.05,
			Momentum:        0.9,
			WeightDecay:     1e-4,
			Decay:           DecayAll,
			BatchNorm:       BatchNormFrozen,
			StageDecay:      1,
			Loss:            LossNTXent,
			Temperature:     0.5,
			Optimizer:       OptimizerSGD,
			CheckpointEvery: Duration(time.Minute),
			MinFrames:       160,
			MinNew:          64,
			Neighbours:      5,
			Promote:         true,
			Duty:            1,
			Windows:         []string{},
		},
		Replay:  Replay{Capacity: 4000, Policy: ReplayMinRed, Fresh: 0.125, Moment: Duration(time.Second)},
		Gate:    Gate{Enabled: true, MaxGap: Duration(10 * time.Minute), Sightings: true},
		Probe:   Probe{Capacity: 512, Every: 5},
		Augment: augment.Default(),
		Serve:   Serve{Blend: BlendJoin},
		Store: Store{
			ThumbnailSide:   256,
			MaxBytes:        4 * GB,
			MinFree:         1 * GB,
			KeepCheckpoints: 5,
		},
		GPIO: GPIO{
			Trigger: Trigger{Edge: EdgeRising, Pull: PullNone, Debounce: Duration(50 * time.Millisecond), Hold: Duration(5 * time.Second)},
			Lamp:    Lamp{Warmup: Duration(200 * time.Millisecond)},
		},
		Limits: Limits{FileBytes: 64 * MiB, Pixels: 50_000_000},
		Log:    Log{Level: "info", Format: LogText},
	}
}
