package objective

// Tensor is a value in a graph. Only the Graph that made it can read it.
type Tensor any

// Graph adds operations to a graph. It is the vocabulary that losses are written
// in, so it has more methods than other interfaces. All values are float32. Shapes
// broadcast as in NumPy. Mistakes show when the graph is finished, not at each call.
type Graph interface {
	Const(value float64) Tensor // scalar
	Add(a, b Tensor) Tensor
	Sub(a, b Tensor) Tensor
	Mul(a, b Tensor) Tensor
	Div(a, b Tensor) Tensor
	Exp(x Tensor) Tensor
	Log(x Tensor) Tensor
	Sqrt(x Tensor) Tensor
	ReLU(x Tensor) Tensor

	// Above is 1 where x is greater than the limit, else 0. It has no gradient.
	Above(x Tensor, limit float64) Tensor
	// StopGradient is x, through which no gradient passes.
	StopGradient(x Tensor) Tensor

	// MatMul is the product of two matrices. Each is transposed first if its flag
	// is set.
	MatMul(a, b Tensor, transposeA, transposeB bool) Tensor
	// L2Normalize divides each row by its length. A row of zeros stays zero.
	L2Normalize(x Tensor) Tensor
	// Concat joins matrices along an axis.
	Concat(axis int, parts ...Tensor) Tensor
	// ExpandDims inserts a dimension of 1 at an axis.
	ExpandDims(x Tensor, axis int) Tensor

	// Sum, Mean and Max reduce one axis, which disappears.
	Sum(x Tensor, axis int) Tensor
	Mean(x Tensor, axis int) Tensor
	Max(x Tensor, axis int) Tensor

	// SoftmaxCrossEntropy is, for each row, the cross entropy between the softmax
	// of the logits and the targets, which sum to 1.
	SoftmaxCrossEntropy(logits, targets Tensor) Tensor

	// Identity is a square matrix with as many rows as x: value on the diagonal,
	// else 0.
	Identity(x Tensor, value float64) Tensor
	// OtherView is [2N,2N+Q] for x of 2N rows and extra of Q: value where the
	// column is the other view of the row's picture, else 0.
	OtherView(x, extra Tensor, value float64) Tensor
	// Views divides [2N,D] into the rows of the first views and those of the second.
	Views(x Tensor) (first, second Tensor)
	// AddPerPair adds the value of each two pictures i and j to the four entries
	// of their views. x is [2N,2N], over views. pairs holds the values, [N,N], or
	// [1,1] for one value for all.
	AddPerPair(x, pairs Tensor) Tensor
}
