package heartbeat

import "time"

// How long a loop may give no sign of life before it is late. The times are
// generous: boards and SD cards are slow, and the watchdog ends the whole program.
const (
	// LoopTime is for a turn of a loop in which nothing long is to do. Loops that
	// wait tick more often.
	LoopTime = time.Minute
	// WorkTime is for work whose length is not known before: loading, the first
	// step of a training, judging a part.
	WorkTime = 10 * time.Minute
	// LeastTime is the least that KnownTime gives.
	LeastTime = 2 * time.Minute
	// slowdown is how many times as long as the last time work may take.
	slowdown = 20
)

// KnownTime is for work that took that long the last time.
func KnownTime(last time.Duration) time.Duration { return max(LeastTime, slowdown*last) }
