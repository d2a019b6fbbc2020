package digest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"askahead/domain"
	"askahead/store"
)

// asked is one question of the fixture, short enough to be read in a table.
type asked struct {
	topic, community, asker, day, lang, text string
	more                                     func(*domain.Question)
}

func theme(ids ...string) func(*domain.Question) {
	return func(q *domain.Question) {
		for _, id := range ids {
			q.Tags = append(q.Tags, domain.Tag{Kind: domain.TagTheme, Value: id, Rule: "agenda", Strength: 1})
		}
	}
}

func and(all ...func(*domain.Question)) func(*domain.Question) {
	return func(q *domain.Question) {
		for _, f := range all {
			if f != nil {
				f(q)
			}
		}
	}
}

func label(l domain.TLP) func(*domain.Question) { return func(q *domain.Question) { q.TLP = l } }

func region(id string) func(*domain.Question) {
	return func(q *domain.Question) {
		q.Tags = append(q.Tags, domain.Tag{Kind: domain.TagRegion, Value: id, Rule: "config rule 1", Strength: 5})
	}
}

func context1(s string) func(*domain.Question) { return func(q *domain.Question) { q.Context = s } }

func private(q *domain.Question) { q.URL = "" }

func chatham(q *domain.Question) { q.NoName = true }

// workshop is a session in its last week, in the words of the bundled example.
func workshop() []asked {
	r, v, l, c, s := theme("responders"), theme("vulnerabilities"), theme("lawful-access"), theme("civil-society"), theme("sharing")
	ind := theme("industry")
	list := []asked{
		{"whois", "technical", "dahl", "10-01", "en", "How should incident responders get access to WHOIS registration data now that the GDPR has closed the public records?", and(r, region("weog"), context1("When a bank is phished we used to find the owner of the domain in minutes and phone them."))},
		{"whois", "private-sector", "falk", "10-01", "en", "How should abuse desks get access to WHOIS registration data now that the GDPR has closed the public records?", r},
		{"whois", "government", "solheim", "10-02", "en", "How should incident responders and police get access to WHOIS registration data under the GDPR, and who accredits them?", and(r, l)},
		{"whois", "government", "delvaux", "10-03", "fr", "Comment les équipes de réponse aux incidents peuvent-elles accéder aux données WHOIS depuis l'entrée en vigueur du RGPD ?", r},
		{"whois", "technical", "jo", "10-01", "en", "How can incident responders get access to WHOIS registration data when the GDPR has closed the public records?", and(r, private, label(domain.Green))},
		{"whois", "private-sector", "north", "10-17", "en", "How can abuse desks get access to WHOIS registration data under the GDPR without hiring a lawyer for each request?", and(r, private, label(domain.Green))},
		{"whois", "technical", "couto", "10-22", "en", "How can incident responders get access to WHOIS registration data under the GDPR within hours and not days?", r},
		{"whois", "technical", "tanabe", "10-15", "ja", "GDPRの施行後、フィッシングサイトの登録者にはどのように連絡すればよいですか？", and(r, region("asia-pacific"))},
		{"backdoor", "civil-society", "amina", "10-03", "en", "How can a backdoor in encryption for law enforcement be kept away from criminals and from other governments?", and(l, region("african"))},
		{"backdoor", "technical", "huber", "10-04", "en", "How can a backdoor in encryption for law enforcement be kept away from criminals?", l},
		{"backdoor", "technical", "ana", "10-05", "es", "¿Cómo se puede impedir que los delincuentes aprovechen una puerta trasera en el cifrado?", and(l, region("grulac"))},
		{"backdoor", "private-sector", "lim", "10-04", "en", "If we must build a backdoor in encryption for law enforcement, how can it be kept away from criminals, and who pays our customers when it is not?", l},
		{"backdoor", "academia", "osei", "10-04", "en", "Is there any evidence that a backdoor in encryption for law enforcement can be kept away from criminals?", l},
		{"backdoor", "civil-society", "samar", "10-12", "ar", "كيف يمكن للصحفيين حماية مصادرهم إذا فرضت الحكومات ثغرات في تطبيقات المراسلة المشفرة؟", and(l, c, region("asia-pacific"))},
		{"backdoor", "civil-society", "zahra", "10-02", "en", "Can a backdoor in encryption for law enforcement ever be kept away from criminals?", and(l, private, label(domain.Green))},
		{"backdoor", "private-sector", "rao", "10-08", "en", "How could a backdoor in encryption for law enforcement be kept away from criminals without our customers leaving for another country?", l},
		{"border", "civil-society", "priya", "10-09", "en", "Who protects refugees whose biometric data are taken at the border, and where can they complain?", c},
		{"border", "civil-society", "joyce", "10-09", "sw", "Je, ni nani atakayewalinda wakimbizi ambao alama zao za vidole huchukuliwa mpakani?", and(c, region("african"))},
		{"border", "civil-society", "oumar", "10-09", "en", "Who protects refugees whose biometric data are taken at the border when the database is later shared with the police?", and(c, l)},
		{"border", "civil-society", "thiago", "10-03", "pt", "Quem protege as pessoas refugiadas cujos dados biométricos são coletados na fronteira?", and(c, region("grulac"))},
		{"ioc", "technical", "huber", "10-02", "en", "Is an IP address in a shared indicator of compromise personal data, and if so what do we have to do differently?", and(s, private, label(domain.Green))},
		{"ioc", "technical", "wei", "10-15", "zh", "应急响应团队之间共享攻击者的IP地址是否违反隐私法规？", and(s, region("asia-pacific"))},
		{"ioc", "technical", "birgit", "10-03", "en", "Is an IP address in a shared indicator of compromise personal data?", and(s, private, label(domain.Green))},
		{"notify", "private-sector", "carlos", "10-08", "en", "How can a small company notify a data breach within 72 hours when it does not yet know what happened?", ind},
		{"notify", "private-sector", "renard", "10-08", "en", "How can a company notify a data breach within 72 hours if the forensic report takes three weeks?", ind},
		{"notify", "private-sector", "kiosk", "10-03", "en", "How can a small company notify a data breach within 72 hours when the till supplier does not answer the phone?", ind},
		{"evidence", "government", "pizarro", "10-10", "es", "¿Cómo puede un fiscal obtener pruebas electrónicas guardadas en otro país en menos de seis meses?", l},
		{"evidence", "government", "wilk", "10-11", "en", "How can a prosecutor obtain electronic evidence stored in another country without waiting a year for mutual legal assistance?", and(l, region("eastern-european"))},
		{"small", "government", "ndiaye", "10-11", "fr", "Comment un petit pays peut-il créer une équipe de réponse aux incidents qui respecte la vie privée dès le premier jour ?", nil},
		{"without", "government", "aisyah", "10-23", "en", "How can the police investigate crimes on encrypted services without a backdoor in encryption?", l},
		{"legal", "academia", "markou", "10-02", "en", "Which legal basis in the GDPR lets incident responders get access to WHOIS registration data, legitimate interest or public task?", r},
		{"count", "academia", "kavita", "10-02", "en", "How many of the vulnerabilities that governments find do they disclose to the vendor, and who counts?", and(v, private, label(domain.Green))},
		{"vulns", "technical", "kofi", "10-05", "en", "Should governments be obliged to disclose the vulnerabilities they find to the vendor, instead of keeping them for hacking?", v},
		{"vulns", "civil-society", "jana", "10-05", "en", "Why are governments not obliged to disclose the vulnerabilities they find to the vendor instead of using them for hacking?", v},
		{"lawsuit", "academia", "lin", "10-23", "zh", "研究人员披露漏洞时，如何避免被厂商起诉？", v},
		{"logs", "academia", "nogueira", "10-17", "pt", "Existe algum estudo que mostre que guardar registros de conexão por um ano ajuda as investigações?", nil},
		{"treaty", "intergovernmental", "brisk", "10-12", "en", "What safeguards should a treaty on electronic evidence contain so that journalists are not its first victims?", and(l, c)},
		{"islands", "intergovernmental", "baraka", "10-26", "en", "Who pays for incident response in small island states that have neither a CERT nor a data protection authority?", nil},
		{"citizen", "", "okello", "11-07", "en", "How will I know that my data were looked at by a security team?", nil},
		{"trust", "government", "aas", "10-19", "en", "What would make a government agency trust civil society enough to show it how it decides which vulnerabilities to keep?", and(v, s, chatham)},
		{"courts", "civil-society", "petra", "10-30", "en", "How can a court check what the police did on a hacked phone, if the tool itself is secret?", l},
		{"fridge", "technical", "sam", "11-05", "en", "Who tells the owner of an infected fridge?", and(private, label(domain.Green))},
		{"bridge", "technical", "kofi", "11-09", "en", "How do we build trust between incident response teams and human rights groups in countries where neither has met the other?", s},
		{"amber", "technical", "dahl", "10-09", "en", "Can we give the wallet addresses to other victims before the police say so?", and(s, private, label(domain.Amber))},
		{"inside", "technical", "mute", "10-09", "en", "Which unlabelled question must stay inside?", and(s, private, label(domain.Inside))},
	}
	return list
}

