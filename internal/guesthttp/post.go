package guesthttp

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"askahead/collectors"
)

// PostJSON sends body as JSON to address and decodes the answer into into; a nil body sends nothing. Its errors are
// those of GetJSON. It follows no redirect, since what is sent may hold a password, which is for one server alone,
// and tries nothing twice.
func PostJSON(ctx context.Context, client *http.Client, address string, header http.Header, body any, now time.Time, into any) error {
	var sent []byte
	if body != nil {
		var err error
		if sent, err = json.Marshal(body); err != nil {
			return fmt.Errorf("write the request: %w", err)
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(sent))
	if err != nil {
		return fmt.Errorf("%w: the address of the server cannot be used", collectors.ErrSettings)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	still := *client
	still.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := still.Do(req)
	if err != nil {
		return TransportError(ctx, req.URL.Host, err)
	}
	defer resp.Body.Close()
	if err := CheckStatus(resp, now); err != nil {
		return err
	}
	return DecodeJSON(ctx, resp, into)
}
