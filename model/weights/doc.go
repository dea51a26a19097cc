// Package weights reads and writes the tensors of a network: PyTorch's .pth
// files and safetensors files.
//
// A Set is an ordered list of named float32 tensors in row-major order, with
// the names and layouts of the file (PyTorch: kernels are OIHW). ReadFile and
// Read recognise the format by content:
//
//   - .pth as a zip archive, PyTorch 1.6 and newer
//   - .pth as a row of pickles, older ("legacy")
//   - safetensors
//
// Set.Match picks and orders the tensors that an architecture wants, and says
// in a MismatchError what does not fit. WriteSafetensors writes a Set.
//
// # Guarantees
//
// Nothing in a file is executed: a .pth is a pickle, and of the classes and
// functions it may name, those of plain tensors are known (see torchObjects),
// all others are refused by name. Input is never trusted: claimed sizes are
// compared with the file's real size before memory is allocated, so that a
// file of n bytes takes at most n values (4n bytes) for the Set, as much again
// while the largest tensor is read, and a fixed amount for the header
// (Limits.HeaderBytes). No input makes a panic. Strides and offsets of views are
// honoured, and no two tensors of a Set share memory.
//
// # Values
//
// All types become float32: float16 and bfloat16 exactly, float64 rounded (to
// infinity beyond 3.4e38), integers rounded above 2^24. Complex, quantised,
// sparse and 8-bit float tensors are refused. NaN and infinity are passed on.
//
// # Names
//
// A checkpoint may hold its tensors under "state_dict", "model_state_dict" or
// "model" (see stateDict), and all names may begin with "module." (from
// DataParallel) or "_orig_mod." (from torch.compile), which is cut off.
//
// # Caveats
//
// Reading holds the whole Set in memory. PyTorch's tar files (before 2016),
// TorchScript archives, whole pickled modules and big-endian files are refused,
// each with the way to convert it.
//
// Formats: torch/serialization.py and torch/_utils.py of PyTorch;
// https://huggingface.co/docs/safetensors ("Format").
package weights
