package litert

// #include "litert.h"
// #include <stdlib.h>
import "C"

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"unsafe"
)

// Options say how to run a network. The zero value runs it on the CPU with a thread for each processor.
type Options struct {
	Threads     int // of the CPU; 0: one for each processor that this process may use
	Accelerator Accelerator
}

// Network is an opened .tflite file. It computes one picture at a time: calls of Run must not overlap.
type Network struct {
	library *Library
	c       *C.litert_network
	inputs  []Tensor
	outputs []Tensor
	ran     Accelerator
}

// Open prepares a network. It copies model, the bytes of a .tflite file. Errors wrap ErrModel or ErrAccelerator.
func (l *Library) Open(model []byte, o Options) (*Network, error) {
	if len(model) == 0 {
		return nil, fmt.Errorf("%w: it is empty", ErrModel)
	}
	if o.Threads < 0 {
		return nil, fmt.Errorf("%d threads: use 1 or more, or 0 for one for each processor", o.Threads)
	}
	if o.Threads == 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	if o.Accelerator == CPU {
		return l.open(model, o)
	}
	here, err := l.Accelerators()
	if err != nil {
		return nil, err
	}
	if o.Accelerator == Auto {
		return l.openBest(model, o, here)
	}
	for _, a := range here {
		if a == o.Accelerator {
			return l.open(model, o)
		}
	}
	return nil, fmt.Errorf("%w: this LiteRT finds no %s on this board, only %s; set model.accelerator: cpu",
		ErrAccelerator, o.Accelerator, names(here))
}

// openBest opens the network on the first accelerator that runs all of it.
func (l *Library) openBest(model []byte, o Options, here []Accelerator) (*Network, error) {
	for i := len(here) - 1; i >= 0; i-- {
		if o.Accelerator = here[i]; o.Accelerator == CPU {
			break
		}
		n, err := l.open(model, o)
		if err == nil {
			return n, nil
		}
	}
	o.Accelerator = CPU
	return l.open(model, o)
}

func names(accelerators []Accelerator) string {
	texts := make([]string, len(accelerators))
	for i, a := range accelerators {
		texts[i] = a.String()
	}
	return strings.Join(texts, ", ")
}

