package check

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"edgeclr/daemon/blend/calibrate"
	"edgeclr/model"
	"edgeclr/model/arch"
	"edgeclr/model/tfload"
	"edgeclr/model/weights"
	"edgeclr/tflite"
	"edgeclr/tflite/litert"
)

// misbehave names what a child of this test program does instead of its work.
const misbehave = "EDGECLR_TEST_TRIES_ENCODER"

// parent makes this test program call Run with a child that hangs. The child writes its
// number to the file that the variable names.
const parent = "EDGECLR_TEST_PARENT"

// TestMain makes the test program its own child, and a parent that a test can kill.
func TestMain(m *testing.M) {
	if path := os.Getenv(parent); path != "" && !isChild() {
		_, err := Run(context.Background(), Request{Model: []byte("none"), Inputs: [][]byte{{1}}})
		os.Stderr.WriteString(err.Error())
		os.Exit(1)
	}
	if isChild() {
		if path := os.Getenv(parent); path != "" {
			_ = os.WriteFile(path+".new", []byte(strconv.Itoa(os.Getpid())), 0o600)
			_ = os.Rename(path+".new", path)
		}
		switch os.Getenv(misbehave) {
		case "hangs":
			time.Sleep(time.Hour)
		case "hangs after the request":
			_, _ = io.Copy(io.Discard, os.Stdin)
			time.Sleep(time.Hour)
		case "is killed":
			_, _ = io.CopyN(io.Discard, os.Stdin, 1000)
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		case "crashes":
			os.Stderr.WriteString("free(): invalid pointer\n")
			_ = syscall.Kill(os.Getpid(), syscall.SIGABRT)
		case "answers rubbish":
			_, _ = os.NewFile(3, "reply").WriteString("rubbish")
			os.Exit(0)
		case "says nothing":
			os.Exit(3)
		}
	}
	if Child() {
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// request tries a random ResNet-18 on n grey pictures.
func request(t *testing.T, n int) Request {
	t.Helper()
	const size = 32
	a, err := arch.Get("resnet18")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := arch.NewPlan(a, size)
	if err != nil {
		t.Fatal(err)
	}
	set := model.Random(a, 1)
	file, err := tflite.Model{Plan: plan, Encoders: []weights.Set{set}, Input: tflite.Uint8, Output: tflite.Float32}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	r := Request{Model: file, Reference: &Reference{Arch: a.Name, Size: size, Weights: set}}
	for i := range n {
		pixels := make([]byte, 3*size*size)
		for j := range pixels {
			pixels[j] = byte(i*37 + j*j%251)
		}
		r.Inputs = append(r.Inputs, pixels)
	}
	return r
}

// needLiteRT skips a test where the library is not installed.
func needLiteRT(t *testing.T) {
	t.Helper()
	if _, err := litert.Load(""); err != nil {
		t.Skip(err)
	}
}

// The child gives the vectors of both libraries. Neither is loaded here: a process that
// only embeds must not hold TensorFlow.
func TestRun(t *testing.T) {
	needLiteRT(t)
	r := request(t, 3)
	got, err := Run(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Outputs) != 3 || len(got.Vectors) != 3 || len(got.Outputs[0]) != 4*512 || len(got.Vectors[0]) != 512 {
		t.Fatalf("%d and %d vectors", len(got.Outputs), len(got.Vectors))
	}
	for _, v := range got.Vectors {
		var length float64
		for _, x := range v {
			length += float64(x) * float64(x)
		}
		if math.Abs(length-1) > 1e-4 {
			t.Errorf("a vector of TensorFlow has length %v", length)
		}
	}
	if got.Library == "" || got.Accelerator != litert.CPU {
		t.Errorf("version %q on %s", got.Library, got.Accelerator)
	}
	if tfload.Loaded() {
		t.Error("the parent has loaded TensorFlow")
	}
	if r.Reference.Weights == nil {
		t.Error("the request was changed")
	}
}

// Without a reference the file alone is tried.
func TestRunWithoutReference(t *testing.T) {
	needLiteRT(t)
	r := request(t, 1)
	r.Reference = nil
	got, err := Run(t.Context(), r)
	if err != nil || len(got.Outputs) != 1 || got.Vectors != nil {
		t.Errorf("%d outputs, %d vectors, %v", len(got.Outputs), len(got.Vectors), err)
	}
}

// What fails in the child is an error here.
func TestRunErrors(t *testing.T) {
	needLiteRT(t)
	for _, tt := range []struct {
		name   string
		change func(r *Request)
		says   string
	}{
		{"no picture", func(r *Request) { r.Inputs = nil }, "no picture"},
		{"a small picture", func(r *Request) { r.Inputs[0] = r.Inputs[0][:12] }, "picture 0 has 12 bytes"},
		{"a cut file", func(r *Request) { r.Model = r.Model[:len(r.Model)/2] }, ""},
		{"no file", func(r *Request) { r.Model = nil }, "empty"},
		{"no library", func(r *Request) { r.Library = "/nonexistent/libLiteRt.so" }, "/nonexistent/libLiteRt.so"},
		{"an unknown architecture", func(r *Request) { r.Reference.Arch = "soup" }, "soup"},
		{"weights of another network", func(r *Request) { r.Reference.Weights = r.Reference.Weights[1:] }, "weights"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := request(t, 1)
			tt.change(&r)
			_, err := Run(t.Context(), r)
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v does not say %q", err, tt.says)
			}
		})
	}
}

