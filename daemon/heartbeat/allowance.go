package heartbeat

import "time"

// How long a loop may be without a tick before it is late. The times are generous:
// boards and SD cards are slow, and the watchdog ends the whole program.
const (
	// LoopTime is for one iteration of a loop that does no long work. Loops that
	// wait tick more often.
	LoopTime = time.Minute
	// WorkTime is for work of unknown length: loading, the first step of a training,
	// judging a batch of pictures.
	WorkTime = 10 * time.Minute
	// LeastTime is the least that KnownTime gives.
	LeastTime = 2 * time.Minute
	// slowdown is how many times longer than the last time work may take.
	slowdown = 20
)

// KnownTime is for work that took that long the last time: 20 times as long, and at
// least LeastTime.
func KnownTime(last time.Duration) time.Duration { return max(LeastTime, slowdown*last) }
