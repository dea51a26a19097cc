package model

import (
	"errors"
	"fmt"
	"strings"

	tf "github.com/tensorflow/tensorflow/tensorflow/go"
	pb "github.com/tensorflow/tensorflow/tensorflow/go/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// ErrClosed means that the encoder, trainer or decoder was closed.
var ErrClosed = errors.New("model is closed")

// Runtime says where TensorFlow runs and with how many threads.
type Runtime struct {
	// Threads is how many threads one operation uses, and how many operations run
	// at a time. 0 lets TensorFlow use every core.
	Threads int
	// Device is "cpu", or "" for the first accelerator that TensorFlow lists, else
	// the CPU.
	Device string
}

// newSession opens a session with its own thread pool. So queries do not wait for
// the operations of a training step.
func newSession(g *tf.Graph, r Runtime) (*tf.Session, error) {
	config := &pb.ConfigProto{
		IntraOpParallelismThreads: int32(r.Threads),
		InterOpParallelismThreads: int32(r.Threads),
		UsePerSessionThreads:      true,
		AllowSoftPlacement:        true,
		GpuOptions:                &pb.GPUOptions{AllowGrowth: true},
	}
	if strings.EqualFold(r.Device, "cpu") {
		config.DeviceCount = map[string]int32{"GPU": 0, "TPU": 0}
	}
	encoded, err := proto.Marshal(config)
	if err != nil {
		return nil, fmt.Errorf("TensorFlow session options: %w", err)
	}
	session, err := tf.NewSession(g, &tf.SessionOptions{Config: encoded})
	if err != nil {
		return nil, fmt.Errorf("opening a TensorFlow session: %w", err)
	}
	return session, nil
}

// Device is a device that TensorFlow can compute on.
type Device struct {
	Name   string // as TensorFlow writes it: /job:localhost/.../device:CPU:0
	Type   string // CPU, GPU, TPU or a plug-in's type
	Memory int64  // bytes
}

// Devices lists what TensorFlow found on this machine.
func Devices(r Runtime) ([]Device, error) {
	if err := Load(); err != nil {
		return nil, err
	}
	session, err := newSession(tf.NewGraph(), r)
	if err != nil {
		return nil, err
	}
	defer session.Close()
	list, err := session.ListDevices()
	if err != nil {
		return nil, fmt.Errorf("listing TensorFlow's devices: %w", err)
	}
	var devices []Device
	for _, d := range list {
		devices = append(devices, Device{Name: d.Name, Type: d.Type, Memory: d.MemoryLimitBytes})
	}
	return devices, nil
}

// Placement names the device that runs the operations: the first accelerator, else
// the CPU. TensorFlow's placer makes the same choice. Operations that the
// accelerator lacks stay on the CPU.
func Placement(devices []Device) string {
	for _, d := range devices {
		if d.Type != "CPU" && !strings.HasPrefix(d.Type, "XLA_") {
			return d.Name
		}
	}
	if len(devices) > 0 {
		return devices[0].Name
	}
	return ""
}

// Version is the version of the TensorFlow library in use; "" unless it is [Loaded].
func Version() string {
	if !Loaded() {
		return ""
	}
	return tf.Version()
}
