package daemon

import (
	"sync"

	"edgeclr/model"
)

// placement tells where TensorFlow computes. It does not load TensorFlow.
type placement struct {
	runtime model.Runtime

	mu   sync.Mutex
	name string
}

// device names the device; "" while TensorFlow is not loaded.
func (p *placement) device() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.name == "" && model.Loaded() {
		if devices, err := model.Devices(p.runtime); err == nil {
			p.name = model.Placement(devices)
		}
	}
	return p.name
}
