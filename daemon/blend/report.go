package blend

// Report says what really runs an embedder. Runtimes are known to fall back in silence;
// the status, the metrics and `edgeclr doctor` show this.
type Report struct {
	Runtime     string `json:"runtime"`     // config.RuntimeLiteRT or config.RuntimeTensorFlow
	Library     string `json:"library"`     // the version of the library
	Precision   string `json:"precision"`   // config.PrecisionFloat or config.PrecisionInt8
	Accelerator string `json:"accelerator"` // config.AcceleratorCPU or its siblings; never auto
	Threads     int    `json:"threads"`     // 0: all cores

	// Check is the comparison with TensorFlow, the worse one of a join's two. Nil for
	// TensorFlow itself.
	Check *Verdict `json:"check,omitempty"`
	// Instead says why this runs and not what was asked for; "" when it was.
	Instead string `json:"instead,omitempty"`
}

// Report says what really runs the embedder.
func (e *Embedder) Report() Report { return e.report }

// StandIn notes why the embedder runs and not what was asked for. It is called before the
// embedder is shared.
func (e *Embedder) StandIn(why string) { e.report.Instead = why }
