package config

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Controller is who answers for the personal data that askahead keeps, as the notice and the record of processing
// (Articles 14 and 30 of the GDPR) have to say it. Only an organiser can know it, so nothing of it has a default.
type Controller struct {
	Name           string `yaml:"name"`
	Address        string `yaml:"address"`        // by post
	Representative string `yaml:"representative"` // in the Union, of a controller outside
	DPO            string `yaml:"dpo"`            // mailto: or https://
	Basis          string `yaml:"basis"`          // one of Bases
	Interests      string `yaml:"interests"`      // where the basis is legitimate-interests
	Purpose        string `yaml:"purpose"`        // beside what askahead does
	Transfers      string `yaml:"transfers"`      // to third countries, and the safeguards
	Authority      string `yaml:"authority"`      // where people may complain
}

// LegitimateInterests is the basis that has to say which.
const LegitimateInterests = "legitimate-interests"

// Bases are the legal bases of Article 6(1) of the GDPR, from (a) to (f).
func Bases() []string {
	return []string{"consent", "contract", "legal-obligation", "vital-interests", "public-task", LegitimateInterests}
}

// maxControllerText is how long a text of the controller may be, in characters: it stands in a sentence.
const maxControllerText = 500

func (k *checker) controller() {
	c := &k.config.Controller
	for key, text := range map[string]*string{
		"name": &c.Name, "address": &c.Address, "representative": &c.Representative, "interests": &c.Interests,
		"purpose": &c.Purpose, "transfers": &c.Transfers, "authority": &c.Authority,
	} {
		*text = strings.Join(strings.Fields(*text), " ")
		switch {
		case utf8.RuneCountInString(*text) > maxControllerText:
			k.wrong("controller."+key, "is longer than 500 characters; the notice says it in one sentence")
		case strings.ContainsFunc(*text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }):
			k.wrong("controller."+key, "holds characters that nobody sees; write plain text")
		}
	}
	if u, err := url.Parse(c.DPO); c.DPO != "" && (err != nil || !(u.Scheme == "mailto" && isAddress(u.Opaque) || u.Scheme == "https" && u.Host != "")) {
		k.wrong("controller.dpo", show(c.DPO)+" is neither mailto:NAME@DOMAIN nor an https:// page")
	}
	if c.Basis == "" {
		return
	}
	if !slices.Contains(Bases(), c.Basis) {
		k.wrong("controller.basis", show(c.Basis)+" is no legal basis"+suggest(c.Basis, Bases(), "Allowed"))
		return
	}
	if c.Basis == LegitimateInterests {
		k.missing("controller", "interests", "is missing; who relies on legitimate interests has to say which (Article 14(2)(b) of the GDPR)")
	} else if c.Interests != "" {
		k.warn("controller.interests", "is not told: the basis is "+c.Basis+"; take one of the two out")
	}
	if c.Basis == "consent" {
		k.warn("controller.basis", "who relies on consent has to be able to show that of each person (Article 7(1) of the GDPR), and askahead keeps no record of it; is it legitimate-interests or public-task?")
	}
}
