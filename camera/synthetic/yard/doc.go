// Package yard renders the yard of a workshop as a camera on a wall sees it: people cross and wait, cars, vans and trucks come, park
// and go, the sun moves, lamps are switched on, and it rains, snows or is foggy. A day takes four minutes, but people and vehicles
// move at their usual speed.
package yard