// shelf is a store that holds the fixture.
type shelf struct {
	questions []domain.Question
	editions  []store.Edition
	recalls   []store.Recall
	progress  map[string]store.Progress
}

func newShelf(t testing.TB, list []asked) *shelf {
	t.Helper()
	s := &shelf{progress: map[string]store.Progress{}}
	for i, a := range list {
		published, err := time.Parse("2006-01-02 15:04", "2018-"+a.day+" 09:30")
		if err != nil {
			t.Fatal(err)
		}
		q := domain.Question{
			ID: fmt.Sprintf("item%02d.1", i+1), Session: "igf2018-ws164", Item: fmt.Sprintf("item%02d", i+1), Topic: "topic-" + a.topic,
			Text: a.text, Language: a.lang, Kind: domain.Panel, Asker: a.asker, Published: published.Add(time.Duration(i) * time.Minute),
			Collected: published.Add(time.Hour), URL: fmt.Sprintf("https://lists.example.org/archive/ws164/msg%05d.html", i+1),
			Source: "preparation-list", TLP: domain.Clear, Fingerprint: a.text,
		}
		if a.community != "" {
			q.Tags = append(q.Tags, domain.Tag{Kind: domain.TagCommunity, Value: a.community, Rule: "config rule 3", Evidence: "domain", Strength: 9})
		}
		if a.more != nil {
			a.more(&q)
		}
		if q.URL == "" {
			q.Source = "chat"
		}
		s.questions = append(s.questions, q)
	}
	slices.SortFunc(s.questions, func(a, b domain.Question) int {
		return cmp.Or(a.Published.Compare(b.Published), cmp.Compare(a.ID, b.ID))
	})
	return s
}

