package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"edgeclr/internal/tensor"
	"edgeclr/storage/record"
)

// maxChunk is the size of a chunk of a tensor, in bytes. The last chunk of a
// tensor may be shorter.
const maxChunk = 128 << 10

// manifest lists the tensors of a checkpoint or of a saved state.
type manifest struct {
	Tensors []tensorRecord `json:"tensors"`
}

// tensorRecord names the chunks that hold the values of a tensor, in order, as
// little-endian float32.
type tensorRecord struct {
	Name   string     `json:"name"`
	Shape  []int      `json:"shape"`
	Chunks []chunkRef `json:"chunks"`
}

// chunkRef names a chunk by its number, which is its key, and by the SHA-256 of
// its content. Numbers ascend, so new chunks lie together and writing them leaves
// the pages of old ones alone. Ordered by hash they would be spread over all
// pages.
type chunkRef struct {
	Seq uint64 `json:"n"`
	Sum []byte `json:"sha256"`
}

// putChunks stores the bytes of tensors, a few MiB in a transaction. It returns
// the manifest, which the caller stores last: a crash before that leaves chunks
// that no manifest names, and sweep removes them. The caller holds chunkMu.
func (s *Store) putChunks(ctx context.Context, op string, ts []tensor.Tensor) ([]byte, error) {
	m := manifest{Tensors: make([]tensorRecord, len(ts))}
	for i, t := range ts {
		if err := validTensor(t); err != nil {
			return nil, fmt.Errorf("tensor %d of %d: %w", i+1, len(ts), err)
		}
		m.Tensors[i] = tensorRecord{Name: t.Name, Shape: t.Shape, Chunks: []chunkRef{}}
	}
	next, at := 0, 0 // the next value to store: which tensor, and where in it
	for next < len(ts) {
		err := s.update(ctx, op, func(t txn) error {
			for room := txBytes; room > 0 && next < len(ts); {
				values := ts[next].Data[at:min(at+maxChunk/4, len(ts[next].Data))]
				if len(values) > 0 {
					ref, err := t.putChunk(record.AppendFloats(record.Reserve(4*len(values)), values))
					if err != nil {
						return err
					}
					m.Tensors[next].Chunks = append(m.Tensors[next].Chunks, ref)
				}
				room -= 4*len(values) + 64
				if at += len(values); at == len(ts[next].Data) {
					next, at = next+1, 0
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return json.Marshal(m)
}

func validTensor(t tensor.Tensor) error {
	if err := t.Check(); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if !utf8.ValidString(t.Name) {
		return fmt.Errorf("%w: name %q is not UTF-8", ErrInvalid, t.Name)
	}
	return nil
}

// putChunk stores a chunk that was made with record.Reserve, or finds an equal
// one.
func (t txn) putChunk(value []byte) (chunkRef, error) {
	sum := sha256.Sum256(value[record.SumSize:])
	ref := chunkRef{Sum: sum[:]}
	known, err := t.get(bucketChunkIndex, sum[:])
	if err != nil && !errors.Is(err, ErrCorrupt) {
		return chunkRef{}, err
	}
	if len(known) == 8 {
		ref.Seq = binary.BigEndian.Uint64(known)
		// A chunk that was damaged on the disk must not be used again.
		old, err := t.get(bucketChunks, key64(ref.Seq))
		if err == nil && bytes.Equal(old, value[record.SumSize:]) {
			return ref, nil
		}
	}
	t.st.LastChunk++
	ref.Seq = t.st.LastChunk
	if err := t.putReserved(bucketChunks, key64(ref.Seq), value); err != nil {
		return chunkRef{}, err
	}
	return ref, t.put(bucketChunkIndex, sum[:], key64(ref.Seq))
}

// tensors reads the tensors that a manifest names, each in its own transaction.
// The caller holds chunkMu for reading, so no chunk is swept meanwhile.
func (s *Store) tensors(ctx context.Context, op string, m *manifest) ([]tensor.Tensor, error) {
	ts := make([]tensor.Tensor, len(m.Tensors))
	for i, rec := range m.Tensors {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		err := s.view(op, func(t txn) (err error) {
			ts[i], err = t.tensor(rec)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return ts, nil
}

func (t txn) tensor(rec tensorRecord) (tensor.Tensor, error) {
	n, ok := tensor.Elements(rec.Shape)
	if !ok || n > len(rec.Chunks)*maxChunk/4 {
		return tensor.Tensor{}, corrupt(bucketManifests, nil, "tensor %q: shape %v in %d chunks", rec.Name, rec.Shape, len(rec.Chunks))
	}
	data := make([]float32, n)
	at := 0
	for _, ref := range rec.Chunks {
		payload, err := t.chunk(ref)
		if err != nil {
			return tensor.Tensor{}, fmt.Errorf("tensor %q: %w", rec.Name, err)
		}
		k := len(payload) / 4
		if at+k > n || len(payload)%4 != 0 {
			return tensor.Tensor{}, corrupt(bucketChunks, key64(ref.Seq), "tensor %q: too many bytes", rec.Name)
		}
		record.DecodeFloats(data[at:at+k], payload)
		at += k
	}
	if at != n {
		return tensor.Tensor{}, corrupt(bucketManifests, nil, "tensor %q: %d of %d values", rec.Name, at, n)
	}
	return tensor.Tensor{Name: rec.Name, Shape: rec.Shape, Data: data}, nil
}

// chunk reads a chunk and verifies its SHA-256.
func (t txn) chunk(ref chunkRef) ([]byte, error) {
	key := key64(ref.Seq)
	payload, err := t.get(bucketChunks, key)
	if err != nil {
		return nil, err
	}
	if payload == nil {
		return nil, corrupt(bucketChunks, key, "missing")
	}
	if sum := sha256.Sum256(payload); !bytes.Equal(sum[:], ref.Sum) {
		return nil, corrupt(bucketChunks, key, "SHA-256 differs")
	}
	return payload, nil
}

// manifest reads a manifest, or returns nil if there is none.
func (t txn) manifest(key []byte) (*manifest, error) {
	payload, err := t.get(bucketManifests, key)
	if payload == nil || err != nil {
		return nil, err
	}
	return decodeManifest(key, payload)
}

// requireManifest is manifest with ErrCorrupt for a missing one.
func (t txn) requireManifest(key []byte) (*manifest, error) {
	m, err := t.manifest(key)
	if err == nil && m == nil {
		err = corrupt(bucketManifests, key, "missing")
	}
	return m, err
}

func decodeManifest(key, payload []byte) (*manifest, error) {
	m := new(manifest)
	if err := json.Unmarshal(payload, m); err != nil {
		return nil, corrupt(bucketManifests, key, "%v", err)
	}
	return m, nil
}
