// Package serving owns the checkpoint that answers queries.
//
// [Versions] holds the versions that are open. A [Version] is an open checkpoint:
// its embedder and the index of its vectors. One version serves. One
// more may be open besides, because a request asked for it by name.
//
// A promotion computes the vectors that the store lacks by the encoders of another
// checkpoint, newest first. Of a join that is the adapted half alone. Queries go on with
// the old version. When no vector is missing, the new version takes over at once. The
// store remembers a promotion until it is done, so an interrupted one goes on when the
// store is opened again. The vectors of what served before stay.
//
// The configuration can ask for another precision or accelerator than that of the stored
// vectors. Then the checkpoint serves as before, and is promoted with its other encoders
// ([Open], [Versions.Mend]).
//
// What holds at any moment:
//   - Vectors of two encoders are never compared. A query uses one version from
//     start to end.
//   - Every stored frame has a vector of the version that serves, except those
//     whose vector was damaged or whose picture cannot be read.
//   - No index holds a frame that was deleted from the store.
//   - Only one goroutine at a time changes which version serves.
//
// The package also finds the first weights of a store ([Pretrained],
// [EnsureCheckpoint]) and deletes checkpoints that are not needed any more
// ([Versions.Prune]).
package serving
