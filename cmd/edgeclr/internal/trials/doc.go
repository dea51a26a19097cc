// Package trials has what long measurements share. A [Table] keeps each finished trial in
// a folder, so that a later call goes on with a half-finished table. [Mean] and
// [Difference] give values with their standard errors.
package trials
