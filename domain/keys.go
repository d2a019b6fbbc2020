package domain

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
)

// Keys makes every id and pseudonym, by HMAC-SHA-256 under the instance's key: the same name gives the same
// id on the same instance, and nobody without the key can test a guess against the database.
type Keys struct{ key []byte }

// NewKeys uses key, 32 random bytes, which it does not copy into anything that is printed or stored.
func NewKeys(key []byte) Keys { return Keys{key: key} }

var idEncoding = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// sum gives 80 bits as 16 letters and digits (no l, o, 0, 1): among a million ids the chance of two alike
// is below 10^-12.
func (k Keys) sum(purpose string, parts ...string) string {
	mac := hmac.New(sha256.New, k.key)
	mac.Write([]byte(purpose))
	for _, p := range parts {
		mac.Write([]byte{0})
		mac.Write([]byte(p))
	}
	return idEncoding.EncodeToString(mac.Sum(nil)[:10])
}

// Item names an item by its canonical id.
func (k Keys) Item(canonical string) string { return k.sum("item", canonical) }

// Asker is the pseudonym of an author. Case and surrounding white space of the address do not matter.
func (k Keys) Asker(authorID string) string {
	return k.sum("asker", strings.ToLower(strings.TrimSpace(authorID)))
}

// Content is the keyed hash of an item's bytes: what is left of an item without a question.
func (k Keys) Content(raw []byte) string { return k.sum("content", string(raw)) }

// Fingerprint is the same for texts that differ only in case, white space and punctuation.
func (k Keys) Fingerprint(text string) string { return k.sum("text", foldText(text)) }

// Check is a value that tells whether two processes use the same key, and nothing else.
func (k Keys) Check() string { return k.sum("check") }

// QuestionID names the n-th question of an item, from 1.
func QuestionID(item string, n int) string { return item + "." + strconv.Itoa(n) }

// Recipient is the pseudonym of who gets an edition, made like Asker's and different from it: that the same person
// asks and reads is nobody's business.
func (k Keys) Recipient(address string) string {
	return k.sum("recipient", strings.ToLower(strings.TrimSpace(address)))
}

// Operator is the pseudonym of an operator who is named by an address.
func (k Keys) Operator(address string) string {
	return k.sum("operator", strings.ToLower(strings.TrimSpace(address)))
}

// Link seals fields, each as it is, with what came before them: 64 hexadecimal digits.
func (k Keys) Link(purpose, previous string, fields ...string) string {
	mac := hmac.New(sha256.New, k.key)
	for _, f := range append([]string{"link", purpose, previous}, fields...) {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(f)))) // so that no two lists of fields look alike
		mac.Write([]byte(f))
	}
	return hex.EncodeToString(mac.Sum(nil))
}
