package config

import (
	"fmt"
	"net"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"edgeclr/augment"
	"edgeclr/model/arch"
	"edgeclr/model/objective"
)

// Validate checks every value. The error is an *Error with all problems. Each
// names its key, its value and what is allowed.
func (c Config) Validate() error {
	if problems := c.problems(); len(problems) > 0 {
		return &Error{Problems: problems}
	}
	return nil
}

func (c Config) problems() []Problem {
	var problems []Problem
	values := map[string]reflect.Value{}
	for _, k := range keysOf(&c) {
		values[k.path] = k.value
	}
	for _, r := range rules() {
		if v := values[r.key]; !r.allows(v) {
			problems = append(problems, Problem{Key: r.key, Text: fmt.Sprintf("%s is not allowed: give %s", quoted(v), r.allowed)})
		}
	}
	problems = append(problems, c.addressProblems()...)
	problems = append(problems, c.sourceProblems()...)
	problems = append(problems, c.windowProblems()...)
	problems = append(problems, c.runtimeProblems()...)
	problems = append(problems, c.fileProblems(c.ServingFile(), c.Encoder.Mean, c.Encoder.Std)...)
	problems = append(problems, c.fileProblems(c.TeacherFile(), c.Learn.TeacherMean, c.Learn.TeacherStd)...)
	problems = append(problems, c.objectiveProblems()...)
	problems = append(problems, c.GPIO.problems()...)
	return append(problems, c.augmentProblems()...)
}

// augmentProblems lists the problems that package augment finds. Its error has one
// line for each key: "PREFIX: KEY is ...".
func (c Config) augmentProblems() []Problem {
	err := c.Augment.Validate()
	if err == nil {
		return nil
	}
	var problems []Problem
	for _, text := range strings.Split(err.Error(), "\n") {
		text = strings.TrimPrefix(text, augment.ErrConfig.Error()+": ")
		name, text, _ := strings.Cut(text, " ")
		problems = append(problems, Problem{Key: "augment." + name, Text: text, Err: augment.ErrConfig})
	}
	return problems
}

// objectiveProblems lists the settings that contradict the chosen objective.
func (c Config) objectiveProblems() []Problem {
	o, err := objective.Get(c.Learn.Loss)
	if err != nil {
		return nil // the rule of learn.loss reports it
	}
	var problems []Problem
	for _, conflict := range o.Conflicts(objective.Settings{Queue: c.Learn.Queue, Chunk: c.Learn.Chunk}) {
		problems = append(problems, Problem{Key: conflict.Key, Text: conflict.Text})
	}
	return problems
}

// runtimeProblems lists what TensorFlow cannot do when it is named as the runtime.
func (c Config) runtimeProblems() []Problem {
	if c.Model.Runtime != RuntimeTensorFlow {
		return nil
	}
	var problems []Problem
	if c.Serve.Precision == PrecisionInt8 {
		problems = append(problems, Problem{Key: "serve.precision", Text: `"int8" needs LiteRT: give model.runtime: auto or litert`})
	}
	if a := c.Model.Accelerator; a == AcceleratorGPU || a == AcceleratorNPU {
		problems = append(problems, Problem{Key: "model.accelerator", Text: fmt.Sprintf("%q is for LiteRT: give model.runtime: auto or litert, or model.accelerator: cpu", a)})
	}
	return problems
}

func (c Config) windowProblems() []Problem {
	var problems []Problem
	for i, text := range c.Learn.Windows {
		if _, err := ParseWindow(text); err != nil {
			problems = append(problems, Problem{Key: "learn.windows", Text: fmt.Sprintf("item %d, %v", i+1, err)})
		}
	}
	return problems
}

func (c Config) addressProblems() []Problem {
	var problems []Problem
	if c.Listen != "" {
		_, port, err := net.SplitHostPort(c.Listen)
		if n, e := strconv.ParseUint(port, 10, 16); err != nil || e != nil || n == 0 {
			problems = append(problems, Problem{Key: "listen", Text: fmt.Sprintf(
				"%q is not allowed: give host:port with a port of 1 to 65535, like 127.0.0.1:8080, or nothing", c.Listen)})
		}
	}
	return problems
}

func quoted(v reflect.Value) string {
	if v.Kind() == reflect.String {
		return strconv.Quote(v.String())
	}
	return fmt.Sprint(v.Interface())
}

// rule says what a key allows, in words for messages and docs/configuration.md.
type rule struct {
	key     string
	allowed string
	allows  func(v reflect.Value) bool
}

