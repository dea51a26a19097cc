package verify_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"edgeclr/tflite/internal/schema"
	"edgeclr/tflite/litert"
	"edgeclr/tflite/verify"
	"edgeclr/tflite/verify/verifytest"
)

// childVariable makes this program load the files that are its arguments, instead of
// running the tests.
const childVariable = "EDGECLR_TEST_VERIFY_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) == "" {
		os.Exit(m.Run())
	}
	code := 0
	for _, path := range os.Args[1:] {
		fmt.Println("loading", filepath.Base(path))
		if err := loadAndRun(path); err != nil {
			fmt.Println("failed:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// loadAndRun opens a file with LiteRT and runs it once.
func loadAndRun(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	library, err := litert.Load("")
	if err != nil {
		return err
	}
	network, err := library.Open(data, litert.Options{Threads: 1})
	if err != nil {
		return err
	}
	defer network.Close()
	var in, out [][]byte
	for _, t := range network.Inputs() {
		in = append(in, make([]byte, t.Bytes))
	}
	for _, t := range network.Outputs() {
		out = append(out, make([]byte, t.Bytes))
	}
	for i := range in[0] {
		in[0][i] = byte(i) & 0x3f // finite as FLOAT32 too
	}
	return network.Run(in, out)
}

// outcome is what a child process made of a file.
type outcome struct {
	loaded  bool
	crashed bool
	text    string
}

func loadInChild(t *testing.T, paths ...string) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], paths...)
	cmd.Env = append(os.Environ(), childVariable+"=1", "GOTRACEBACK=none")
	var text bytes.Buffer
	cmd.Stdout, cmd.Stderr = &text, &text
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{err == nil, err != nil && exit.ExitCode() != 1, text.String()}
}

func requireLibrary(t *testing.T) {
	t.Helper()
	if _, err := litert.Load(""); errors.Is(err, litert.ErrMissing) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
}

// The library loads and runs what passes. So the rules ask for what its kernels ask for.
func TestLibraryTakesWhatPasses(t *testing.T) {
	requireLibrary(t)
	files := exported(t)
	for _, typ := range []schema.TensorType{schema.TensorTypeFLOAT32, schema.TensorTypeUINT8, schema.TensorTypeINT8} {
		files["encoder "+typ.String()] = verifytest.Encoder(32, typ).Bytes()
	}
	for _, s := range operators() {
		for _, s := range s.variants() {
			data := s.graph.Bytes()
			if _, err := verify.Check(data, verify.Limits{}); err == nil {
				files[s.name] = data
			}
		}
	}
	folder := t.TempDir()
	var paths []string
	for name, data := range files {
		path := filepath.Join(folder, strings.ReplaceAll(name, " ", "-")+".tflite")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	if got := loadInChild(t, paths...); !got.loaded {
		t.Errorf("crashed %v: %s", got.crashed, got.text)
	}
	t.Logf("the library runs %d files", len(files))
}

// Mutated files that still pass must not crash the library. EDGECLR_TEST_MUTATIONS says how
// many to try, for example 20000: the test reports how many pass, load and crash. It
// needs minutes, so the ordinary tests leave it out.
func TestLibraryTakesMutations(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("EDGECLR_TEST_MUTATIONS"))
	if n == 0 {
		t.Skip("EDGECLR_TEST_MUTATIONS says 0")
	}
	requireLibrary(t)
	var seeds [][]byte
	for _, data := range exported(t) {
		seeds = append(seeds, data)
	}
	for _, typ := range []schema.TensorType{schema.TensorTypeFLOAT32, schema.TensorTypeUINT8, schema.TensorTypeINT8} {
		seeds = append(seeds, verifytest.Encoder(32, typ).Bytes())
	}
	for _, s := range operators() {
		for _, s := range s.variants() {
			seeds = append(seeds, s.graph.Bytes())
		}
	}
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 1))
	folder := t.TempDir()
	var passed, loaded, refused, crashed int
	for i := range n {
		data := mutate(random, seeds[random.IntN(len(seeds))])
		if _, err := verify.Check(data, verify.Limits{}); err != nil {
			continue
		}
		passed++
		path := filepath.Join(folder, "m.tflite")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		got := loadInChild(t, path)
		switch {
		case got.loaded:
			loaded++
		case got.crashed:
			crashed++
			kept := filepath.Join(os.TempDir(), fmt.Sprintf("crash-%d-%d.tflite", seed, i))
			_ = os.WriteFile(kept, data, 0o600)
			t.Errorf("crashed: %s: %.300s", kept, got.text)
		default:
			refused++
			t.Logf("refused by the library: %s", got.text)
		}
	}
	t.Logf("seed %d: %d mutations, %d passed; of these %d ran, %d were refused by the library, %d crashed it", seed, n, passed, loaded, refused, crashed)
}

// mutate changes one to four places of a file.
func mutate(random *rand.Rand, file []byte) []byte {
	data := bytes.Clone(file)
	for range 1 + random.IntN(4) {
		at := random.IntN(len(data))
		switch random.IntN(5) {
		case 0:
			data[at] ^= 1 << random.IntN(8)
		case 1:
			data[at] = byte(random.IntN(256))
		case 2:
			data[at] += byte(random.IntN(5) - 2)
		case 3: // a word that kernels may not expect
			words := []uint32{0, 1, 2, 0xffffffff, 0x7fffffff, 0x80000000, 0x7f800000, 3, 255, 65536}
			w := words[random.IntN(len(words))]
			for j := range 4 {
				if k := at&^3 + j; k < len(data) {
					data[k] = byte(w >> (8 * j))
				}
			}
		case 4: // a word from elsewhere
			from := random.IntN(len(data)) &^ 3
			copy(data[at&^3:], bytes.Clone(data[from:min(from+4, len(data))]))
		}
	}
	return data
}
