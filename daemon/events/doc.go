// Package events delivers the events of the service to listeners.
//
// A [Bus] hands every published event to each of its listeners, for example the log
// and the store. A new listener is one call of [Bus.Listen].
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
//     in it. The next call of the listener says how many it lost.
//   - Every listener gets its events in the order of their ids, one at a time.
//   - Close hands over all that was published before it. The queue of the store has
//     room for as many events as the store keeps, so nothing is lost that the store
//     would still have.
package events
