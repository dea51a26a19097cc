// Package events tells whoever listens what happens in the service.
//
// A [Bus] hands every event that is published to each of its listeners: the log
// and the store, later the page and others. A new listener is one call of
// [Bus.Listen].
//
// # Who owns what
//
// The bus gives an event its id and time. Each [Subscription] owns one queue and
// one goroutine, which calls the listener. [Subscription.Close] and [Bus.Close]
// wait for it.
//
// # What holds at any moment
//
//   - Publish never blocks. A listener whose queue is full loses the oldest event
//     that waits, and learns with the next one how many it lost.
//   - Every listener gets its events in the order of their ids, one at a time.
//   - Close hands over all that was published before it. The queue of the store has
//     room for as many events as the store keeps, so nothing is lost that the store
//     would still have.
package events
