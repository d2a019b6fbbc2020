package main

import (
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"testing"
)

// partsOf decodes a part of a mail and those below it.
func partsOf(t *testing.T, header func(string) string, body io.Reader) []byte {
	t.Helper()
	_, params, err := mime.ParseMediaType(header("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	if boundary := params["boundary"]; boundary != "" {
		for parts := multipart.NewReader(body, boundary); ; {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				return all
			}
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, partsOf(t, p.Header.Get, p)...)
		}
	}
	switch header("Content-Transfer-Encoding") {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	if all, err = io.ReadAll(body); err != nil {
		t.Fatal(err)
	}
	return all
}
