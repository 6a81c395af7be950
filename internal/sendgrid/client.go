package sendgrid

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/sendgrid/rest"
	sg "github.com/sendgrid/sendgrid-go"
	sgmail "github.com/sendgrid/sendgrid-go/helpers/mail"

	"klantreis/activities"
)

const (
	defaultTimeout = 10 * time.Second
	sendPath       = "/v3/mail/send"

	// maxAnswerBytes is far more than any answer of SendGrid; what lies beyond it is not read.
	maxAnswerBytes = 64 << 10
)

// Options say how SendGrid is reached.
type Options struct {
	// APIKey is the key with the right to send mail.
	APIKey string
	// Host is scheme and host of the API. Defaults to https://api.sendgrid.com.
	Host string
	// Timeout bounds one hand-over, from the wait for a connection to the last byte of the answer. Defaults to 10 seconds.
	Timeout time.Duration
	// HTTPClient makes the requests. Its Timeout is left to Timeout above, and its redirect policy is not used: a redirect
	// is never followed. Defaults to a client with a bounded pool of connections of its own.
	HTTPClient *http.Client
	// Now is the real clock. Defaults to time.Now.
	Now func() time.Time
}

// Client is the activities.Mailer for SendGrid. It is safe for concurrent use.
type Client struct {
	apiKey  string
	host    string
	timeout time.Duration
	http    *http.Client
	now     func() time.Time
}

// New returns a client. It does not connect.
func New(opts Options) *Client {
	client := http.Client{Transport: newTransport()}
	if opts.HTTPClient != nil {
		client = *opts.HTTPClient
	}
	client.Timeout = 0
	// A followed 307 would post the mail a second time.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	timeout := opts.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	now := opts.Now
	if now == nil {
		now = time.Now
	}
	return &Client{apiKey: opts.APIKey, host: opts.Host, timeout: timeout, http: &client, now: now}
}

// Send hands over one mail with one request and returns SendGrid's X-Message-Id. Every error is an *activities.MailError.
func (c *Client) Send(ctx context.Context, mail activities.Mail) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()

	request := sg.GetRequest(c.apiKey, sendPath, c.host)
	request.Method = rest.Post
	request.Body = sgmail.GetRequestBody(body(mail))
	req, err := rest.BuildRequestObject(request)
	if err != nil {
		return "", c.failure(activities.MailNotTaken, fmt.Errorf("build request: %w", err))
	}
	once := &onceBody{ReadCloser: req.Body, late: func() bool { return !mail.Until.IsZero() && c.now().After(mail.Until) }}
	req.Body = once
	// Without GetBody the transport cannot repeat the request on another connection by itself.
	req.GetBody = nil

	response, err := c.http.Do(req.WithContext(ctx)) //nolint:bodyclose // answer closes it
	if err != nil {
		if once.missed.Load() {
			return "", c.failure(activities.MailLate, errLate)
		}
		if once.seal() {
			return "", c.failure(activities.MailNotTaken, err)
		}
		return "", c.failure(activities.MailUnknown, err)
	}
	return c.answer(response)
}

// answer reads what SendGrid says. The status alone decides what happened to the mail; an answer whose body is cut off
// loses only its explanation.
func (c *Client) answer(response *http.Response) (string, error) {
	response.Body = limitedBody{Reader: io.LimitReader(response.Body, maxAnswerBytes), Closer: response.Body}
	answer, _ := rest.BuildResponse(response) // An error is a cut body, and the status is known all the same.
	if answer.StatusCode == http.StatusAccepted {
		return http.Header(answer.Headers).Get("X-Message-Id"), nil
	}
	return "", c.refusal(answer)
}

// limitedBody reads part of a body and closes all of it.
type limitedBody struct {
	io.Reader
	io.Closer
}
