// Package metadata holds the tables of a model's metadata (TFLITE_METADATA), as code that
// reads and writes them.
//
// flatc makes it from the schema in the wheel of MediaPipe, whose tasks read these tables.
// Do not edit it: run `make generate`. The file SHA256 holds the hash of the wheel and of
// the code; `make lint` compares them, so that it need not fetch the wheel.
package metadata
