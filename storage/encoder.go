package storage

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"edgeclr/camera/rgb"
)

// Encoder says what computed a vector: one network. A half of a join is one. Vectors of
// two encoders are never compared.
type Encoder struct {
	Weights     string `json:"weights"`     // SHA-256 of the encoder's tensors, in hex; in int8 also of the ranges
	Size        int    `json:"size"`        // side of the square that the network sees, in pixels
	Precision   string `json:"precision"`   // PrecisionFloat, PrecisionInt8 or PrecisionHalf
	Accelerator string `json:"accelerator"` // AcceleratorCPU, AcceleratorGPU or AcceleratorNPU
	Dim         int    `json:"dim"`         // number of values of a vector, 1 to MaxVector
	// Squash: the network sees wide pictures as a whole, scaled to a square, instead of
	// their central square.
	Squash bool `json:"squash,omitempty"`
}

// Precisions of the arithmetic of an encoder.
const (
	PrecisionFloat = "float"
	PrecisionInt8  = "int8"
	PrecisionHalf  = "half" // a GPU at half precision
)

// Classes of what runs an encoder. Runtimes of one class and precision give the same
// vectors, once they are checked against each other.
const (
	AcceleratorCPU = "cpu"
	AcceleratorGPU = "gpu"
	AcceleratorNPU = "npu"
)

// Square is what the encoder sees of a picture.
func (e Encoder) Square() rgb.Square { return rgb.Square{Size: e.Size, Squash: e.Squash} }

func (e Encoder) String() string {
	whole := ""
	if e.Squash {
		whole = ", squash"
	}
	return fmt.Sprintf("encoder %.12s (%d px%s, %s on %s, %d values)", e.Weights, e.Size, whole, e.Precision, e.Accelerator, e.Dim)
}

func (e Encoder) validate() error {
	if e.Dim < 1 || e.Dim > MaxVector {
		return fmt.Errorf("%w: %v: a vector has 1 to %d values", ErrInvalid, e, MaxVector)
	}
	return nil
}

// encoders returns the encoders that the store knows, by number. It leaves out damaged
// records, which Check reports: their vectors count as missing.
func (t txn) encoders() (map[uint32]Encoder, error) {
	known := map[uint32]Encoder{}
	_, err := t.scan(bucketEncoders, nil, nil, -1, func(key, raw []byte) error {
		n, e, err := unsealEncoder(key, raw)
		if err == nil {
			known[n] = e
		} else if !errors.Is(err, ErrCorrupt) {
			return err
		}
		return nil
	})
	return known, err
}

func unsealEncoder(key, raw []byte) (n uint32, e Encoder, err error) {
	if len(key) != 4 {
		return 0, Encoder{}, corrupt(bucketEncoders, key, "key of %d bytes, want 4", len(key))
	}
	payload, err := unseal(bucketEncoders, key, raw)
	if err != nil {
		return 0, Encoder{}, err
	}
	e, err = decodeEncoder(key, payload)
	return binary.BigEndian.Uint32(key), e, err
}

func decodeEncoder(key, payload []byte) (e Encoder, err error) {
	if err := json.Unmarshal(payload, &e); err != nil {
		return Encoder{}, corrupt(bucketEncoders, key, "%v", err)
	}
	if e.validate() != nil {
		return Encoder{}, corrupt(bucketEncoders, key, "vectors of %d values", e.Dim)
	}
	return e, nil
}

// encoderNumber returns the number of an encoder, and gives it one if it has none.
func (t txn) encoderNumber(e Encoder) (uint32, error) {
	if err := e.validate(); err != nil {
		return 0, err
	}
	known, err := t.encoders()
	if err != nil {
		return 0, err
	}
	for n, other := range known {
		if other == e {
			return n, nil
		}
	}
	payload, err := json.Marshal(e)
	if err != nil {
		return 0, err
	}
	t.st.LastEncoder++
	return t.st.LastEncoder, t.put(bucketEncoders, key32(t.st.LastEncoder), payload)
}

func (t txn) encoderNumbers(list []Encoder) ([]uint32, error) {
	numbers := make([]uint32, len(list))
	for i, e := range list {
		n, err := t.encoderNumber(e)
		if err != nil {
			return nil, err
		}
		numbers[i] = n
	}
	return numbers, nil
}

// encodersOf returns the encoders with these numbers, nil if one of them is not known.
func encodersOf(known map[uint32]Encoder, numbers []uint32) []Encoder {
	var list []Encoder
	for _, n := range numbers {
		e, ok := known[n]
		if !ok {
			return nil
		}
		list = append(list, e)
	}
	return list
}

// SetRoots names the encoders that never change while training goes on. Neither
// KeepVectors nor DeleteCheckpoint deletes their vectors. It replaces those named before,
// and writes nothing when they are the same.
func (s *Store) SetRoots(ctx context.Context, encoders ...Encoder) error {
	const op = "name roots"
	for _, e := range encoders {
		if err := e.validate(); err != nil {
			return classify(op, s.path, err)
		}
	}
	before, err := s.Roots()
	if err == nil && slices.Equal(before, encoders) {
		return nil
	}
	if err != nil && !errors.Is(err, ErrCorrupt) {
		return err
	}
	payload, err := json.Marshal(encoders)
	if err != nil {
		return err
	}
	return s.update(ctx, op, func(t txn) error { return t.put(bucketMeta, keyRoots, payload) })
}

// Roots returns the encoders that SetRoots named last.
func (s *Store) Roots() (list []Encoder, err error) {
	err = s.view("read roots", func(t txn) error {
		list, err = t.roots()
		return err
	})
	return list, err
}

func (t txn) roots() (list []Encoder, err error) {
	payload, err := t.get(bucketMeta, keyRoots)
	if payload == nil || err != nil {
		return nil, err
	}
	if err := json.Unmarshal(payload, &list); err != nil {
		return nil, corrupt(bucketMeta, keyRoots, "%v", err)
	}
	return list, nil
}
