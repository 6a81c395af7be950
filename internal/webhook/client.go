package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"klantreis/activities"
)

const (
	defaultTimeout = 15 * time.Second
	dialTimeout    = 5 * time.Second
	idleTimeout    = 30 * time.Second
	// maxBodyBytes is how large a call may be. Receivers commonly take no more.
	maxBodyBytes = 256 << 10
	// maxAnswerBytes is how much of an answer is read, so that the connection can be used again. It says nothing to us.
	maxAnswerBytes = 64 << 10
	// userAgent names us to receivers.
	userAgent = "Klantreis"
)

// Options say how other systems are called.
type Options struct {
	// Secret signs the calls: "whsec_" and 24 to 64 bytes in base64.
	Secret string
	// AllowPrivate allows addresses inside a network, and calls without TLS.
	AllowPrivate bool
	// Timeout bounds one call. Defaults to 15 seconds.
	Timeout time.Duration
	// Now is the real clock.
	Now func() time.Time
}

// Client is the activities.WebhookCaller. It is safe for concurrent use.
type Client struct {
	signer       *standardwebhooks.Webhook
	allowPrivate bool
	timeout      time.Duration
	now          func() time.Time
	http         *http.Client
}

var _ activities.WebhookCaller = (*Client)(nil)

const secretPrefix = "whsec_"

// New returns a client, or an error when the secret is not one.
func New(o Options) (*Client, error) {
	encoded, prefixed := strings.CutPrefix(o.Secret, secretPrefix)
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !prefixed || err != nil || len(key) < 24 || len(key) > 64 {
		return nil, errors.New("must be whsec_ followed by 24 to 64 bytes in base64, such as: echo whsec_$(openssl rand -base64 32)")
	}
	signer, err := standardwebhooks.NewWebhookRaw(key)
	if err != nil {
		return nil, err
	}
	timeout := o.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	client := &http.Client{
		Transport: newTransport(o.AllowPrivate, nil),
		// Where a redirect leads was not chosen by who wrote the map.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &Client{signer: signer, allowPrivate: o.AllowPrivate, timeout: timeout, now: o.Now, http: client}, nil
}

// newTransport returns a pool of connections, which looks names up with a resolver; nil is the system's. It uses no proxy, which would make the connections instead of us, unguarded.
func newTransport(allowPrivate bool, resolver *net.Resolver) *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: idleTimeout, Resolver: resolver}
	if !allowPrivate {
		dialer.Control = guard
	}
	return &http.Transport{
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    dialTimeout,
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: maxAnswerBytes,
		ForceAttemptHTTP2:      true,
	}
}

// Call implements activities.WebhookCaller.
func (c *Client) Call(ctx context.Context, call activities.WebhookCall) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	if len(call.Body) > maxBodyBytes {
		return &activities.WebhookError{Final: true, Message: fmt.Sprintf("it would hold more than %d kB", maxBodyBytes>>10)}
	}
	req, err := c.request(ctx, call)
	if err != nil {
		return err
	}
	response, err := c.http.Do(req)
	if err != nil {
		return failure(err)
	}
	defer response.Body.Close()
	_, _ = io.CopyN(io.Discard, response.Body, maxAnswerBytes) // The status has said all there is to know.
	return refusal(response, c.now())
}

// request makes the signed request. Every attempt has a signature of its own, because receivers refuse an old one.
func (c *Client) request(ctx context.Context, call activities.WebhookCall) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, call.URL, bytes.NewReader(call.Body))
	if err != nil {
		return nil, &activities.WebhookError{Final: true, Message: "its address cannot be used"}
	}
	if req.URL.Scheme != "https" && !c.allowPrivate {
		return nil, &activities.WebhookError{Final: true, Message: "its address does not begin with https:// (--webhook-allow-private)"}
	}
	at := c.now()
	signature, err := c.signer.Sign(call.ID, at, call.Body)
	if err != nil {
		return nil, fmt.Errorf("sign webhook %s: %w", call.ID, err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set(standardwebhooks.HeaderWebhookID, call.ID)
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	return req, nil
}

// failure is the error for a call without an answer. The address of the receiver may hold a key, so it is left out.
func failure(err error) error {
	if inner, ok := errors.AsType[*url.Error](err); ok {
		err = inner.Err
	}
	fault := &activities.WebhookError{Final: errors.Is(err, errInside), Message: err.Error()}
	switch {
	case fault.Final:
		fault.Message = errInside.Error()
	case errors.Is(err, context.DeadlineExceeded):
		fault.Message = "no answer in time"
	}
	return fault
}

// refusal is what the status of an answer means: nil when the receiver took the call.
func refusal(response *http.Response, now time.Time) error {
	status := response.StatusCode
	if status >= 200 && status < 300 {
		return nil
	}
	return &activities.WebhookError{
		Final:  status >= 400 && status < 500 && status != http.StatusRequestTimeout && status != http.StatusTooManyRequests,
		Status: status, RetryAfter: retryAfter(response.Header, now), Message: strings.ToLower(http.StatusText(status)),
	}
}

// retryAfter reads how long the receiver asks to wait, in seconds or as an instant. Zero when it does not say.
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := header.Get("Retry-After")
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
		return time.Duration(max(seconds, 0)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}
