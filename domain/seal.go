package domain

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"
)

// ErrSeal is the error of what does not open: another key, another place, or changed.
var ErrSeal = errors.New("it does not open with this key")

// sealBlock is what the length of a sealed text is rounded up to, so that it does not tell how long an address is.
const sealBlock = 64

// Seal makes of a text what nobody can read without the key: XChaCha20-Poly1305 under a key that is derived from the
// newest generation. It opens only for the place that it was sealed for. The same text sealed for the same place by the
// same key is the same, as everything that is stored is; the nonce is a keyed hash of both.
func (k Keys) Seal(place, text string) []byte {
	padded := binary.BigEndian.AppendUint32(nil, uint32(len(text)))
	padded = append(padded, text...)
	padded = append(padded, make([]byte, (sealBlock-len(padded)%sealBlock)%sealBlock)...)
	mac := hmac.New(sha256.New, k.derived("nonce"))
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(place))))
	mac.Write([]byte(place))
	mac.Write(padded)
	nonce := mac.Sum(nil)[:chacha20poly1305.NonceSizeX]
	aead, _ := chacha20poly1305.NewX(k.derived("seal")) // fails for a key of another length alone
	return aead.Seal(nonce, nonce, padded, []byte(place))
}

// Open reads what was sealed for a place, at whichever generation. The error is ErrSeal.
func (k Keys) Open(place string, sealed []byte) (string, error) {
	if len(sealed) < chacha20poly1305.NonceSizeX {
		return "", fmt.Errorf("%w: it is too short", ErrSeal)
	}
	for generation := k.Generation(); generation > 0; generation-- {
		aead, _ := chacha20poly1305.NewX(k.Until(generation).derived("seal"))
		padded, err := aead.Open(nil, sealed[:chacha20poly1305.NonceSizeX], sealed[chacha20poly1305.NonceSizeX:], []byte(place))
		if err != nil || len(padded) < 4 {
			continue
		}
		if n := binary.BigEndian.Uint32(padded); int64(n) <= int64(len(padded)-4) {
			return string(padded[4 : 4+n]), nil
		}
	}
	return "", ErrSeal
}

// Signer signs statements in the name of the instance. Whoever has its public key can check them.
func (k Keys) Signer() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(k.derived("sign")) }

// derived gives 32 bytes for one purpose, from which nothing can be told about the key or other purposes.
func (k Keys) derived(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, k.newest(), nil, "askahead "+purpose, 32)
	if err != nil {
		panic(err) // only for more bytes than there can be
	}
	return key
}
