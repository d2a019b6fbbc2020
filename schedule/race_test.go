//go:build race

package schedule_test

// underRace says that everything takes ten times as long.
const underRace = true
