// Package tflog quiets what TensorFlow writes to standard error before main
// begins. A program imports it for that effect alone.
//
// TensorFlow tells on every start, while its library is being initialised, that oneDNN
// is on: before main could set anything, and before the library reads
// TF_CPP_MIN_LOG_LEVEL. The C part runs earlier still and applies that variable in
// time (0 everything, 1 warnings, 2 errors, 3 fatal errors; 2 when it is not
// set). Errors stay visible, such as that of a CPU without AVX.
//
// It reaches into TensorFlow 2.21. With another release it does nothing.
package tflog

import "C"
