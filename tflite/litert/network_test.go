package litert_test

import (
	"encoding/binary"
	"errors"
	"math"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"edgeclr/model/arch"
	"edgeclr/model/arch/archtest"
	"edgeclr/model/weights"
	"edgeclr/tflite"
	"edgeclr/tflite/litert"
)

// encode writes an architecture with the test's weights as a file.
func encode(t testing.TB, a *arch.Architecture, size int, change func(*tflite.Model)) ([]byte, *arch.Plan) {
	t.Helper()
	plan, err := arch.NewPlan(a, size)
	if err != nil {
		t.Fatal(err)
	}
	m := tflite.Model{Plan: plan, Encoders: []weights.Set{archtest.Weights(a)}, Input: tflite.Uint8}
	if change != nil {
		change(&m)
	}
	file, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return file, plan
}

func open(t testing.TB, l *litert.Library, file []byte, threads int) *litert.Network {
	t.Helper()
	n, err := l.Open(file, litert.Options{Threads: threads})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	return n
}

// embed runs one picture and gives the first output.
func embed(t testing.TB, n *litert.Network, pixels []byte) []float32 {
	t.Helper()
	outputs := make([][]byte, len(n.Outputs()))
	for i, o := range n.Outputs() {
		outputs[i] = make([]byte, o.Bytes)
	}
	if err := n.Run([][]byte{pixels}, outputs); err != nil {
		t.Fatal(err)
	}
	vector := make([]float32, len(outputs[0])/4)
	for i := range vector {
		vector[i] = math.Float32frombits(binary.NativeEndian.Uint32(outputs[0][4*i:]))
	}
	return vector
}

func cosine(a, b []float32) float64 {
	var dot, aa, bb float64
	for i := range a {
		dot += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	return dot / math.Sqrt(aa*bb)
}

// The vector is that of the evaluation in plain Go, with any number of threads.
func TestRun(t *testing.T) {
	l := load(t)
	a := archtest.Tiny()
	file, plan := encode(t, a, 32, nil)
	pixels := archtest.Picture(1, 0, 32)
	want, err := archtest.Evaluate(plan, archtest.Weights(a), pixels)
	if err != nil {
		t.Fatal(err)
	}
	for _, threads := range []int{0, 1, 2, 7} {
		n := open(t, l, file, threads)
		if n.Ran() != litert.CPU {
			t.Errorf("%v ran", n.Ran())
		}
		in, out := n.Inputs(), n.Outputs()
		if len(in) != 1 || in[0].String() != "image uint8[1 32 32 3]" || in[0].Bytes != len(pixels) {
			t.Errorf("inputs %v", in)
		}
		if len(out) != 1 || out[0].Name != "embedding" || out[0].Bytes != 4*len(want) {
			t.Errorf("outputs %v", out)
		}
		if c := cosine(embed(t, n, pixels), want); c < 0.999999 {
			t.Errorf("%d threads: cosine %v", threads, c)
		}
	}
}

// The library starts as many threads as it is told: the caller's own is one of them.
func TestThreads(t *testing.T) {
	l := load(t)
	file, _ := encode(t, archtest.Tiny(), 32, nil)
	tasks := func() int {
		entries, err := os.ReadDir("/proc/self/task")
		if err != nil {
			t.Skip(err)
		}
		return len(entries)
	}
	before := tasks()
	n := open(t, l, file, 40)
	if started := tasks() - before; started < 35 || started > 45 {
		t.Errorf("40 threads: %d more run", started)
	}
	n.Close()
	if left := tasks() - before; left > 5 {
		t.Errorf("%d threads are left", left)
	}
	if _, err := l.Open(file, litert.Options{Threads: -1}); err == nil {
		t.Error("-1 threads are accepted")
	}
}

// A second output comes from the same run.
func TestSecondOutput(t *testing.T) {
	l := load(t)
	file, plan := encode(t, archtest.Tiny(), 32, func(m *tflite.Model) { m.Map = tflite.Maps(m.Plan)[0] })
	n := open(t, l, file, 1)
	if len(n.Outputs()) != 2 {
		t.Fatalf("outputs %v", n.Outputs())
	}
	if got, want := n.Outputs()[1].Shape[3], plan.Steps[0].Output.Channels; got != want {
		t.Errorf("the map has %d channels, want %d", got, want)
	}
	embed(t, n, archtest.Picture(1, 0, 32))
}

func TestRunRefuses(t *testing.T) {
	l := load(t)
	file, _ := encode(t, archtest.Tiny(), 32, nil)
	n := open(t, l, file, 1)
	input, output := make([]byte, n.Inputs()[0].Bytes), make([]byte, n.Outputs()[0].Bytes)
	for name, test := range map[string]struct {
		inputs, outputs [][]byte
		says            string
	}{
		"no input":     {nil, [][]byte{output}, "0 inputs"},
		"two outputs":  {[][]byte{input}, [][]byte{output, output}, "2 outputs"},
		"short input":  {[][]byte{input[1:]}, [][]byte{output}, "image uint8[1 32 32 3] needs 3072"},
		"long output":  {[][]byte{input}, [][]byte{append(output, 0)}, "output 0"},
		"empty output": {[][]byte{input}, [][]byte{nil}, "0 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := n.Run(test.inputs, test.outputs); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want one that says %q", err, test.says)
			}
		})
	}
	n.Close()
	if err := n.Run([][]byte{input}, [][]byte{output}); !errors.Is(err, litert.ErrRun) {
		t.Errorf("a closed network gives %v", err)
	}
	if err := n.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
}

