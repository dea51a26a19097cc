// Package schema holds the tables of a .tflite file, as code that reads and writes them.
//
// flatc makes it from TensorFlow's schema.fbs. Do not edit it: run `make generate`.
// `make lint` fails when it differs from what flatc makes. A file names what it needs by
// these tables and by versions of its operators, so an older schema is enough: a runtime
// reads every file that an older one could have read.
//
// The readers of these tables trust the file. Package verify checks a foreign file first.
package schema

//go:generate ../generate.sh
