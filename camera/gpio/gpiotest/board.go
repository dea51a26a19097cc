// Package gpiotest has a board whose pins tests move. It stands on periph's
// package of the same name; only tests import it.
package gpiotest

import (
	"fmt"
	"slices"
	"sync"

	periph "periph.io/x/conn/v3/gpio"
	fake "periph.io/x/conn/v3/gpio/gpiotest"

	"edgeclr/camera/gpio"
)

// edges that may wait until they are looked at.
const edges = 64

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
		b.pins[name] = &fake.Pin{N: name, Num: i, EdgesChan: make(chan periph.Level, edges)}
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

// Released lists the pins that were given back, by name.
func (b *Board) Released() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Sorted(slices.Values(b.released))
}

// Alias gives a pin one more name.
func (b *Board) Alias(name, other string) { b.pins[other] = b.pins[name] }

// Edge moves an input, as what is wired to it would.
func (b *Board) Edge(name string, high bool) { b.pins[name].EdgesChan <- periph.Level(high) }

// Set changes the level of a pin without an edge.
func (b *Board) Set(name string, high bool) {
	pin := b.pins[name]
	pin.Lock()
	defer pin.Unlock()
	pin.L = periph.Level(high)
}

// High tells the level of a pin.
func (b *Board) High(name string) bool { return bool(b.pins[name].Read()) }