// An accelerator that is not here is an error, and auto takes the CPU.
func TestAccelerator(t *testing.T) {
	l := load(t)
	here, err := l.Accelerators()
	if err != nil {
		t.Fatal(err)
	}
	file, _ := encode(t, archtest.Tiny(), 32, nil)
	for _, a := range []litert.Accelerator{litert.GPU, litert.NPU} {
		n, err := l.Open(file, litert.Options{Accelerator: a})
		if err == nil { // a board with one
			if n.Ran() != a || !slices.Contains(here, a) {
				t.Errorf("%v was asked for, of %v; %v ran", a, here, n.Ran())
			}
			n.Close()
			continue
		}
		if !errors.Is(err, litert.ErrAccelerator) || !strings.Contains(err.Error(), "model.accelerator: cpu") {
			t.Errorf("%v: error %v", a, err)
		}
	}
	n, err := l.Open(file, litert.Options{Accelerator: litert.Auto})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	if n.Ran() == litert.Auto {
		t.Error("auto ran auto")
	}
}

// Networks compute at the same time, opened by several goroutines.
func TestConcurrent(t *testing.T) {
	l := load(t)
	file, _ := encode(t, archtest.Tiny(), 32, nil)
	pixels := archtest.Picture(1, 0, 32)
	want := embed(t, open(t, l, file, 1), pixels)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 5 {
				n, err := l.Open(file, litert.Options{Threads: 2})
				if err != nil {
					t.Error(err)
					return
				}
				for range 20 {
					if got := embed(t, n, pixels); !slices.Equal(got, want) {
						t.Errorf("cosine %v to the vector of one network alone", cosine(got, want))
					}
				}
				n.Close()
			}
		})
	}
	wait.Wait()
}

// Run makes no garbage.
func TestRunAllocates(t *testing.T) {
	l := load(t)
	file, _ := encode(t, archtest.Tiny(), 32, nil)
	n := open(t, l, file, 1)
	inputs, outputs := [][]byte{archtest.Picture(1, 0, 32)}, [][]byte{make([]byte, n.Outputs()[0].Bytes)}
	if allocations := testing.AllocsPerRun(100, func() {
		if err := n.Run(inputs, outputs); err != nil {
			t.Fatal(err)
		}
	}); allocations > 0 {
		t.Errorf("%v allocations a run", allocations)
	}
}

// Opening and closing leaves no memory behind. Two sizes take turns, and the first rounds fill the allocator's pools.
func TestCloseFrees(t *testing.T) {
	if testing.Short() {
		t.Skip("opens a network of 14 MB 60 times")
	}
	l := load(t)
	a, err := arch.Get("efficientnet_lite0")
	if err != nil {
		t.Fatal(err)
	}
	small, _ := encode(t, a, 64, nil)
	large, _ := encode(t, a, 96, nil)
	round := func() {
		for size, file := range map[int][]byte{64: small, 96: large} {
			n := open(t, l, file, 2)
			embed(t, n, archtest.Picture(1, 0, size))
			n.Close()
		}
	}
	for range 5 {
		round()
	}
	debug.FreeOSMemory()
	before := resident(t)
	for range 25 {
		round()
	}
	debug.FreeOSMemory()
	if grown := resident(t) - before; grown > 24<<20 {
		t.Errorf("50 networks left %d MB behind", grown>>20)
	} else {
		t.Logf("grown by %d KB from %d MB", grown>>10, before>>20)
	}
}

// resident is the memory of this process that is in RAM, in bytes.
func resident(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

func BenchmarkRun(b *testing.B) {
	l, err := litert.Load("")
	if err != nil {
		b.Skip(err)
	}
	for _, name := range []string{"efficientnet_lite0", "resnet18"} {
		a, err := arch.Get(name)
		if err != nil {
			b.Fatal(err)
		}
		for _, size := range []int{96, 224} {
			file, _ := encode(b, a, size, nil)
			for _, threads := range []int{1, 2} {
				n := open(b, l, file, threads)
				inputs, outputs := [][]byte{archtest.Picture(1, 0, size)}, [][]byte{make([]byte, n.Outputs()[0].Bytes)}
				b.Run(name+"/"+strconv.Itoa(size)+"/threads"+strconv.Itoa(threads), func(b *testing.B) {
					best := time.Hour
					for b.Loop() {
						start := time.Now()
						if err := n.Run(inputs, outputs); err != nil {
							b.Fatal(err)
						}
						best = min(best, time.Since(start))
					}
					b.ReportMetric(float64(best)/1e6, "best-ms")
				})
			}
		}
	}
}
