// Package session runs the daemon for a time, as a user gets it, and records what it did:
// its rounds with the judge's verdicts, and every checkpoint that served. The store is
// temporary. It keeps every candidate, so that a benchmark can ask afterwards how good it
// was, and whether the judge was right. Nothing is evaluated while the daemon learns.
package session
