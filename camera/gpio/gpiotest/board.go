// Package gpiotest has a board whose pins a test moves. It is built on periph's package
// of the same name. Only tests import it.
package gpiotest

import (
	"fmt"
	"slices"
	"sync"

	periph "periph.io/x/conn/v3/gpio"
	fake "periph.io/x/conn/v3/gpio/gpiotest"

	"edgeclr/camera/gpio"
)

// queuedEdges is how many edges may wait to be read.
const queuedEdges = 64

// Board implements [gpio.Board].
type Board struct {
	pins map[string]*fake.Pin

	mu       sync.Mutex
	released []string
}

// New makes a board with pins that are low.
func New(names ...string) *Board {
	b := &Board{pins: map[string]*fake.Pin{}}
	for i, name := range names {
		b.pins[name] = &fake.Pin{N: name, Num: i, EdgesChan: make(chan periph.Level, queuedEdges)}
	}
	return b
}

// Pin implements [gpio.Board].
func (b *Board) Pin(name string) (periph.PinIO, error) {
	if pin, ok := b.pins[name]; ok {
		return pin, nil
	}
	return nil, fmt.Errorf("%w %s", gpio.ErrUnknown, name)
}

// Release implements [gpio.Board].
func (b *Board) Release(pin periph.PinIO) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.released = append(b.released, pin.Name())
}

// Released lists the names of the released pins.
func (b *Board) Released() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Sorted(slices.Values(b.released))
}

// Alias gives a pin one more name.
func (b *Board) Alias(name, other string) { b.pins[other] = b.pins[name] }

// Edge changes the level of an input with an edge.
func (b *Board) Edge(name string, high bool) { b.pins[name].EdgesChan <- periph.Level(high) }

// Set changes the level of a pin without an edge.
func (b *Board) Set(name string, high bool) {
	pin := b.pins[name]
	pin.Lock()
	defer pin.Unlock()
	pin.L = periph.Level(high)
}

// High reports whether a pin is high.
func (b *Board) High(name string) bool { return bool(b.pins[name].Read()) }
