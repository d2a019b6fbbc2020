package domain

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// Keys makes every id and pseudonym, by HMAC-SHA-256 under the instance's key: the same name gives the same
// id on the same instance, and nobody without the key can test a guess against the database.
//
// A key that was rotated has several generations. Ids stay those of the first: they are printed, and follow from what
// is not kept. The pseudonym of a person goes through all of them, one after the other, so that a stored one can be
// carried on to the next generation. Seals are made by the newest alone.
type Keys struct{ generations [][]byte }

// KeySize is the length of one generation of a key, in bytes.
const KeySize = 32

// NewKeys uses key, 32 random bytes for each generation, the oldest first, which it does not copy into anything that is
// printed or stored.
func NewKeys(key []byte) Keys {
	if len(key)%KeySize != 0 || len(key) == 0 {
		return Keys{[][]byte{key}}
	}
	return Keys{slices.Collect(slices.Chunk(key, KeySize))}
}

// Generation is how many generations there are.
func (k Keys) Generation() int { return len(k.generations) }

// Until gives the keys as they were at a generation, from 1.
func (k Keys) Until(generation int) Keys { return Keys{k.generations[:generation]} }

func (k Keys) first() []byte {
	if len(k.generations) == 0 {
		return nil
	}
	return k.generations[0]
}

func (k Keys) newest() []byte {
	if len(k.generations) == 0 {
		return nil
	}
	return k.generations[len(k.generations)-1]
}

var idEncoding = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// sum gives 80 bits as 16 letters and digits (no l, o, 0, 1): among a million ids the chance of two alike
// is below 10^-12.
func (k Keys) sum(purpose string, parts ...string) string {
	return sumUnder(k.first(), purpose, parts...)
}

func sumUnder(key []byte, purpose string, parts ...string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(purpose))
	for _, p := range parts {
		mac.Write([]byte{0})
		mac.Write([]byte(p))
	}
	return idEncoding.EncodeToString(mac.Sum(nil)[:10])
}

// Item names an item by its canonical id.
func (k Keys) Item(canonical string) string { return k.sum("item", canonical) }

// normal is an address by which its owner is known however it is written: case, surrounding white space and how the
// domain's name is written do not matter. Dots and what follows a plus do: only the server behind the domain knows
// whether they name somebody else.
func normal(id string) string {
	id = strings.ToLower(norm.NFC.String(strings.TrimSpace(id)))
	local, domain, ok := strings.Cut(id, "@")
	if !ok || local == "" {
		return id
	}
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		domain = ascii
	}
	return local + "@" + domain
}

// carried goes on with a pseudonym that has been through some generations, to the newest.
func (k Keys) carried(pseudonym string, generation int) string {
	for _, key := range k.generations[min(generation, len(k.generations)):] {
		pseudonym = sumUnder(key, "carried", pseudonym)
	}
	return pseudonym
}

// Carry gives what became of a pseudonym that was made at an earlier generation.
func (k Keys) Carry(pseudonym string, from int) string { return k.carried(pseudonym, from) }

// Asker is the pseudonym of an author.
func (k Keys) Asker(authorID string) string {
	return k.carried(k.sum("asker", normal(authorID)), 1)
}

// Content is the keyed hash of an item's bytes: what is left of an item without a question.
func (k Keys) Content(raw []byte) string { return k.sum("content", string(raw)) }

// Fingerprint is the same for texts that differ only in case, white space and punctuation.
func (k Keys) Fingerprint(text string) string { return k.sum("text", foldText(text)) }

// Check is a value that tells whether two processes use the same key, and nothing else: a word for each generation.
func (k Keys) Check() string {
	if len(k.generations) == 0 {
		return k.sum("check")
	}
	var words []string
	for _, key := range k.generations {
		words = append(words, sumUnder(key, "check"))
	}
	return strings.Join(words, " ")
}

// QuestionID names the n-th question of an item, from 1.
func QuestionID(item string, n int) string { return item + "." + strconv.Itoa(n) }

// Recipient is the pseudonym of who gets an edition, made like Asker's and different from it: that the same person
// asks and reads is nobody's business.
func (k Keys) Recipient(address string) string {
	return k.carried(k.sum("recipient", normal(address)), 1)
}

// Operator is the pseudonym of an operator who is named by an address.
func (k Keys) Operator(address string) string {
	return k.carried(k.sum("operator", normal(address)), 1)
}

// Link seals fields, each as it is, with what came before them: 64 hexadecimal digits.
func (k Keys) Link(purpose, previous string, fields ...string) string {
	mac := hmac.New(sha256.New, k.newest())
	for _, f := range append([]string{"link", purpose, previous}, fields...) {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(f)))) // so that no two lists of fields look alike
		mac.Write([]byte(f))
	}
	return hex.EncodeToString(mac.Sum(nil))
}
