// Package storage keeps everything EdgeCLR must not lose in one bbolt file:
// frames and their pictures, how often they were seen again, pictures to learn
// from, embeddings by checkpoint, checkpoints, the learner's state, labels,
// events and counters.
//
// # Model
//
// A store is a folder:
//
//	edgeclr.db    the bbolt file
//	edgeclr.id    the store's id, so that a lost file is told from a new store
//	edgeclr.lock  flock and a JSON note of the process that owns the store
//
// One process owns a store and writes; [Open] with ReadOnly shares it among
// readers while nobody owns it. A [Store] is safe for concurrent use: any
// number of readers, one write transaction at a time.
//
// Frames are numbered by a sequence that never goes back ([FrameID]). Order is
// always by that number: the wall clock of a board without a battery jumps, so
// times are labels and decide nothing but [Store.Retain]'s age rule, which is
// guarded (see [Retention]).
//
// An embedding's key holds the checkpoint it came from; vectors of two
// checkpoints cannot be mixed by accident. Tensors are cut into chunks named by
// their SHA-256, and equal chunks are stored once.
//
// A frame may have a second, small picture that it is learned from
// ([ReplayPicture]), whatever is kept of the first: learning needs neither full
// pictures nor store.frames to keep any. Which frames have one the learner
// decides ([Store.DropReplay]); it never outlives its frame. Retention deletes
// both in one transaction, by age and by size: what the user wants forgotten must
// not go on in another place.
//
// # Guarantees
//
//   - A call that returned nil survives a crash and a power cut, as far as the
//     disk keeps what it acknowledged. A call that failed changed nothing,
//     except where its comment says it works in slices. One gap is bbolt's own:
//     when the very last sync of a commit fails, the change may be visible
//     although it was reported as failed; the store then refuses more writes.
//   - Every value carries a CRC-32C over bucket, key and payload, verified at
//     each read; a chunk of a tensor is also verified by its SHA-256. A flipped
//     bit gives [ErrCorrupt], never wrong bytes.
//   - A truncated, emptied or otherwise damaged file is refused by [Open]
//     before bbolt maps it. Damage met later becomes an error, not a crash:
//     faults of the memory map are caught in every transaction.
//   - A store written by a newer release is refused with [ErrNewerSchema]; one
//     of an older release opens, and is of this one's from the first write on.
//
// # Caveats
//
//   - The file never shrinks by itself: deleted pages are used again. Sizes
//     that retention compares are live bytes ([Store.Usage]); [Compact] shrinks
//     an idle store.
//   - Counts given to [Store.AddCount] and [Store.AddSighting] stay in memory
//     until the next write, [Store.Flush] or Close: a crash loses them. This
//     saves an SD card from one commit for each dropped frame. Pictures given to
//     [Store.DropReplay] are gone at once for readers, and from the file in the
//     same way.
//   - 64-bit little-endian Linux is assumed (amd64, arm64), and a local file
//     system: flock and mmap over NFS are not trustworthy.
//
// Sizes are bytes, times are UTC, identifiers are never used twice.
package storage
