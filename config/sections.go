package config

// Values of keys that are a choice.
const (
	RuntimeTensorFlow = "tensorflow"

	DeviceAuto = ""
	DeviceCPU  = "cpu"

	LossNTXent = "nt_xent"
	LossDCL    = "dcl"

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

	EdgeRising  = "rising"
	EdgeFalling = "falling"
	EdgeBoth    = "both"

	PullNone = "none"
	PullUp   = "up"
	PullDown = "down"

	FramesBySource  = ""
	FramesFull      = "full"
	FramesThumbnail = "thumbnail"
	FramesNone      = "none"

	LogText = "text"
	LogJSON = "json"
)

// Model chooses the encoder and what runs it. A store that has a checkpoint
// supplies Arch and Size itself.
type Model struct {
	Arch    string `yaml:"arch"`    // a name of model/arch
	Size    int    `yaml:"size"`    // side of the square the encoder sees, pixels
	Weights string `yaml:"weights"` // file of pretrained weights; "" looks in the usual places
	Runtime string `yaml:"runtime"` // what embeds: RuntimeTensorFlow
	Threads int    `yaml:"threads"` // of one operation; 0 is all cores
	Seed    uint64 `yaml:"seed"`    // of everything random
	Device  string `yaml:"device"`  // DeviceAuto, the first accelerator there is, or DeviceCPU
}

// Learn is a round of SimCLR training (Chen et al. 2020) and when it starts.
type Learn struct {
	Enabled         bool     `yaml:"enabled"`
	Batch           int      `yaml:"batch"`            // images a step; each gives two views
	Steps           int      `yaml:"steps"`            // of a round, HeadSteps included
	HeadSteps       int      `yaml:"head_steps"`       // first steps, in which the projection head learns alone
	Ramp            int      `yaml:"ramp"`             // steps after those, in which the rate rises to LR
	LR              float64  `yaml:"lr"`               // of encoder and head, cosine to 0
	HeadLR          float64  `yaml:"head_lr"`          // of the head while it learns alone
	Momentum        float64  `yaml:"momentum"`         // of the optimiser
	WeightDecay     float64  `yaml:"weight_decay"`     // of the optimiser
	Decay           string   `yaml:"decay"`            // what decays: DecayAll or DecayKernels
	BatchNorm       string   `yaml:"batch_norm"`       // BatchNormFrozen or BatchNormTrain
	Stages          int      `yaml:"stages"`           // of the encoder that learn, from the top; 0 is all
	StageDecay      float64  `yaml:"stage_decay"`      // rate of a stage as a share of that above it
	Loss            string   `yaml:"loss"`             // LossNTXent or LossDCL
	Temperature     float64  `yaml:"temperature"`      // of the loss
	Queue           int      `yaml:"queue"`            // projections of past views that serve as more negatives
	Chunk           int      `yaml:"chunk"`            // images in memory at a time; 0: the whole batch
	Align           float64  `yaml:"align"`            // weight of the alignment to a moving average; 0 is off
	Optimizer       string   `yaml:"optimizer"`        // OptimizerSGD or OptimizerLARS
	CheckpointEvery Duration `yaml:"checkpoint_every"` // how often the learner's state is saved
	MinFrames       int      `yaml:"min_frames"`       // stored frames before the first round
	MinNew          int      `yaml:"min_new"`          // new frames before another round
	Neighbours      int      `yaml:"neighbours"`       // nearest among which a picture's second view is chosen; 0 is off
	Temporal        float64  `yaml:"temporal"`         // share of pairs whose second view is another frame of the same moment
	Promote         bool     `yaml:"promote"`          // a better candidate serves by itself
	Duty            float64  `yaml:"duty"`             // share of the time spent on steps
	Windows         []string `yaml:"windows"`          // daily times of learning, "22:00-06:00"; none: always
	MaxTemperature  float64  `yaml:"max_temperature"`  // of the hottest thermal zone, degrees Celsius; 0 is no limit
	MaxLoad         float64  `yaml:"max_load"`         // load a core that other programs may cause; 0 is no limit
	MaxMemory       Bytes    `yaml:"max_memory"`       // of the process while it learns: chooses Chunk; 0 is no limit
}

