package config

import (
	"time"

	"edgeclr/augment"
	"edgeclr/model/objective"
)

// DefaultPath is the file that Load reads when no other file is named. It need
// not exist.
const DefaultPath = "/etc/edgeclr/edgeclr.yaml"

// Config holds every setting. Its zero value is not valid: start from Default.
// The fields are in the order of docs/edgeclr.yaml, which explains each of them.
type Config struct {
	// Data is the folder of the store. When it is empty, Load fills it in: see
	// DataDir.
	Data string `yaml:"data"`
	// Listen is an additional TCP address for the API and the page, "host:port".
	// "" is none. The Unix socket is always there. See ListenAddress.
	Listen string `yaml:"listen"`
	// Sources are what `edgeclr run` watches. Each appears once.
	Sources []Source `yaml:"sources"`

	Model   Model          `yaml:"model"`
	Encoder Encoder        `yaml:"encoder"`
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

	// File is the file that Load read, "" if there was none.
	File string `yaml:"-"`
	// Warnings say what to change in a good configuration. They are in the order
	// of the file.
	Warnings []Warning `yaml:"-"`
}

// Default is the configuration of an empty file. Data is empty, since it
// depends on the user: Load fills it.
func Default() Config {
	return Config{
		Sources: []Source{},
		Model: Model{
			Arch:        "efficientnet_lite0",
			Runtime:     RuntimeAuto,
			Accelerator: AcceleratorCPU,
		},
		Encoder: Encoder{Mean: []string{}, Std: []string{}},
		Learn: Learn{
			Enabled:         true,
			Batch:           32,
			Steps:           120,
			HeadSteps:       20,
			HeadLR:          0.05,
			Momentum:        0.9,
			WeightDecay:     1e-4,
			Decay:           DecayAll,
			BatchNorm:       BatchNormFrozen,
			Stages:          upperStages,
			StageDecay:      1,
			Loss:            objective.Default,
			Temperature:     0.5,
			Optimizer:       OptimizerSGD,
			CheckpointEvery: Duration(time.Minute),
			MinFrames:       160,
			MinNew:          64,
			Neighbours:      15,
			TeacherMean:     []string{},
			TeacherStd:      []string{},
			Promote:         true,
			Duty:            1,
			Windows:         []string{},
		},
		Replay:  Replay{Capacity: 4000, Policy: ReplayMinRed, Fresh: 0.125, Moment: Duration(time.Second)},
		Gate:    Gate{Enabled: true, MaxGap: Duration(10 * time.Minute), Sightings: true},
		Probe:   Probe{Capacity: 512, Every: 5},
		Augment: augment.Default(),
		Serve:   Serve{CropMode: CropAuto, Budget: Duration(150 * time.Millisecond), Blend: BlendAuto, Precision: PrecisionFloat},
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

// Values of the keys that offer a choice.
const (
	RuntimeAuto       = "auto"
	RuntimeLiteRT     = "litert"
	RuntimeTensorFlow = "tensorflow"

	AcceleratorCPU  = "cpu"
	AcceleratorGPU  = "gpu"
	AcceleratorNPU  = "npu"
	AcceleratorAuto = "auto"

	PrecisionFloat = "float"
	PrecisionInt8  = "int8"

	DeviceAuto = ""
	DeviceCPU  = "cpu"

	OptimizerSGD  = "sgd"
	OptimizerLARS = "lars"

	DecayAll     = "all"
	DecayKernels = "kernels"

	ReplayMinRed    = "minred"
	ReplayReservoir = "reservoir"
	ReplayFIFO      = "fifo"

	BatchNormFrozen = "frozen"
	BatchNormTrain  = "train"

	BlendNone    = "none"
	BlendAverage = "average"
	BlendJoin    = "join"
	BlendAuto    = "auto"

	FramesBySource  = ""
	FramesFull      = "full"
	FramesThumbnail = "thumbnail"
	FramesNone      = "none"

	LogText = "text"
	LogJSON = "json"
)

// Model chooses the encoder and what runs it. A store that has a checkpoint
// overrides Arch.
type Model struct {
	Arch    string `yaml:"arch"`    // a name of model/arch
	Weights string `yaml:"weights"` // file of pretrained weights; "" searches the usual places
	// Runtime computes embeddings. RuntimeAuto is LiteRT where it loads and agrees with
	// TensorFlow, else TensorFlow.
	Runtime string `yaml:"runtime"`
	// Accelerator is what LiteRT computes on. AcceleratorAuto takes the best that works.
	Accelerator string `yaml:"accelerator"`
	Threads     int    `yaml:"threads"` // threads of one operation; 0 is one per core
	Seed        uint64 `yaml:"seed"`    // seed of everything random
	Device      string `yaml:"device"`  // DeviceAuto takes the first accelerator, DeviceCPU the CPU
}

// Learn describes a round of SimCLR training (Chen et al. 2020) and when a
// round starts.
type Learn struct {
	Enabled         bool     `yaml:"enabled"`
	Size            int      `yaml:"size"`             // side of a view, pixels; 0 is automatic: see LearningSize
	Batch           int      `yaml:"batch"`            // images per step; each gives two views
	Steps           int      `yaml:"steps"`            // steps of a round, including HeadSteps
	HeadSteps       int      `yaml:"head_steps"`       // first steps, which train the projection head alone
	Ramp            int      `yaml:"ramp"`             // steps after HeadSteps in which the rate rises to LR
	LR              float64  `yaml:"lr"`               // learning rate of encoder and head, which a cosine takes to 0; 0 is automatic: see LearningRate
	HeadLR          float64  `yaml:"head_lr"`          // learning rate of the head during HeadSteps
	Momentum        float64  `yaml:"momentum"`         // momentum of the optimizer
	WeightDecay     float64  `yaml:"weight_decay"`     // weight decay of the optimizer
	Decay           string   `yaml:"decay"`            // which parameters decay: DecayAll or DecayKernels
	BatchNorm       string   `yaml:"batch_norm"`       // BatchNormFrozen or BatchNormTrain
	Stages          int      `yaml:"stages"`           // encoder stages that learn, counted from the top; 0 is all
	StageDecay      float64  `yaml:"stage_decay"`      // learning rate of a stage as a share of the stage above
	Loss            string   `yaml:"loss"`             // a name of model/objective
	Temperature     float64  `yaml:"temperature"`      // temperature of the loss
	Queue           int      `yaml:"queue"`            // projections of past views kept as additional negatives
	Chunk           int      `yaml:"chunk"`            // images in memory at a time; 0 is the whole batch
	Align           float64  `yaml:"align"`            // weight of the alignment to a moving average; 0 is off
	Optimizer       string   `yaml:"optimizer"`        // OptimizerSGD or OptimizerLARS
	CheckpointEvery Duration `yaml:"checkpoint_every"` // how often the learner saves its state
	MinFrames       int      `yaml:"min_frames"`       // stored frames before the first round
	MinNew          int      `yaml:"min_new"`          // new frames before another round
	Neighbours      int      `yaml:"neighbours"`       // nearest frames among which the second view is chosen; 0 is off
	Teacher         string   `yaml:"teacher"`          // a .tflite encoder whose vectors help to find neighbours; "" is none
	TeacherMean     []string `yaml:"teacher_mean"`     // of the teacher: see Encoder.Mean
	TeacherStd      []string `yaml:"teacher_std"`      // of the teacher: see Encoder.Std
	Temporal        float64  `yaml:"temporal"`         // share of pairs whose second view shows another frame of the same moment
	Promote         bool     `yaml:"promote"`          // a better candidate begins to serve by itself
	Duty            float64  `yaml:"duty"`             // share of the time spent on steps
	Windows         []string `yaml:"windows"`          // daily times of learning, "22:00-06:00"; none is always
	MaxTemperature  float64  `yaml:"max_temperature"`  // hottest thermal zone allowed, degrees Celsius; 0 is no limit
	MaxLoad         float64  `yaml:"max_load"`         // load per core allowed from other programs; 0 is no limit
	MaxMemory       Bytes    `yaml:"max_memory"`       // memory of the process during learning, which sets Chunk; 0 is no limit
}

// Replay bounds the pictures that training draws from, and chooses those of a batch.
type Replay struct {
	Capacity int      `yaml:"capacity"` // pictures
	Policy   string   `yaml:"policy"`   // which picture leaves: ReplayMinRed, ReplayReservoir or ReplayFIFO
	Fresh    float64  `yaml:"fresh"`    // largest share of a batch for pictures that training has not used yet
	Moment   Duration `yaml:"moment"`   // frames of a live source this close in time are not negatives of each other; 0 is off
}

// Gate keeps near-duplicates out of replay. It also keeps those of live sources
// out of the store.
type Gate struct {
	Enabled bool     `yaml:"enabled"`
	MaxGap  Duration `yaml:"max_gap"` // longest time without a frame that is kept

	// Sightings counts a near-duplicate of a live source with the stored frame
	// that it repeats: how often, first and last.
	Sightings bool `yaml:"sightings"`
}

// Probe holds frames back from learning: the probe set, on which candidates are judged.
type Probe struct {
	Capacity int `yaml:"capacity"` // frames
	Every    int `yaml:"every"`    // at most one in so many frames is held back
}

// Serve chooses what answers queries.
type Serve struct {
	// Size is the side of the square at which pictures are embedded, queried and judged, in
	// pixels. 0 is automatic: see ServingSize. A store that has a checkpoint overrides it.
	Size int `yaml:"size"`
	// CropMode is what of a picture is embedded, queried and judged: CropCenter and its
	// siblings. A store that has a checkpoint overrides it.
	CropMode string `yaml:"crop_mode"`
	// Budget is the longest time in which one picture may be embedded, for an automatic
	// Size of `edgeclr run`.
	Budget Duration `yaml:"budget"`
	// Blend is what the next trained checkpoint serves as. BlendNone is the
	// adapted encoder. BlendAverage averages its weights with the pretrained
	// ones. BlendJoin joins its vectors to the pretrained ones, and both halves count
	// alike. BlendAuto joins them too, but how much each half counts, up to BlendNone,
	// is chosen for each checkpoint by what was learned. A checkpoint keeps the blend
	// that it was stored with.
	Blend string `yaml:"blend"`
	// Precision is that of the arithmetic in which the encoder serves. PrecisionInt8
	// needs LiteRT.
	Precision string `yaml:"precision"`
}

// Store says what is kept and for how long. Labelled frames are never deleted.
type Store struct {
	Frames          string   `yaml:"frames"`           // what is kept of a frame; FramesBySource: full for dir:, thumbnail for cameras
	ThumbnailSide   int      `yaml:"thumbnail_side"`   // shorter side, pixels
	MaxBytes        Bytes    `yaml:"max_bytes"`        // live bytes of the store; 0 is no limit
	MaxAge          Duration `yaml:"max_age"`          // time since a frame was stored; 0 is no limit
	MinFree         Bytes    `yaml:"min_free"`         // free space that the store leaves on the disk; 0 is none
	KeepCheckpoints int      `yaml:"keep_checkpoints"` // trained checkpoints, including the one that serves
}

// Limits guard against inputs that would exhaust the board.
type Limits struct {
	FileBytes Bytes `yaml:"file_bytes"` // size of one encoded image
	Pixels    int   `yaml:"pixels"`     // pixels of one decoded image
}

// Log configures standard error.
type Log struct {
	Level  string `yaml:"level"`  // debug, info, warn, error
	Format string `yaml:"format"` // LogText or LogJSON
}
