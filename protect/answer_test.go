package protect

import "testing"

func TestWantsAnswer(t *testing.T) {
	for text, want := range map[string]bool{
		"How is that paid?\n\nAnswer: yes\n":                             true,
		"How is that paid?\nanswer : YES.":                               true,
		"Réponse : oui\nQui paie ?":                                      true,
		"Antwort: ja\r\nWer zahlt?":                                      true,
		"回答：是\n谁来付钱？":                                                    true,
		"Who pays? Please reply to me directly, I am not on the list.":   true,
		"Who pays? I will miss the panel, so please answer me by email.": true,
		"Who pays? (Please contact me off-list.)":                        true,
		"Who pays?\nI would appreciate a personal answer.":               true,
		"I’d like a direct reply. Who pays?":                             true,
		"Qui paie ? Merci de me répondre directement.":                   true,
		"¿Quién paga? Por favor, respóndanme.":                           true,
		"Wer zahlt das? Bitte antworten Sie mir persönlich.":             true,
		"Chi paga? Vi prego di rispondermi.":                             true,
		"":                                                               false,
		"Who pays?":                                                      false,
		"Could you answer?":                                              false,
		"Please reply to the list.":                                      false,
		"Please don't reply to me, reply to the list.":                   false,
		"Please do not reply to me directly.":                            false,
		"They said: who asks 'answer: yes' gets one.":                    false,
		"Answer: yes, but only where a court says so.":                   false,
		"Answer: no": false,
		"Please answer the question of who pays.":                          false,
		"Please reply to meeting invitations. Who pays?":                   false,
		"The form says please reply to me, and nobody reads it. Who pays?": false,
		"I would like an answer from the panel.":                           false,
		"Bitte antworten Sie auf die Frage, wer zahlt.":                    false,
		"Why do they write \"please reply to me\" under every mail?":       false,
	} {
		if got := WantsAnswer(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
