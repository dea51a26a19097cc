package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"edgeclr/model/arch"
)

// rule is what a key allows, in words for messages and docs/configuration.md.
type rule struct {
	key     string
	allowed string
	allows  func(v reflect.Value) bool
}

// rules holds one line a key whose type allows more than the program does.
func rules() []rule {
	return []rule{
		oneOf("model.arch", arch.Names()...),
		whole("model.size", 32, 512),
		oneOf("model.runtime", RuntimeTensorFlow),
		whole("model.threads", 0, 256),
		oneOf("model.device", DeviceAuto, DeviceCPU),

		whole("learn.batch", 2, 4096),
		whole("learn.steps", 1, 1_000_000),
		whole("learn.head_steps", 0, 1_000_000),
		whole("learn.ramp", 0, 1_000_000),
		within("learn.lr", 1e-8, 10),
		within("learn.head_lr", 1e-8, 10),
		within("learn.momentum", 0, 0.999),
		within("learn.weight_decay", 0, 1),
		oneOf("learn.decay", DecayAll, DecayKernels),
		oneOf("learn.batch_norm", BatchNormFrozen, BatchNormTrain),
		whole("learn.stages", 0, 64),
		within("learn.stage_decay", 0.01, 1),
		oneOf("learn.loss", LossNTXent, LossDCL),
		within("learn.temperature", 0.01, 10),
		whole("learn.queue", 0, 65536),
		whole("learn.chunk", 0, 4096),
		within("learn.align", 0, 10),
		oneOf("learn.optimizer", OptimizerSGD, OptimizerLARS),
		between("learn.checkpoint_every", Duration(5e9), Day),
		whole("learn.min_frames", 2, 10_000_000),
		whole("learn.min_new", 1, 10_000_000),
		whole("learn.neighbours", 0, 20),
		within("learn.temporal", 0, 1),
		within("learn.duty", 0.01, 1),
		within("learn.max_temperature", 0, 150),
		within("learn.max_load", 0, 100),
		offOr("learn.max_memory", 64*MiB, 1024*GiB),

		whole("replay.capacity", 16, 50_000),
		oneOf("replay.policy", ReplayMinRed, ReplayReservoir, ReplayFIFO),
		within("replay.fresh", 0, 1),
		between("replay.moment", 0, Day),

		between("gate.max_gap", Duration(1e9), Day),

		whole("probe.capacity", 4, 5000),
		whole("probe.every", 2, 1000),

		oneOf("serve.blend", BlendNone, BlendAverage, BlendJoin),

		oneOf("store.frames", FramesBySource, FramesFull, FramesThumbnail, FramesNone),
		whole("store.thumbnail_side", 32, 4096),
		offOr("store.max_bytes", 64*MiB, 1024*TiB),
		offOr("store.max_age", Duration(60e9), 3650*Day),
		offOr("store.min_free", 1*MiB, 1024*TiB),
		whole("store.keep_checkpoints", 2, 1000),

		oneOf("gpio.trigger.edge", EdgeRising, EdgeFalling, EdgeBoth),
		oneOf("gpio.trigger.pull", PullNone, PullUp, PullDown),
		between("gpio.trigger.debounce", 0, Duration(10e9)),
		between("gpio.trigger.hold", Duration(100e6), Day),
		between("gpio.lamp.warmup", 0, Duration(60e9)),

		between("limits.file_bytes", 4*KiB, 1*GiB),
		whole("limits.pixels", 1024, 1_000_000_000),

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

func whole(key string, low, high int64) rule { return between(key, low, high) }

func within(key string, low, high float64) rule {
	return rule{key, fmt.Sprintf("%v to %v", low, high), func(v reflect.Value) bool {
		return v.Float() >= low && v.Float() <= high // NaN is neither
	}}
}

func between[T ~int64](key string, low, high T) rule {
	return rule{key, fmt.Sprintf("%v to %v", low, high), func(v reflect.Value) bool {
		return v.Int() >= int64(low) && v.Int() <= int64(high)
	}}
}

func offOr[T ~int64](key string, low, high T) rule {
	r := between(key, low, high)
	return rule{key, "0 (off), or " + r.allowed, func(v reflect.Value) bool {
		return v.Int() == 0 || r.allows(v)
	}}
}
