package mime

import "strings"

// Object identifiers of RFC 5652, as they are encoded.
const (
	oidData       = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
	oidSignedData = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
)

// Tags of BER (ITU-T X.690) that a signed message is made of.
const (
	berOctets      = 0x04
	berOID         = 0x06
	berConstructed = 0x20
	berSequence    = 0x30
	berContext0    = 0xa0
)

// maxBER is how deep the pieces of a content may be nested.
const maxBER = 8

// signedContent returns the message within S/MIME's SignedData (RFC 8551 section 3.5.2, RFC 5652 section 5.2):
// signed mail whose text is wrapped up with the signature, but readable by everyone. ok is false where s is
// something else, such as an encrypted message. The signature is not looked at.
func signedContent(s string) (message string, ok bool) {
	info, _, ok := berElement(s, berSequence)
	if !ok {
		return "", false
	}
	oid, rest, ok := berElement(info, berOID)
	if !ok || oid != oidSignedData {
		return "", false
	}
	wrapped, _, ok := berElement(rest, berContext0)
	if !ok {
		return "", false
	}
	signed, _, ok := berElement(wrapped, berSequence)
	for n := 0; ok && n < 3; n++ { // the version, the set of algorithms, and then the content
		var tag byte
		var body string
		if tag, body, signed, ok = berNext(signed); ok && tag == berSequence {
			return encapsulated(body)
		}
	}
	return "", false
}

func encapsulated(s string) (string, bool) {
	oid, rest, ok := berElement(s, berOID)
	if !ok || oid != oidData {
		return "", false
	}
	if rest, _, ok = berElement(rest, berContext0); !ok {
		return "", false // the signature of another part
	}
	var b strings.Builder
	if !appendOctets(&b, rest, 0) {
		return "", false
	}
	return b.String(), true
}

// appendOctets writes an octet string, which may be cut into many.
func appendOctets(b *strings.Builder, s string, depth int) bool {
	for s != "" {
		tag, body, rest, ok := berNext(s)
		switch {
		case !ok || depth > maxBER:
			return false
		case tag == berOctets:
			b.WriteString(body)
		case tag == berOctets|berConstructed:
			if !appendOctets(b, body, depth+1) {
				return false
			}
		default:
			return false
		}
		s = rest
	}
	return true
}

// berElement reads the first element of s if it has that tag.
func berElement(s string, want byte) (body, rest string, ok bool) {
	tag, body, rest, ok := berNext(s)
	return body, rest, ok && tag == want
}

// berNext reads the first element of s. One that is cut off goes on to the end of s.
func berNext(s string) (tag byte, body, rest string, ok bool) {
	if len(s) < 2 || s[0]&0x1f == 0x1f {
		return 0, "", "", false
	}
	tag = s[0]
	n, head := int(s[1]), 2
	switch {
	case n == 0x80: // of indefinite length: to the two zeros that end it
		return berOpen(s)
	case n > 0x84:
		return 0, "", "", false
	case n > 0x80:
		digits := n - 0x80
		if len(s) < 2+digits {
			return 0, "", "", false
		}
		n = 0
		for _, c := range []byte(s[2 : 2+digits]) {
			n = n<<8 | int(c)
		}
		head += digits
	}
	end := len(s)
	if n < end-head {
		end = head + n
	}
	return tag, s[head:end], s[end:], true
}

// berOpen reads an element of indefinite length. What is within it is passed over once, with a count of the
// elements that are open.
func berOpen(s string) (tag byte, body, rest string, ok bool) {
	open, i := 1, 2
	for i+1 < len(s) && open > 0 {
		switch {
		case s[i] == 0 && s[i+1] == 0:
			open--
			i += 2
		case s[i+1] == 0x80:
			open++
			i += 2
		default:
			_, _, after, ok := berNext(s[i:])
			if !ok {
				return 0, "", "", false
			}
			i = len(s) - len(after)
		}
	}
	if open > 0 {
		return s[0], s[2:], "", true
	}
	return s[0], s[2 : i-2], s[i:], true
}
