// Package bench renders a work bench as a camera above it sees it: the arms of a worker bring tools, parts and other things, move them
// and take them away, the worker leaves and comes back, and lamps are switched on and off.
package bench
