package authored

import (
	"strings"

	mail "askahead/authored/mime"
	"askahead/domain"
)

// readAuthor sets who wrote a mail. A list that rewrites From ("Ada via Teams <teams@lists.example>") to pass
// DMARC checks leaves the author's address in another header; where it does not, the name and the list's
// address together name the author, for the address alone is shared by all.
func readAuthor(r *domain.Reading, h mail.Header, charset string) {
	from := firstAddress(h, charset, "From", "Sender", "Reply-To")
	if from.Addr == "" && from.Name == "" {
		return
	}
	name, list, munged := strings.Cut(from.Name, " via ")
	if !munged || list == "" || name == "" {
		r.Author.ID, r.Author.Name = from.Addr, from.Name
		if from.Addr == "" {
			r.Author.ID = from.Name
		}
		return
	}
	name = strings.Trim(name, `'" `)
	if a := originalAuthor(h, charset, from.Addr); a.Addr != "" {
		r.Author.ID, r.Author.Name = a.Addr, name
		return
	}
	r.Author.ID, r.Author.Name = strings.ToLower(name)+" via "+from.Addr, name
}

// originalAuthor finds the author of a mail whose From a list rewrote.
func originalAuthor(h mail.Header, charset, list string) mail.Address {
	for _, name := range [...]string{"X-Original-From", "X-MailFrom", "X-Mailman-Original-From", "X-Original-Sender", "Original-From"} {
		if a := mail.ParseAddresses(h.Get(name), charset); len(a) == 1 && strings.Contains(a[0].Addr, "@") && a[0].Addr != list {
			return a[0]
		}
	}
	var found mail.Address
	for _, a := range mail.ParseAddresses(h.Get("Reply-To"), charset) {
		if a.Addr == list || strings.Contains(strings.ToLower(h.Get("List-Post")), a.Addr) {
			continue
		}
		if found.Addr != "" {
			return mail.Address{}
		}
		found = a
	}
	return found
}

func firstAddress(h mail.Header, charset string, names ...string) mail.Address {
	for _, name := range names {
		for _, a := range mail.ParseAddresses(h.Get(name), charset) {
			return a
		}
	}
	return mail.Address{}
}

// readFacts adds the list and the sender's domain. An address that stands for a whole list tells nothing of
// its author's domain.
func readFacts(r *domain.Reading, h mail.Header) {
	if id := listID(h); id != "" {
		addFact(r, domain.FactList, id)
	}
	if strings.Contains(r.Author.ID, " via ") {
		return
	}
	if i := strings.LastIndexByte(r.Author.ID, '@'); i >= 0 {
		if d := strings.Trim(r.Author.ID[i+1:], "[]. "); d != "" && !strings.ContainsAny(d, " \t<>") {
			addFact(r, domain.FactDomain, d)
		}
	}
}

func addFact(r *domain.Reading, name, value string) {
	f := domain.Fact{Name: name, Value: value}
	for _, have := range r.Facts {
		if have == f {
			return
		}
	}
	r.Facts = append(r.Facts[:len(r.Facts):len(r.Facts)], f)
}

// listID is the id of a mailing list (RFC 2919), in lower case without brackets. Lists from before List-Id
// named themselves by their address; with a dot for the "@" it is the id that such lists took later.
func listID(h mail.Header) string {
	if v := h.Get("List-Id"); v != "" {
		if i := strings.LastIndexByte(v, '<'); i >= 0 {
			v = v[i+1:]
			if j := strings.IndexByte(v, '>'); j >= 0 {
				v = v[:j]
			}
		}
		v = strings.ToLower(mail.CleanLine(v))
		if v != "" && len(v) <= 255 && !strings.ContainsAny(v, " \t") {
			return strings.Replace(v, "@", ".", 1)
		}
	}
	for _, name := range [...]string{"X-Mailing-List", "Mailing-List", "X-Loop"} {
		v := h.Get(name)
		if v == "" {
			continue
		}
		v = strings.TrimPrefix(strings.ToLower(v), "list ")
		v, _, _ = strings.Cut(v, ";")
		if name == "Mailing-List" && strings.HasPrefix(strings.TrimSpace(v), "contact ") {
			continue // "contact …-help@…; run by ezmlm" names a helper, not the list
		}
		if name == "X-Loop" && !h.Has("Precedence") {
			continue
		}
		for _, a := range mail.ParseAddresses(v, "") {
			if local, host, ok := strings.Cut(a.Addr, "@"); ok && local != "" && strings.Contains(host, ".") {
				return local + "." + host
			}
		}
	}
	return ""
}
