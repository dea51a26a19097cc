// Package search finds the stored vectors that are nearest to a query, exactly. It
// also scores embeddings by nearest neighbours.
//
// # Model
//
// An Index holds L2-normalised float32 vectors of one dimension, each under an id.
// Search returns the k vectors of largest cosine similarity; equal similarities are
// ordered by id. Nearest finds the nearest others of each vector of a set. LeaveOneOut
// does so for a labelled set and counts how often the classes agree.
//
// # Why it is fast and exact
//
// Reading memory takes longer than computing: 100,000 vectors of 512 values are 205
// MB. So each vector also has 8-bit codes, a quarter of its size, and the norm of what
// the codes leave out. Vectors are stored in blocks. Codes are relative to the mean of
// their block, since frames of one camera are similar. A search first reads only the
// codes, in assembly (AVX2 on amd64, NEON on arm64). They give an interval that
// contains the similarity of the vector, by Cauchy and Schwarz
//
//	|q·x - q̂·x̂| <= |q||x - x̂| + |q - q̂||x̂|
//
// plus the rounding of the float32 sum. Only a vector whose upper bound reaches the
// k-th largest lower bound can be among the k. These are some dozens of 100,000. The
// search computes them in float32 and orders them. The result is that of a plain
// float32 scan, bit for bit: the codes only decide which vectors are skipped.
//
// # Guarantees
//
//   - Results are those of a float32 scan of all vectors by the same kernel,
//     clamped to [-1, 1]. No vector is ever missed, whatever the data.
//   - A similarity depends only on the two vectors, not on their places or on other
//     vectors: equal vectors tie.
//   - An Index is safe for concurrent use. Searches run at the same time; Add and
//     Remove run between them.
//
// # Caveats
//
//   - Kernels round differently in the last digits (relative 1e-6). Similarities may
//     differ there between machines.
//   - Codes separate similarities that differ by about 0.01, or by 0.0001 if all
//     vectors are similar. Vectors closer than that to the k-th are read in float32
//     too. If these are all vectors, a search takes about as long as a plain scan
//     (measured: up to 11 % longer).
//   - A vector takes 5 bytes for each dimension, padded to a multiple of 32, and about
//     50 bytes more.
package search
