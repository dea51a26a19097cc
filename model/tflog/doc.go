// Package tflog suppresses what TensorFlow writes to standard error before main
// begins. A program imports it only for that effect.
//
// On every start TensorFlow reports that oneDNN is on, while its library is being
// initialised. That is before main could set anything, and before the library
// reads TF_CPP_MIN_LOG_LEVEL. The C part of this package runs even earlier and
// applies the variable in time: 0 shows everything, 1 warnings, 2 errors, 3 fatal
// errors. The default is 2, so errors stay visible, such as that of a CPU without
// AVX.
//
// It depends on the internals of TensorFlow 2.21. With another release it does
// nothing.
package tflog

import "C"
