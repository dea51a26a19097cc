// Package serving owns the checkpoint that answers queries.
//
// [Versions] holds the versions that are open. A [Version] is an open checkpoint:
// its embedder and the index of the vectors that it computed. One version serves. One
// more may be open besides, because a request asked for it by name.
//
// A promotion embeds the stored frames with another checkpoint, newest first. Queries
// go on with the old version. When no vector is missing, the new version takes over
// at once. The store remembers a promotion until it is done, so an interrupted one
// goes on when the store is opened again.
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
