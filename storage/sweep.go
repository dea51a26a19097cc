package storage

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
)

// sweep removes chunks that no manifest names: those of deleted checkpoints and
// of writes that a crash ended. It removes nothing when a manifest cannot be
// read, since that one's chunks are unknown.
func (s *Store) sweep(ctx context.Context) error {
	s.chunkMu.Lock()
	defer s.chunkMu.Unlock()
	return s.sweepLocked(ctx)
}

func (s *Store) sweepLocked(ctx context.Context) error {
	const op = "sweep"
	used := map[uint64]bool{}
	err := s.view(op, func(t txn) error { return t.usedChunks(used) })
	if errors.Is(err, ErrCorrupt) {
		s.opt.Log.Warn("a list of tensors is damaged; unused ones are kept until it is gone", "error", err)
		return nil
	}
	if err != nil {
		return err
	}
	for after, more := []byte(nil), true; more; {
		var garbage [][]byte // sums
		err := s.view(op, func(t txn) (err error) {
			after, err = t.scan(bucketChunks, nil, after, pageKeys, func(key, _ []byte) error {
				seq, err := keyUint64(bucketChunks, key)
				if err == nil && !used[seq] {
					garbage = append(garbage, bytes.Clone(key))
				}
				return err
			})
			return err
		})
		if err != nil {
			return err
		}
		more = after != nil
		for len(garbage) > 0 {
			n := min(len(garbage), txBytes/maxChunk)
			if err := s.update(ctx, op, func(t txn) error { return t.dropChunks(garbage[:n]) }); err != nil {
				return err
			}
			garbage = garbage[n:]
		}
	}
	return s.sweepIndex(ctx, used)
}

// usedChunks collects what the manifests name.
func (t txn) usedChunks(used map[uint64]bool) error {
	_, err := t.scan(bucketManifests, nil, nil, -1, func(key, raw []byte) error {
		payload, err := unseal(bucketManifests, key, raw)
		if err != nil {
			return err
		}
		var m manifest
		if err := json.Unmarshal(payload, &m); err != nil {
			return corrupt(bucketManifests, key, "%v", err)
		}
		for _, rec := range m.Tensors {
			for _, ref := range rec.Chunks {
				used[ref.Seq] = true
			}
		}
		return nil
	})
	return err
}

func (t txn) dropChunks(keys [][]byte) error {
	for _, key := range keys {
		if err := t.del(bucketChunks, key); err != nil {
			return err
		}
	}
	return nil
}

// sweepIndex removes index entries whose chunk is not used.
func (s *Store) sweepIndex(ctx context.Context, used map[uint64]bool) error {
	const op = "sweep"
	var garbage [][]byte
	err := s.view(op, func(t txn) error {
		_, err := t.scan(bucketChunkIndex, nil, nil, -1, func(key, raw []byte) error {
			payload, err := unseal(bucketChunkIndex, key, raw)
			if err != nil || len(payload) != 8 || !used[binary.BigEndian.Uint64(payload)] {
				garbage = append(garbage, bytes.Clone(key))
			}
			return nil
		})
		return err
	})
	if err != nil || len(garbage) == 0 {
		return err
	}
	return s.update(ctx, op, func(t txn) error {
		for _, key := range garbage {
			if err := t.del(bucketChunkIndex, key); err != nil {
				return err
			}
		}
		return nil
	})
}
