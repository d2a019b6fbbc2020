package schedule

import "crypto/rand"

// stranger names a process about which nothing can be found out later: its leases end when they expire.
func stranger() string { return "process/" + rand.Text() }
