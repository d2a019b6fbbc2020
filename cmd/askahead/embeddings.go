package main

import (
	"context"
	"net/url"
	"strings"
	"time"

	"askahead/config"
	"askahead/embeddings"
	"askahead/internal/guesthttp"
	"askahead/pipeline"
	"askahead/topics"
)

// embeddingsWait is how long the vectors of one page are waited for.
const embeddingsWait = 20 * time.Second

// useEmbeddings lets the line group by meaning too, where the configuration names a server.
func (e *env) useEmbeddings() {
	set := e.cfg.Embed
	if set == nil {
		return
	}
	e.line.Grouper = topics.NewMeaning(set.Similarity)
	e.line.Meaning = &pipeline.Meaning{Embedder: e.embedder(), Model: set.Model, Kept: e.store, Audience: set.MaxLabel,
		Named: !set.Here(), Wait: embeddingsWait, Now: e.app.now, Log: e.log}
}

// embedder is the server that the configuration names. One on this machine is visited without further leave; the
// client is its own, so that nobody else gets that leave.
func (e *env) embedder() *embeddings.Server {
	set := e.cfg.Embed
	allow := e.cfg.Private
	if u, err := url.Parse(set.Server); err == nil && set.Here() {
		allow = append(allow[:len(allow):len(allow)], u.Hostname())
	}
	client := guesthttp.New(guesthttp.Options{Version: version, Contact: e.cfg.Contact, Allow: allow, Hosts: e.hosts, Now: e.app.now})
	return &embeddings.Server{API: embeddings.API(set.API), URL: set.Server, Model: set.Model, Key: set.Key.Reveal(),
		Client: client, Now: e.app.now}
}

// checkEmbeddings says what is sent where, and asks the server for the vector of a sentence that nobody wrote.
func (e *env) checkEmbeddings(ctx context.Context) []finding {
	set := e.cfg.Embed
	vectors, err := e.embedder().Embed(ctx, []string{"Who decides what is done with the data?"})
	if err != nil {
		return []finding{e.whatIsSent(), fails("ask it for the meaning of a sentence", err)}
	}
	return []finding{e.whatIsSent(), works("ask it for the meaning of a sentence: model %s, %d dimensions", set.Model, len(vectors[0].At))}
}

// whatIsSent says plainly what leaves, and where to.
func (e *env) whatIsSent() finding {
	set := e.cfg.Embed
	where, names := "leave this machine for ", "; questions under the Chatham House Rule stay here"
	if set.Here() {
		where, names = "are sent on this machine to ", ""
	}
	return works("the texts of panel questions up to TLP:%s %s%s, without names and addresses; what is unlabelled stays here%s, and nothing else is sent",
		strings.ToUpper(set.MaxLabel.String()), where, serverOf(set), names)
}

func serverOf(set *config.Embeddings) string {
	u, err := url.Parse(set.Server)
	if err != nil {
		return set.Server
	}
	return u.Host
}
