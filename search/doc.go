// Package search finds the stored vectors nearest to a query, exactly, and
// scores embeddings by their nearest neighbours.
//
// # Model
//
// An Index holds L2-normalised float32 vectors of one dimension, each under an
// id. Search gives the k of largest cosine similarity, equal similarities by
// smaller id. LeaveOneOut asks the same of every vector of a labelled set
// against all others, and counts how often the classes agree.
//
// # How it is fast and still exact
//
// A search reads memory more than it computes: 100,000 vectors of 512 are 205
// MB. So each vector has a shadow of 8-bit codes, a quarter of the size, with
// the norm of what the codes leave out. Vectors are stored in blocks, and codes
// are relative to the mean of their block, since frames of one camera are
// alike. The search reads the codes alone, in assembly (AVX2 on amd64, NEON on
// arm64), and gets for each vector an interval in which its similarity must
// lie: by Cauchy and Schwarz
//
//	|q·x - q̂·x̂| <= |q||x - x̂| + |q - q̂||x̂|
//
// plus the rounding of the float32 sum. Only vectors whose upper end reaches
// the k-th largest lower end can be among the k; those, some dozens of 100,000,
// are computed in float32, and their order is the answer. It is the answer of a
// plain float32 scan, bit for bit: the codes only decide what need not be
// looked at.
//
// # Guarantees
//
//   - Results are those of a float32 scan of all vectors by the same kernel,
//     clamped to [-1, 1]; no neighbour is ever missed, whatever the data.
//   - A similarity depends on the two vectors only, not on where they are
//     stored or what else is: equal vectors tie.
//   - An Index is safe for concurrent use; any number of searches run beside
//     each other, Add and Remove between them.
//
// # Caveats
//
//   - Kernels round differently in the last digits (relative 1e-6), so
//     similarities of two machines may differ there.
//   - The codes tell vectors apart whose similarities differ by about 0.01, or
//     down to 0.0001 when all are alike. What lies closer to the k-th neighbour
//     is read in float32 too; when that is everything, a search takes about as
//     long as a plain scan (measured: up to 11 % more).
//   - A vector takes 5 bytes a dimension, padded to a multiple of 32, and about
//     50 more.
package search
