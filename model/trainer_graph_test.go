package model

import (
	"math"
	"slices"
	"strings"
	"testing"

	"edgeclr/model/weights"
)

// moved lists the tensors that training changed.
func moved(t *testing.T, before, after State) []string {
	t.Helper()
	var names []string
	for _, pair := range []struct{ before, after weights.Set }{{before.Encoder, after.Encoder}, {before.Head, after.Head}} {
		for _, was := range pair.before {
			if !slices.Equal(find(t, pair.after, was.Name).Data, was.Data) {
				names = append(names, was.Name)
			}
		}
	}
	return names
}

// The options decide which tensors a step changes.
func TestWhatMoves(t *testing.T) {
	t.Parallel()
	head := []string{"projection_head.layer1.weight", "projection_head.layer1.bias",
		"projection_head.layer2.weight", "projection_head.layer2.bias"}
	stage := map[int][]string{
		0: {"stem.weight", "stem_norm.weight", "stem_norm.bias"},
		1: {"_expand.weight", "_expand_norm.weight", "_expand_norm.bias", "depthwise.weight", "depthwise_norm.weight",
			"depthwise_norm.bias", "project.weight", "project_norm.weight", "project_norm.bias"},
		2: {"top.weight", "top_norm.weight", "top_norm.bias"},
	}
	statistics := func(names ...string) []string {
		var all []string
		for _, n := range names {
			all = append(all, n+"_norm.running_mean", n+"_norm.running_var")
		}
		return all
	}
	alone := Rates{Encoder: 0.01, Head: 0.01, HeadOnly: true}
	tests := []struct {
		name   string
		norm   bool
		stages int
		rates  Rates
		want   [][]string
	}{
		{"everything", false, 0, everything, [][]string{stage[0], stage[1], stage[2], head}},
		{"all stages by number", false, 3, everything, [][]string{stage[0], stage[1], stage[2], head}},
		{"two stages", false, 2, everything, [][]string{stage[1], stage[2], head}},
		{"one stage", false, 1, everything, [][]string{stage[2], head}},
		{"head alone", false, 0, alone, [][]string{head}},
		{"head alone, batch norm trained", true, 0, alone, [][]string{head}},
		{"batch norm trained", true, 0, everything,
			[][]string{stage[0], stage[1], stage[2], head, statistics("stem", "_expand", "depthwise", "project", "top")}},
		{"batch norm trained in one stage", true, 1, everything, [][]string{stage[2], head, statistics("top")}},
		{"rates of 0", false, 0, Rates{}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			opt := tinyOptions()
			opt.TrainBatchNorm, opt.Stages = tt.norm, tt.stages
			trainer := newTestTrainer(t, tinyState(), opt)
			train(t, trainer, 0, 3, tt.rates)
			got, want := moved(t, tinyState(), stateOf(t, trainer)), slices.Concat(tt.want...)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("moved:\n%v\nwant:\n%v", got, want)
			}
		})
	}
}

// A step reports the loss of the pictures that it was given. The test computes head
// and loss by hand from the encoder's output.
func TestStepLoss(t *testing.T) {
	state := tinyState()
	trainer := newTestTrainer(t, state, tinyOptions())
	encoder := openEncoder(t, state.Encoder, EncoderOptions{Arch: tiny(), Size: tinySize})
	views := pairs(0, 4, tinySize)
	features, err := encoder.forward(views, 8, encoder.features)
	if err != nil {
		t.Fatal(err)
	}
	var projections []float32
	for row := range 8 {
		hidden := denseLayer(features[row*12:(row+1)*12], state.Head[0].Data, state.Head[1].Data)
		for i := range hidden {
			hidden[i] = max(hidden[i], 0)
		}
		projections = append(projections, denseLayer(hidden, state.Head[2].Data, state.Head[3].Data)...)
	}
	want, _ := lossAndGradient(t, simCLR(), projections, nil, 8, 0.5)
	got := step(t, trainer, Batch{Views: views}, Rates{})
	if math.Abs(got.Loss-float64(want)) > 1e-5 {
		t.Errorf("loss %v, want %v", got.Loss, want)
	}
	for row := range 8 {
		p := projections[row*headOut:][:headOut]
		var squared float64
		for _, x := range p {
			squared += float64(x) * float64(x)
		}
		for i := range p {
			p[i] = float32(float64(p[i]) / math.Sqrt(squared))
		}
	}
	if off := relativeError(got.Projections, projections); !(off < 1e-5) {
		t.Errorf("the projections are off by %.1e", off)
	}
}