// open opens the network on the accelerator of o, which is here.
func (l *Library) open(model []byte, o Options) (*Network, error) {
	env, err := l.environment(C.litertCpu | o.Accelerator.set())
	if err != nil {
		return nil, err
	}
	cpu := C.CString(fmt.Sprintf("num_threads = %d\n", o.Threads))
	defer C.free(unsafe.Pointer(cpu))
	// 2: keep the reports of errors, for litert_errors.
	errorMode := C.CString("error_reporter_mode = 2\n")
	defer C.free(unsafe.Pointer(errorMode))

	n := &Network{library: l, c: (*C.litert_network)(C.calloc(1, C.sizeof_litert_network)), ran: o.Accelerator}
	var step, reports *C.char
	s := C.litert_open(l.c, env, unsafe.Pointer(&model[0]), C.size_t(len(model)), C.int(o.Accelerator.set()), cpu, errorMode, n.c, &step, &reports)
	defer C.free(unsafe.Pointer(reports))
	if s != 0 {
		err := fmt.Errorf("%s: %w", C.GoString(step), failure(s, reports))
		n.Close()
		if o.Accelerator != CPU {
			return nil, fmt.Errorf("%w on the %s: %w; set model.accelerator: cpu", ErrAccelerator, o.Accelerator, err)
		}
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	giveBack(os.Stderr, C.GoString(reports))
	if err := errors.Join(n.describe(), n.checkAccelerator()); err != nil {
		n.Close()
		return nil, err
	}
	return n, nil
}

// failure is what went wrong when the library returned s, with what it reported of a run.
func (n *Network) failure(s C.LiteRtStatus) error {
	reports := C.litert_errors(n.library.c, n.c)
	defer C.free(unsafe.Pointer(reports))
	return failure(s, reports)
}

// failure is a status with the library's reports, which may be nil.
func failure(s C.LiteRtStatus, reports *C.char) error {
	if text := strings.TrimSpace(C.GoString(reports)); text != "" {
		return fmt.Errorf("%v: %s", status(s), strings.ReplaceAll(text, "\n", "; "))
	}
	return errors.New(status(s).String())
}

// giveBack writes what another library of the process reported while C's stderr was exchanged. LiteRT's own lines, which say
// what it did, are left out.
func giveBack(w io.Writer, reports string) {
	for line := range strings.Lines(reports) {
		if level, _, ok := strings.Cut(line, ": "); !ok || level != "VERBOSE" && level != "INFO" && level != "WARNING" {
			io.WriteString(w, line)
		}
	}
}

// describe asks for the inputs and outputs.
func (n *Network) describe() error {
	for i := range int(n.c.inputs + n.c.outputs) {
		var t C.litert_tensor
		if s := C.litert_describe(n.library.c, n.c, C.size_t(i), &t); s != 0 {
			return fmt.Errorf("%w: describing its inputs and outputs: %w", ErrModel, n.failure(s))
		}
		tensor := Tensor{Name: C.GoString(t.name), Type: Type(t._type.element_type), Bytes: int(t.bytes)}
		// The first byte of the layout holds the rank and a flag; cgo has no bit fields.
		rank := *(*uint8)(unsafe.Pointer(&t._type.layout)) & 0x7f
		for _, d := range t._type.layout.dimensions[:min(int(rank), len(t._type.layout.dimensions))] {
			tensor.Shape = append(tensor.Shape, int(d))
		}
		if i < int(n.c.inputs) {
			n.inputs = append(n.inputs, tensor)
		} else {
			n.outputs = append(n.outputs, tensor)
		}
	}
	return nil
}

// checkAccelerator refuses a network of which the CPU runs a part that another accelerator was asked for.
func (n *Network) checkAccelerator() error {
	var whole, offCPU C.bool
	if s := C.litert_delegated(n.library.c, n.c, &whole, &offCPU); s != 0 {
		return fmt.Errorf("asking LiteRT what runs the network: %v", status(s))
	}
	if n.ran != CPU && !bool(offCPU) {
		return fmt.Errorf("%w: the %s runs only a part of it; set model.accelerator: cpu", ErrAccelerator, n.ran)
	}
	return nil
}

// Inputs describes what the network takes, in the file's order.
func (n *Network) Inputs() []Tensor { return n.inputs }

// Outputs describes what the network gives, in the file's order.
func (n *Network) Outputs() []Tensor { return n.outputs }

// Ran is the accelerator that runs the network; never Auto.
func (n *Network) Ran() Accelerator { return n.ran }

// Run computes one picture: it reads a slice for each input and fills one for each output. Slices have the tensors' sizes
// in bytes. Errors wrap ErrRun.
func (n *Network) Run(inputs, outputs [][]byte) error {
	if err := errors.Join(fits("input", n.inputs, inputs), fits("output", n.outputs, outputs)); err != nil {
		return err
	}
	if n.c == nil {
		return fmt.Errorf("%w: the network is closed", ErrRun)
	}
	for i, b := range inputs {
		if s := C.litert_write(n.library.c, n.c, C.size_t(i), unsafe.Pointer(unsafe.SliceData(b)), C.size_t(len(b))); s != 0 {
			return fmt.Errorf("%w to take input %d: %w", ErrRun, i, n.failure(s))
		}
	}
	if s := C.litert_run(n.library.c, n.c); s != 0 {
		return fmt.Errorf("%w to run the network: %w", ErrRun, n.failure(s))
	}
	for i, b := range outputs {
		if s := C.litert_read(n.library.c, n.c, C.size_t(i), unsafe.Pointer(unsafe.SliceData(b)), C.size_t(len(b))); s != 0 {
			return fmt.Errorf("%w to give output %d: %w", ErrRun, i, n.failure(s))
		}
	}
	return nil
}

// fits checks the number and the sizes of a run's slices.
func fits(kind string, tensors []Tensor, slices [][]byte) error {
	if len(slices) != len(tensors) {
		return fmt.Errorf("%d %ss were given for a network of %d", len(slices), kind, len(tensors))
	}
	for i, t := range tensors {
		if len(slices[i]) != t.Bytes {
			return fmt.Errorf("%s %d has %d bytes; %v needs %d", kind, i, len(slices[i]), t, t.Bytes)
		}
	}
	return nil
}

// Close frees the network. A closed network must not be used.
func (n *Network) Close() error {
	if n.c != nil {
		C.litert_close(n.library.c, n.c)
		C.free(unsafe.Pointer(n.c))
		n.c = nil
	}
	return nil
}
