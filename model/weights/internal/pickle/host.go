package pickle

// Host gives a meaning to the opcodes that leave plain data. The package
// itself knows collections.OrderedDict, which becomes a *Dict.
type Host interface {
	// Global returns the value that stands for a class or function. It must
	// refuse every name it does not know.
	Global(module, name string) (any, error)

	// Call applies what Global returned. It must not copy args without bound:
	// a small pickle can call thousands of times with the same large tuple.
	Call(function any, args Tuple) (any, error)

	// Persistent returns what a persistent identifier stands for.
	Persistent(id any) (any, error)
}

// orderedDict stands for the class collections.OrderedDict.
type orderedDict struct{}
