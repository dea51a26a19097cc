// Package storage keeps everything that EdgeCLR must not lose in one bbolt
// file: frames and their pictures, labels, sightings, embeddings, checkpoints,
// pictures to learn from, the learner's state, events and counters.
//
// # Model
//
// A store is a folder:
//
//	edgeclr.db    the bbolt file
//	edgeclr.id    the store's id, which tells a lost file from a new store
//	edgeclr.lock  flock, and a JSON note about the process that owns the store
//
// One process owns a store and writes to it. While nobody owns it, any number
// of processes can read it: see [Open] and Options.ReadOnly. A [Store] is safe
// for concurrent use by any number of readers. Writers take turns.
//
// Frames are numbered in the order they are stored ([FrameID]). The order never
// depends on times, because the wall clock of a board without a battery jumps.
// A time decides one thing alone: which frames [Store.Retain] deletes by age,
// and that rule guards against jumps (see [Retention]).
//
// A vector belongs to a frame and an [Encoder], so the vectors of two encoders are
// never mixed. The vectors of the two halves of a join are stored alone. Checkpoints
// that share the pretrained half share its vectors. Releases before schema 4 stored
// vectors by checkpoint, both halves in one row. Such rows stay, and are split when
// they are read ([Store.LinkVectors]).
//
// The tensors of checkpoints are cut into chunks. A chunk is named by its SHA-256,
// and equal chunks are stored once.
//
// A frame can have a second, small picture that the learner trains on
// ([ReplayPicture]). It does not depend on what is kept of the first one:
// learning works even if store.frames keeps no pictures. The learner decides
// which frames have such a picture ([Store.DropReplay]). Retention deletes it
// in the same transaction as its frame, so what a user wants forgotten is not
// learned from any longer.
//
// # Guarantees
//
//   - A call that returned nil survives a crash and a power cut, as far as the
//     disk keeps what it acknowledged.
//   - A call that failed changed nothing, unless its comment says that it works
//     in slices. bbolt has one exception: when the last sync of a commit fails,
//     the change can be visible although the call failed. The store then
//     refuses more writes ([ErrUnsafe]).
//   - A flipped bit gives [ErrCorrupt], never wrong bytes. Every value carries a
//     CRC-32C over its bucket, key and payload, and every read verifies it. A
//     chunk of a tensor is also verified by its SHA-256.
//   - [Open] refuses a truncated, emptied or otherwise damaged file before bbolt
//     maps it. Damage that is found later becomes an error, not a crash: every
//     transaction catches faults of the memory map.
//   - A store written by a newer release is refused with [ErrNewerSchema]. A
//     store of an older release opens, and the first write upgrades it.
//
// # Caveats
//
//   - The file never shrinks by itself, but deleted pages are used again.
//     Retention compares live bytes ([Store.Usage]). [Compact] shrinks an idle
//     store.
//   - Some changes wait in memory for the next write, [Store.Flush] or
//     [Store.Close], and a crash loses them: those of [Store.AddCount],
//     [Store.AddSighting] and [Store.DropReplay]. Readers see them at once.
//     This saves an SD card one commit for each frame that is left out.
//   - The store needs 64-bit little-endian Linux (amd64, arm64) and a local file
//     system: flock and mmap are not trustworthy over NFS.
//
// Sizes are in bytes and times in UTC. The number of a frame and the name of a
// checkpoint are never used again.
//
// # Inside
//
// All access goes through two functions of txn.go: view runs a read transaction,
// and update a write transaction. update also stores the pending changes and the
// state, which holds the counts and the last numbers given (state.go).
// Work on many records is cut into slices, so that no transaction is long
// (pages.go). schema.go lists the buckets. A file that is named after a kind of
// record has its type, its calls and its encoding.
//
// The subpackages do not import bbolt: record encodes values and their checksums,
// boltfile verifies the structure of a file before bbolt maps it, and lock gives
// the folder to one writer.
package storage
