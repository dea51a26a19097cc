package storage

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
)

// sweep removes the chunks that no manifest names: those of deleted checkpoints,
// and those of writes that a crash ended. It removes nothing if a manifest cannot
// be read, because the chunks of that one are unknown.
func (s *Store) sweep(ctx context.Context) error {
	s.chunkMu.Lock()
	defer s.chunkMu.Unlock()
	return s.sweepLocked(ctx)
}

// sweepLocked is sweep for a caller that holds chunkMu.
func (s *Store) sweepLocked(ctx context.Context) error {
	const op = "remove unused tensors from"
	used := map[uint64]bool{}
	err := s.view(op, func(t txn) error { return t.usedChunks(used) })
	if errors.Is(err, ErrCorrupt) {
		s.opt.Log.Warn("a list of tensors is damaged; unused tensors stay until that list is deleted", "error", err)
		return nil
	}
	if err != nil {
		return err
	}
	unused := pages[[]byte]{bucket: bucketChunks, size: pageKeys,
		decode: func(_ txn, key, _ []byte) ([]byte, bool, error) {
			seq, err := keyUint64(bucketChunks, key)
			return bytes.Clone(key), !used[seq], err
		}}
	err = unused.eachPage(ctx, s, op, func(keys [][]byte) error {
		for len(keys) > 0 {
			n := min(len(keys), txBytes/maxChunk)
			if err := s.update(ctx, op, func(t txn) error { return t.del(bucketChunks, keys[:n]...) }); err != nil {
				return err
			}
			keys = keys[n:]
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.sweepIndex(ctx, used)
}

// usedChunks collects the chunks that the manifests name.
func (t txn) usedChunks(used map[uint64]bool) error {
	_, err := t.scan(bucketManifests, nil, nil, -1, func(key, raw []byte) error {
		payload, err := unseal(bucketManifests, key, raw)
		if err != nil {
			return err
		}
		m, err := decodeManifest(key, payload)
		if err != nil {
			return err
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

// sweepIndex removes the index entries of chunks that are not used.
func (s *Store) sweepIndex(ctx context.Context, used map[uint64]bool) error {
	const op = "remove unused tensors from"
	var unused [][]byte
	err := s.view(op, func(t txn) error {
		_, err := t.scan(bucketChunkIndex, nil, nil, -1, func(key, raw []byte) error {
			payload, err := unseal(bucketChunkIndex, key, raw)
			if err != nil || len(payload) != 8 || !used[binary.BigEndian.Uint64(payload)] {
				unused = append(unused, bytes.Clone(key))
			}
			return nil
		})
		return err
	})
	if err != nil || len(unused) == 0 {
		return err
	}
	return s.update(ctx, op, func(t txn) error { return t.del(bucketChunkIndex, unused...) })
}