// A child that crashes, is killed, hangs or answers rubbish is an error that says so, and
// nothing stays behind.
func TestRunCrash(t *testing.T) {
	for how, says := range map[string]string{
		"is killed": "killed", "crashes": "free(): invalid pointer", "answers rubbish": "exit status 0", "says nothing": "exit status 3",
		"hangs": "longer than 300ms", "hangs after the request": "longer than 300ms",
	} {
		t.Run(how, func(t *testing.T) {
			t.Setenv(misbehave, how)
			r := request(t, 1)
			if strings.HasPrefix(how, "hangs") {
				r.Timeout = 300 * time.Millisecond
			}
			_, err := Run(t.Context(), r)
			var crash *CrashError
			if !errors.As(err, &crash) || !strings.Contains(err.Error(), says) || crash.Timed != (r.Timeout > 0) {
				t.Errorf("error %v does not say %q", err, says)
			}
		})
	}
}

// The context ends the child.
func TestRunCancelled(t *testing.T) {
	t.Setenv(misbehave, "hangs after the request")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := Run(ctx, request(t, 1)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

// A child ends when its parent is killed: it must not go on beside the service that
// systemd starts next.
func TestParentIsKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pid")
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), parent+"="+path, misbehave+"=hangs")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill() }()
	within := time.Now().Add(time.Minute)
	wait := func(what string, done func() bool) {
		t.Helper()
		for !done() {
			if time.Now().After(within) {
				t.Fatal(what)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	var pid int
	wait("no child started", func() bool {
		text, err := os.ReadFile(path)
		pid, _ = strconv.Atoi(string(text))
		return err == nil
	})
	if err := syscall.Kill(pid, 0); err != nil {
		t.Fatalf("the child %d: %v", pid, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	wait("the child lives on", func() bool {
		state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		return err != nil || strings.Contains(string(state), ") Z ") // nobody here can reap it
	})
}

// A child calibrates for int8. What it refuses is an error here.
func TestCalibrate(t *testing.T) {
	needLiteRT(t)
	r := request(t, 12)
	c := Calibration{Network: calibrate.Network{Arch: r.Reference.Arch, Size: r.Reference.Size, Weights: r.Reference.Weights}, Squares: r.Inputs}
	got, err := Calibrate(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Ranges) == 0 || got.HeldBack != 2 || got.Calibrated != 10 || !(got.Mean > 0.5) {
		t.Errorf("%d ranges, %d and %d pictures, %+v", len(got.Ranges), got.Calibrated, got.HeldBack, got.Agreement)
	}
	if tfload.Loaded() {
		t.Error("the parent has loaded TensorFlow")
	}
	few := c
	few.Squares = few.Squares[:3]
	if _, err := Calibrate(t.Context(), few); !errors.Is(err, calibrate.ErrPictures) {
		t.Errorf("3 pictures: error %v", err)
	}
	small := c
	small.Squares = [][]byte{{1, 2, 3}}
	if _, err := Calibrate(t.Context(), small); err == nil || !strings.Contains(err.Error(), "3 bytes") {
		t.Errorf("a small picture: error %v", err)
	}
	t.Setenv(misbehave, "is killed")
	var crash *CrashError
	if _, err := Calibrate(t.Context(), c); !errors.As(err, &crash) {
		t.Errorf("a child that is killed: error %v", err)
	}
}
