// Package record is the encoding of the values in a store.
//
// A value is a CRC-32C and a payload. The checksum covers the payload, its bucket
// and its key, so a value that damage to the tree moves to another key does not
// verify. bbolt itself has no checksum on values.
//
//	value := record.Reserve(n)               // room for the checksum and n bytes
//	value = record.AppendString(value, name) // the payload
//	record.Seal(bucket, key, value)          // the checksum
//
// [Unseal] verifies a value and returns its payload, and a [Reader] decodes it.
// Integers are varints, strings are prefixed with their length, float32 values
// are little-endian.
package record