// Each stage moves by StageDecay of what it would otherwise, once for every stage
// above it.
func TestStageDecay(t *testing.T) {
	t.Parallel()
	for _, optimizer := range []string{"sgd", "lars"} {
		opt := tinyOptions()
		opt.Optimizer = OptimizerOptions{Name: optimizer}
		moved := func(decay float64) State {
			opt.StageDecay = decay
			trainer := newTestTrainer(t, tinyState(), opt)
			train(t, trainer, 0, 1, Rates{Encoder: 0.5, Head: 0.5})
			return stateOf(t, trainer)
		}
		alike, decayed := moved(1), moved(0.25)
		equalStates(t, moved(0), alike)
		equalStates(t, decayed, State{Head: alike.Head})
		for _, n := range tiny().Nodes {
			if n.Weight == "" {
				continue
			}
			share := map[int]float32{2: 1, 1: 0.25, 0: 0.0625}[n.Stage]
			for _, name := range []string{n.Weight, n.BatchNorm + ".weight", n.BatchNorm + ".bias"} {
				was := find(t, tinyState().Encoder, name).Data
				got, want := slices.Clone(find(t, decayed.Encoder, name).Data), slices.Clone(find(t, alike.Encoder, name).Data)
				for i := range was {
					got[i] -= was[i]
					want[i] = share * (want[i] - was[i])
				}
				if off := relativeError(got, want); !(off < 1e-3) {
					t.Errorf("%s: %s of stage %d moves by another share than %v: off by %.1e", optimizer, name, n.Stage, share, off)
				}
			}
		}
	}
}

// With tiny rates and a huge decay, a step is weight decay alone: w - rate*decay*w.
// KernelsOnly exempts vectors.
func TestWeightDecay(t *testing.T) {
	t.Parallel()
	for _, kernelsOnly := range []bool{false, true} {
		opt := tinyOptions()
		opt.Optimizer.WeightDecay, opt.Optimizer.KernelsOnly = 1e6, kernelsOnly
		trainer := newTestTrainer(t, tinyState(), opt)
		train(t, trainer, 0, 1, Rates{Encoder: 1e-7, Head: 1e-7})
		for _, tensor := range stateOf(t, trainer).Encoder {
			was := find(t, tinyState().Encoder, tensor.Name)
			share := float32(0.9)
			if strings.Contains(tensor.Name, ".running_") || kernelsOnly && len(tensor.Shape) == 1 {
				share = 1
			}
			want := make([]float32, len(was.Data))
			for i, v := range was.Data {
				want[i] = share * v
			}
			if off := relativeError(tensor.Data, want); !(off < 1e-5) {
				t.Errorf("kernels only %v: %s is off by %.1e", kernelsOnly, tensor.Name, off)
			}
		}
	}
}

// Running statistics move towards the mean and the unbiased variance of the batch by
// the architecture's momentum, as PyTorch's do.
func TestRunningStatistics(t *testing.T) {
	opt := tinyOptions()
	opt.TrainBatchNorm = true
	state := tinyState()
	trainer := newTestTrainer(t, state, opt)
	train(t, trainer, 0, 1, Rates{})

	// Compute the stem by hand, without its normalisation.
	kernel := state.Encoder[0].Data
	views := pairs(0, 4, tinySize)
	a := tiny()
	var sum, squares [8]float64
	const side = tinySize / 2
	for v := range 8 {
		for y := range side {
			for x := range side {
				for o := range 8 {
					var value float64
					for c := range 3 {
						for ky := range 3 {
							for kx := range 3 {
								py, px := 2*y+ky-1, 2*x+kx-1
								if py < 0 || px < 0 || py >= tinySize || px >= tinySize {
									continue
								}
								pixel := float64(views[((v*tinySize+py)*tinySize+px)*3+c])
								value += float64(kernel[((o*3+c)*3+ky)*3+kx]) * (pixel - float64(a.Mean[c])) / float64(a.Std[c])
							}
						}
					}
					sum[o] += value
					squares[o] += value * value
				}
			}
		}
	}
	const n = 8 * side * side
	after := stateOf(t, trainer).Encoder
	for o := range 8 {
		mean := sum[o] / n
		variance := (squares[o] - n*mean*mean) / (n - 1)
		for name, batch := range map[string]float64{"stem_norm.running_mean": mean, "stem_norm.running_var": variance} {
			want := 0.9*float64(find(t, state.Encoder, name).Data[o]) + 0.1*batch
			if got := float64(find(t, after, name).Data[o]); math.Abs(got-want) > 1e-5*max(1, math.Abs(want)) {
				t.Errorf("%s[%d] is %v, want %v", name, o, got, want)
			}
		}
	}
}
