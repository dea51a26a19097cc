// Package weights reads and writes the tensors of a network: PyTorch's .pth
// files and safetensors files.
//
// A Set is an ordered list of named float32 tensors in row-major order. Names and
// layouts are those of the file (PyTorch: kernels are OIHW). ReadFile and Read
// recognise the format by the content:
//
//   - .pth as a zip archive, PyTorch 1.6 and newer
//   - .pth as a sequence of pickles, older than PyTorch 1.6 ("legacy")
//   - safetensors
//
// Set.Match picks and orders the tensors that an architecture needs. A
// MismatchError lists what does not fit. WriteSafetensors writes a Set.
//
// # Guarantees
//
// Nothing in a file is executed. A .pth is a pickle, which can name classes and
// functions. This package knows those of plain tensors (see torchObjects) and refuses
// all others by name.
//
// Input is never trusted. A claimed size is compared with the real size of the file
// before memory is allocated. A file of n bytes takes at most n values (4n bytes) for
// the Set, as much again while the largest tensor is read, and a fixed amount for
// the header (Limits.HeaderBytes). No input causes a panic.
//
// Strides and offsets of views are honoured. No two tensors of a Set share memory.
//
// # Values
//
// All types become float32. float16 and bfloat16 are exact. float64 is rounded, and
// becomes infinity beyond 3.4e38. Integers above 2^24 are rounded. Complex,
// quantised, sparse and 8-bit float tensors are refused. NaN and infinity stay.
//
// # Names
//
// A checkpoint may hold its tensors under "state_dict", "model_state_dict" or
// "model" (see stateDict). If all names begin with "module." (from DataParallel) or
// "_orig_mod." (from torch.compile), the prefix is removed.
//
// # Caveats
//
// The whole Set is held in memory. PyTorch's tar files (before 2016), TorchScript
// archives, whole pickled modules and big-endian files are refused. The error says
// how to convert them.
//
// Formats: torch/serialization.py and torch/_utils.py of PyTorch;
// https://huggingface.co/docs/safetensors ("Format").
package weights
