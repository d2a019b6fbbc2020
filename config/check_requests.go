package config

import "slices"

// mailKinds read mailboxes, in which requests may arrive.
func mailKinds() []string { return []string{"imap", "maildir"} }

// requests checks where people ask askahead itself by mail.
func (k *checker) requests() {
	c := k.config
	if c.Requests.Address == "" {
		return
	}
	if !isAddress(c.Requests.Address) {
		k.wrong("requests.address", show(c.Requests.Address)+" is not a mail address")
		return
	}
	if c.SMTP == nil && !k.bad["smtp"] && !k.has("smtp") {
		k.wrong("requests.address", "who asks by mail is answered by mail, and that needs a server; write smtp: at the top of the file")
	}
	reads := func(s Source) bool { return slices.Contains(mailKinds(), s.Kind.Name) && s.Schedule != "" }
	if !slices.ContainsFunc(c.Sources, reads) && !slices.ContainsFunc(c.Sessions, func(s Session) bool { return slices.ContainsFunc(s.Sources, reads) }) {
		k.warn("requests.address", "no source with a schedule: reads a mailbox, so nobody would see what arrives there; add an imap source that reads it")
	}
}
