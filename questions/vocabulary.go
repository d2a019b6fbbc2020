package questions

import "unicode/utf8"

// vocabulary numbers the words that the language files know. It is a hash table of its own, because looking
// up each word of a text is the most frequent step of all and most words are not in it.
type vocabulary struct {
	keys  []string // by word id
	slots []wordID // a power of two; unknownWord is free
	wide  []wordID // by rune, as far as any is known: the words of one letter in a script without spaces
}

func newVocabulary() *vocabulary {
	return &vocabulary{keys: make([]string, firstWord), slots: make([]wordID, 1024)}
}

// The two numbers of FNV-1a for 32 bits.
const (
	hashStart  = 2166136261
	hashFactor = 16777619
)

// hash is FNV-1a. Words are not chosen by an attacker here: the table is filled by the language files alone,
// at most a quarter full, so that a search is short whatever is looked up.
func hash[T string | []byte](key T) uint32 {
	h := uint32(hashStart)
	for i := range len(key) {
		h = (h ^ uint32(key[i])) * hashFactor
	}
	return h ^ h>>15
}

// find gives the id of a folded word, or unknownWord.
func (v *vocabulary) find(key []byte) wordID { return v.findHash(key, hash(key)) }

func (v *vocabulary) findHash(key []byte, h uint32) wordID {
	mask := uint32(len(v.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		id := v.slots[i]
		if id == unknownWord || v.keys[id] == string(key) {
			return id
		}
	}
}

// letter gives the id of a letter of a script without spaces, or unknownWord. Such a text has as many words as letters, too
// many to find each by its hash.
func (v *vocabulary) letter(r rune) wordID {
	if int(r) >= len(v.wide) {
		return unknownWord
	}
	return v.wide[r]
}

// add gives the id of a folded word, which it makes if it is new.
func (v *vocabulary) add(key string) wordID {
	if id := v.find([]byte(key)); id != unknownWord {
		return id
	}
	id := wordID(len(v.keys))
	v.keys = append(v.keys, key)
	if r, size := utf8.DecodeRuneInString(key); size == len(key) && isWideRune(r) {
		for len(v.wide) <= int(r) {
			v.wide = append(v.wide, unknownWord)
		}
		v.wide[r] = id
	}
	if len(v.keys)*4 > len(v.slots) {
		v.slots = make([]wordID, len(v.slots)*4)
		for old := firstWord; old < id; old++ {
			v.place(old)
		}
	}
	v.place(id)
	return id
}

func (v *vocabulary) place(id wordID) {
	mask := uint32(len(v.slots) - 1)
	i := hash(v.keys[id]) & mask
	for v.slots[i] != unknownWord {
		i = (i + 1) & mask
	}
	v.slots[i] = id
}

// size is one more than the greatest id.
func (v *vocabulary) size() int { return len(v.keys) }
