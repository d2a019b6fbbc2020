// Package monitor answers the machines that look after askahead: Prometheus, which wants figures; whoever asks whether
// the process is alive and ready to work; and systemd, which wants to be told.
//
// Figures of what is stored are asked of the store when somebody wants them (Source), so that they cannot drift from
// it. Only what leaves no row, such as how long a run took, is counted here, by Ran.
//
// Names of sessions, sources and editions stand in labels, and nothing that anybody wrote. Names that are not in the
// configuration are counted together, as "other": there are never more series than the configuration has lines.
package monitor