// Replay bounds what there is to learn from, and chooses the frames of a batch.
type Replay struct {
	Capacity int      `yaml:"capacity"` // pictures
	Policy   string   `yaml:"policy"`   // who leaves: ReplayMinRed, ReplayReservoir or ReplayFIFO
	Fresh    float64  `yaml:"fresh"`    // largest share of a batch of frames not learned from yet
	Moment   Duration `yaml:"moment"`   // frames of a live source so near in time are no negatives of each other; 0 is off
}

// Gate keeps near-duplicates out of replay, and those of live sources out of
// the store.
type Gate struct {
	Enabled bool     `yaml:"enabled"`
	MaxGap  Duration `yaml:"max_gap"` // a frame is kept at least so often

	// Sightings has a near-duplicate of a live source counted with the stored
	// frame that shows the same: how often, first and last.
	Sightings bool `yaml:"sightings"`
}

// Probe holds frames back from learning, to judge candidates by.
type Probe struct {
	Capacity int `yaml:"capacity"` // frames
	Every    int `yaml:"every"`    // of so many frames at most one is held back
}

// Serve says what answers once an encoder was adapted.
type Serve struct {
	// Blend is what the next trained checkpoint serves as: BlendNone, the
	// adapted encoder; BlendAverage, its weights averaged with the pretrained
	// ones; BlendJoin, its vectors joined to the pretrained ones. A checkpoint
	// keeps the blend that it was stored with.
	Blend string `yaml:"blend"`
}

// Store says what is kept and for how long. Labelled frames are never deleted.
type Store struct {
	Frames          string   `yaml:"frames"`           // what is kept of a frame; FramesBySource: full for dir:, thumbnail for cameras
	ThumbnailSide   int      `yaml:"thumbnail_side"`   // shorter side, pixels
	MaxBytes        Bytes    `yaml:"max_bytes"`        // live bytes of the store; 0 is no limit
	MaxAge          Duration `yaml:"max_age"`          // since a frame was stored; 0 is no limit
	MinFree         Bytes    `yaml:"min_free"`         // of the disk; 0 is no floor
	KeepCheckpoints int      `yaml:"keep_checkpoints"` // trained ones, that which serves included
}

// GPIO names pins of the board, as its lines are called ("GPIO17"), by their
// place on a Raspberry Pi's header ("P1_11") or by chip and number
// ("gpiochip0:17"); "" is none. See camera/gpio.
type GPIO struct {
	Trigger Trigger `yaml:"trigger"`
	Lamp    Lamp    `yaml:"lamp"`
	LED     LED     `yaml:"led"`
}

// Trigger is an input that says when a live source's frames are taken.
type Trigger struct {
	Pin      string   `yaml:"pin"`
	Edge     string   `yaml:"edge"`     // that opens: EdgeRising, EdgeFalling or EdgeBoth
	Pull     string   `yaml:"pull"`     // resistor of the board: PullNone leaves it, PullUp, PullDown
	Debounce Duration `yaml:"debounce"` // the level counts once it has rested for so long
	Hold     Duration `yaml:"hold"`     // frames pass for so long after the last edge
	Optional bool     `yaml:"optional"` // without the pin the daemon runs untriggered
}

// Lamp is an output that lights what a live source sees.
type Lamp struct {
	Pin       string   `yaml:"pin"`
	ActiveLow bool     `yaml:"active_low"` // low switches it on
	Warmup    Duration `yaml:"warmup"`     // before frames count
	Optional  bool     `yaml:"optional"`   // without the pin the daemon runs in the dark
}

// LED is an output that shows the state of the daemon.
type LED struct {
	Pin       string `yaml:"pin"`
	ActiveLow bool   `yaml:"active_low"` // low switches it on
	Optional  bool   `yaml:"optional"`   // without the pin nothing is shown
}

// Limits guard against inputs that would exhaust the board.
type Limits struct {
	FileBytes Bytes `yaml:"file_bytes"` // of one encoded image
	Pixels    int   `yaml:"pixels"`     // of one decoded image
}

// Log is about standard error.
type Log struct {
	Level  string `yaml:"level"`  // debug, info, warn, error
	Format string `yaml:"format"` // LogText or LogJSON
}
