package config

import (
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"slices"

	"askahead/collectors"
	"askahead/domain"
)

// Embeddings is the server that is asked what questions mean, where the file names one.
type Embeddings struct {
	API        string            `yaml:"api"`    // "openai" or "ollama"
	Server     string            `yaml:"server"` // https://HOST/v1, http://127.0.0.1:11434
	Model      string            `yaml:"model"`
	Key        collectors.Secret `yaml:"key"`
	MaxLabel   domain.TLP        `yaml:"max_label"`  // the highest label of what is sent; none set: clear, or amber+strict for a server on this machine
	Similarity float64           `yaml:"similarity"` // the cosine from which two questions ask the same
	At         string            `yaml:"-"`          // FILE:LINE, where it stands
}

func (e *Embeddings) setDefaults() { e.Similarity = 0.86 }

// Format writes the server and the model for every verb: see Config.Format.
func (e Embeddings) Format(f fmt.State, _ rune) { io.WriteString(f, e.Model+" on "+e.Server) }

// Here says that the server is on this machine, so that nothing leaves it.
func (e *Embeddings) Here() bool {
	u, err := url.Parse(e.Server)
	if err != nil {
		return false
	}
	if u.Hostname() == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && ip.Unmap().IsLoopback()
}

func (k *checker) embeddings() {
	e := k.config.Embed
	if e == nil {
		return
	}
	e.At = k.at("embeddings")
	k.missing("embeddings", "api", "is missing; write openai, which many servers speak, or ollama")
	k.missing("embeddings", "server", "is missing; write for example http://127.0.0.1:11434")
	k.missing("embeddings", "model", "is missing; write the name of one that the server has, such as bge-m3")
	if e.API != "" && e.API != "openai" && e.API != "ollama" {
		k.wrong("embeddings.api", show(e.API)+" is not known; write openai or ollama")
	}
	if len(e.Model) > 200 {
		k.wrong("embeddings.model", "is longer than 200 bytes")
	}
	if e.Server != "" {
		k.embeddingsServer(e)
	}
	switch {
	case e.MaxLabel == domain.Red:
		k.wrong("embeddings.max_label", "red is never stored, and never sent; write clear, green, amber or amber+strict")
	case e.MaxLabel == 0 && e.Here():
		e.MaxLabel = domain.AmberStrict
	case e.MaxLabel == 0:
		e.MaxLabel = domain.Clear
	case e.MaxLabel > domain.Green && !e.Here():
		k.warn("embeddings.max_label", "sends to another machine what its authors wanted to stay within their organisations; write clear or green, or use a server on this machine")
	}
	if e.Similarity < 0.5 || e.Similarity > 1 {
		k.wrong("embeddings.similarity", "is a cosine from 0.5 to 1")
	}
}

func (k *checker) embeddingsServer(e *Embeddings) {
	const at = "embeddings.server"
	u, err := url.Parse(e.Server)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || !isPort(u.Port()):
		k.wrong(at, "is not the address of a server; write for example https://api.example.org/v1 or http://127.0.0.1:11434")
	case u.User != nil:
		k.wrong(at, "holds a user; write key: env:NAME beside it")
	case u.RawQuery != "" || u.Fragment != "":
		k.wrong(at, "has more than a host and a path")
	case u.Scheme == "http" && !e.Here() && !slices.ContainsFunc(k.config.Private, func(h string) bool { return sameHost(h, u.Hostname()) }):
		k.wrong(at, "would send questions over the network for everybody to read; use https")
	}
}
