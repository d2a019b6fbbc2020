// Package example is the session that `askahead demo` shows: a workshop with its agenda, three mailing lists,
// a hashtag and two chat channels, as their servers hand them out. The workshop is real, IGF 2018 WS #164;
// everyone who asks is made up, and so is every word that they say.
package example

import "embed"

// FS holds askahead.yaml and the sources that it names, with the paths that it names them by.
//
//go:embed askahead.yaml sources
var FS embed.FS

// Config is askahead.yaml.
//
//go:embed askahead.yaml
var Config []byte