// rules is the registry of keys whose type allows more values than the program
// does: one line a key.
func rules() []rule {
	return []rule{
		oneOf("model.arch", arch.Names()...),
		oneOf("model.runtime", RuntimeAuto, RuntimeLiteRT, RuntimeTensorFlow),
		oneOf("model.accelerator", AcceleratorCPU, AcceleratorGPU, AcceleratorNPU, AcceleratorAuto),
		integer("model.threads", 0, 256),
		oneOf("model.device", DeviceAuto, DeviceCPU),

		side("learn.size"),
		integer("learn.batch", 2, 4096),
		integer("learn.steps", 1, 1_000_000),
		integer("learn.head_steps", 0, 1_000_000),
		integer("learn.ramp", 0, 1_000_000),
		zeroOrNumber("learn.lr", 1e-8, 10),
		number("learn.head_lr", 1e-8, 10),
		number("learn.momentum", 0, 0.999),
		number("learn.weight_decay", 0, 1),
		oneOf("learn.decay", DecayAll, DecayKernels),
		oneOf("learn.batch_norm", BatchNormFrozen, BatchNormTrain),
		integer("learn.stages", 0, 64),
		number("learn.stage_decay", 0.01, 1),
		oneOf("learn.loss", objective.Names()...),
		number("learn.temperature", 0.01, 10),
		integer("learn.queue", 0, 65536),
		integer("learn.chunk", 0, 4096),
		number("learn.align", 0, 10),
		oneOf("learn.optimizer", OptimizerSGD, OptimizerLARS),
		between("learn.checkpoint_every", Duration(5e9), Day),
		integer("learn.min_frames", 2, 10_000_000),
		integer("learn.min_new", 1, 10_000_000),
		integer("learn.neighbours", 0, 20),
		number("learn.temporal", 0, 1),
		number("learn.duty", 0.01, 1),
		number("learn.max_temperature", 0, 150),
		number("learn.max_load", 0, 100),
		zeroOr("learn.max_memory", 64*MiB, 1024*GiB),

		integer("replay.capacity", 16, 50_000),
		oneOf("replay.policy", ReplayMinRed, ReplayReservoir, ReplayFIFO),
		number("replay.fresh", 0, 1),
		between("replay.moment", 0, Day),

		between("gate.max_gap", Duration(1e9), Day),

		integer("probe.capacity", 4, 5000),
		integer("probe.every", 2, 1000),

		side("serve.size"),
		oneOf("serve.crop_mode", CropAuto, CropCenter, CropSquash),
		between("serve.budget", Duration(5e6), Duration(60e9)),
		oneOf("serve.blend", BlendAuto, BlendNone, BlendAverage, BlendJoin),
		oneOf("serve.precision", PrecisionFloat, PrecisionInt8),

		oneOf("store.frames", FramesBySource, FramesFull, FramesThumbnail, FramesNone),
		integer("store.thumbnail_side", 32, 4096),
		zeroOr("store.max_bytes", 64*MiB, 1024*TiB),
		zeroOr("store.max_age", Duration(60e9), 3650*Day),
		zeroOr("store.min_free", 1*MiB, 1024*TiB),
		integer("store.keep_checkpoints", 2, 1000),

		oneOf("gpio.trigger.edge", EdgeRising, EdgeFalling, EdgeBoth),
		oneOf("gpio.trigger.pull", PullNone, PullUp, PullDown),
		between("gpio.trigger.debounce", 0, Duration(10e9)),
		between("gpio.trigger.hold", Duration(100e6), Day),
		between("gpio.lamp.warmup", 0, Duration(60e9)),

		between("limits.file_bytes", 4*KiB, 1*GiB),
		integer("limits.pixels", 1024, 1_000_000_000),

		oneOf("log.level", "debug", "info", "warn", "error"),
		oneOf("log.format", LogText, LogJSON),
	}
}

func oneOf(key string, names ...string) rule {
	words := slices.Clone(names)
	if i := slices.Index(words, ""); i >= 0 {
		words[i] = `"" (nothing)`
	}
	return rule{key, "one of " + strings.Join(words, ", "), func(v reflect.Value) bool {
		return slices.Contains(names, v.String())
	}}
}

func integer(key string, low, high int64) rule { return between(key, low, high) }

// side is the rule of the side of a square that an encoder sees.
func side(key string) rule {
	r := integer(key, LeastSize, LargestSize)
	return rule{key, "0 (automatic), or " + r.allowed, func(v reflect.Value) bool {
		return v.Int() == 0 || r.allows(v)
	}}
}

func number(key string, low, high float64) rule {
	return rule{key, fmt.Sprintf("%v to %v", low, high), func(v reflect.Value) bool {
		return v.Float() >= low && v.Float() <= high // false for NaN
	}}
}

// zeroOrNumber also allows 0, which means that the program chooses.
func zeroOrNumber(key string, low, high float64) rule {
	r := number(key, low, high)
	return rule{key, "0 (automatic), or " + r.allowed, func(v reflect.Value) bool {
		return v.Float() == 0 || r.allows(v)
	}}
}

func between[T ~int64](key string, low, high T) rule {
	return rule{key, fmt.Sprintf("%v to %v", low, high), func(v reflect.Value) bool {
		return v.Int() >= int64(low) && v.Int() <= int64(high)
	}}
}

func zeroOr[T ~int64](key string, low, high T) rule {
	r := between(key, low, high)
	return rule{key, "0 (off), or " + r.allowed, func(v reflect.Value) bool {
		return v.Int() == 0 || r.allows(v)
	}}
}
