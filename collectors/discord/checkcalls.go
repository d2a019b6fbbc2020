package discord

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"askahead/collectors"
)

// Check tries what a Collector tries, if there are channels to read, and whether Discord will call.
func (r *Receiver) Check(ctx context.Context) []collectors.Finding {
	var findings []collectors.Finding
	if len(r.channels) > 0 {
		findings = r.Collector.Check(ctx)
	}
	const what = "be called by Discord"
	v, err := r.newVisit()
	if err != nil {
		return append(findings, collectors.Failed(what, err))
	}
	app, err := v.application(ctx)
	if err != nil {
		return append(findings, collectors.Failed(what, err))
	}
	findings = append(findings, finding("know the application by its public key", "know the application by its public key", r.sameKey(app)),
		finding(what+" at "+r.calledAt, what, r.sameAddress(app)))
	for _, server := range r.offeredOn() {
		missing, surplus, err := r.differs(ctx, v, string(app.ID), server)
		if err == nil && len(missing)+len(surplus) > 0 {
			err = errors.New("they are not there yet, or are other ones: askahead run registers them when it starts")
		}
		offer := "offer its commands on server " + server
		if server == everywhere {
			if len(r.servers) > 0 && err == nil {
				continue // as it should be, there is nothing
			}
			offer = "offer its commands wherever the application was added"
		}
		findings = append(findings, finding(offer, offer, err))
	}
	return findings
}

// sameKey compares the key of the settings with that of the application. A server that only speaks Discord's language
// may not tell it.
func (r *Receiver) sameKey(app wireApplication) error {
	if app.VerifyKey == "" || strings.EqualFold(string(app.VerifyKey), fmt.Sprintf("%x", []byte(r.key))) {
		return nil
	}
	return errors.New("public_key: it is that of another application than the token's; copy it from the developer portal, General Information")
}

// sameAddress compares where the application calls with where askahead is called.
func (r *Receiver) sameAddress(app wireApplication) error {
	switch {
	case r.calledAt == "":
		return errors.New("the configuration does not say where: write web: and public_url: at the top of the file")
	case string(app.CallsAt) == r.calledAt:
		return nil
	case app.CallsAt == "":
		return fmt.Errorf("the application calls nobody yet: while askahead run is running, enter %s in the developer portal, General Information, Interactions Endpoint URL", r.calledAt)
	}
	return fmt.Errorf("the application calls another address: while askahead run is running, enter %s in the developer portal, General Information, Interactions Endpoint URL", r.calledAt)
}