func (s *shelf) Questions(_ context.Context, q store.Query) (store.Page, error) {
	var page store.Page
	for _, one := range slices.Backward(s.questions) {
		if one.State == domain.Dismissed && q.Standing == store.NotDismissed {
			continue
		}
		if one.TLP.For(q.Audience) == q.Held || !q.Until.IsZero() && !one.Collected.Before(q.Until) {
			continue
		}
		if q.After != "" {
			if one.ID == q.After {
				q.After = ""
			}
			continue
		}
		if len(page.Questions) == 7 { // small pages: paging is part of the test
			page.Next = page.Questions[6].ID
			break
		}
		page.Questions = append(page.Questions, one)
	}
	return page, nil
}

func (s *shelf) Voices(_ context.Context, _ string, audience domain.TLP, until time.Time, yield func(store.Voice) error) error {
	for _, q := range s.questions {
		if !q.TLP.For(audience) || !q.Collected.Before(until) {
			continue
		}
		v := store.Voice{Question: q.ID, Topic: q.Topic, Asker: q.Asker, Fingerprint: q.Fingerprint, Published: q.Published}
		for _, t := range q.Tags {
			if t.Kind == domain.TagCommunity {
				v.Communities = append(v.Communities, t.Value)
			}
		}
		if err := yield(v); err != nil {
			return err
		}
	}
	return nil
}

func (s *shelf) Progress(_ context.Context, _, source string) (store.Progress, error) {
	return s.progress[source], nil
}

func (s *shelf) Editions(context.Context, string, string, int) ([]store.Edition, error) {
	return s.editions, nil
}

func (s *shelf) Recalls(context.Context, string, string) ([]store.Recall, error) {
	return s.recalls, nil
}

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

func newRequest(t testing.TB, audience domain.TLP) Request {
	t.Helper()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	return Request{
		Session: domain.Session{
			ID: "igf2018-ws164", Title: "Privacy and Security: aligned or conflicting goals?",
			Starts: time.Date(2018, 11, 13, 15, 0, 0, 0, paris), Location: paris, Hashtags: []string{"IGF2018WS164"},
			Agenda: []domain.AgendaPoint{
				{ID: "responders", Title: "Views of incident responders: what WHOIS has taught us"},
				{ID: "industry", Title: "Views of industry: the duty to protect customers"},
				{ID: "civil-society", Title: "Views of civil society: people at risk, and redress"},
				{ID: "lawful-access", Title: "Encryption, police work and evidence across borders"},
				{ID: "vulnerabilities", Title: "Vulnerability disclosure and government hacking"},
				{ID: "sharing", Title: "Sharing information between communities that do not know each other"},
				{ID: "norms", Title: "What this means for norms of state behaviour"},
			},
		},
		Name: "panelists", Audience: audience, Now: at("2018-11-09 18:00"),
	}
}

func newEdition(t testing.TB, s *shelf, r Request) Edition {
	t.Helper()
	e, _, err := Build(t.Context(), s, r)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// wide hands out all questions at once.
type wide struct{ *shelf }

func (w wide) Questions(_ context.Context, q store.Query) (store.Page, error) {
	var page store.Page
	for _, one := range slices.Backward(w.questions) {
		if one.TLP.For(q.Audience) != q.Held {
			page.Questions = append(page.Questions, one)
		}
	}
	return page, nil
}
