// Package ingest takes frames from the sources into the store.
//
// The way of a frame:
//
//  1. A source delivers it (sources.go). Requests that wait for a picture get it too
//     (frametaps.go).
//  2. The trigger lets it pass, if there is one. It waits in a queue (queues.go).
//  3. The writer takes a batch from the queue (writer.go).
//  4. The batch is decoded and cut to what the store keeps (commit.go, keeper.go).
//  5. The gate leaves out near-duplicates (duplicategate.go).
//  6. The version that serves embeds the rest. The store takes frames, vectors and
//     cursor in one transaction. Index and corpus take what was stored (add.go).
//
// # Who owns what
//
// An [Ingest] owns the sources, the board's pins, the queues and the gate. Each
// source has one goroutine, and one more writes the batches. [Ingest.Close] stops
// them and waits. The version that serves and the corpus belong to others: see
// [Serving] and [Corpus].
//
// # What holds at any moment
//
//   - A frame that is acknowledged is in the store with its bytes, its vector and
//     its place in the source's cursor, all committed together.
//   - A batch that failed may be committed again: nothing is stored twice, and no
//     file is counted twice.
//   - A live source never waits. When the board is too slow, the oldest frame is
//     dropped and counted. A folder waits, and its files are never dropped.
//   - A near-duplicate from a live source is not stored. It is counted as a
//     sighting of the stored frame it repeats. The files of a folder are all stored,
//     and near-duplicates among them are not learned from.
package ingest
