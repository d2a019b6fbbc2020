package main

import (
	"os"
	"strings"
	"time"
)

// localZone guesses the time zone of this machine as a name of the IANA database: from TZ, or from what
// /etc/localtime points to. It is UTC where neither says.
func (a *app) localZone() string {
	if tz, set := a.getenv("TZ"); set {
		if name := strings.TrimPrefix(tz, ":"); isZone(name) {
			return name
		}
		return "UTC"
	}
	target, err := os.Readlink("/etc/localtime")
	if _, name, ok := strings.Cut(target, "zoneinfo/"); err == nil && ok && isZone(name) && name != "Etc/UTC" {
		return name
	}
	return "UTC"
}

func isZone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil && name != "" && name != "Local"
}
