package sendgrid

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/sendgrid/rest"

	"klantreis/activities"
)

// maxMessageRunes bounds the text of an error; it is stored and shown.
const maxMessageRunes = 500

var (
	// anyAddress matches whatever looks like a mail address: SendGrid quotes the recipient in some of its messages.
	anyAddress = regexp.MustCompile(`[^\s"'<>()\[\],;:=]+@[^\s"'<>()\[\],;:=]+`)
	// anyKey matches the form of SendGrid's keys.
	anyKey = regexp.MustCompile(`SG\.[\w-]+(\.[\w-]+)?`)
)

// failure is the error for a request that got no answer.
func (c *Client) failure(fault activities.MailFault, err error) error {
	if inner, ok := errors.AsType[*url.Error](err); ok {
		err = inner.Err
	}
	text := err.Error()
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		text = "no answer in time"
	case errors.Is(err, context.Canceled):
		text = "given up before an answer"
	}
	return &activities.MailError{Fault: fault, Message: c.redact(text)}
}

// refusal is the error for an answer other than 202.
func (c *Client) refusal(answer *rest.Response) error {
	return &activities.MailError{
		Fault:      faultOf(answer.StatusCode),
		Status:     answer.StatusCode,
		RetryAfter: retryAfter(answer.StatusCode, answer.Headers),
		Message:    c.redact(explanation(answer)),
	}
}

// faultOf says what a status means for the mail. A 2xx other than 202 is not in SendGrid's contract, so nothing is known of
// the mail then. A redirect, which is never followed, says that the mail must be posted elsewhere: who answers so, a proxy or
// a host that is not SendGrid's, did not take it. A key that is refused says nothing against the mail: it waits for a better key.
func faultOf(status int) activities.MailFault {
	switch {
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, status >= 500,
		status == http.StatusUnauthorized, status == http.StatusForbidden, status/100 == 3:
		return activities.MailNotTaken
	case status >= 400:
		return activities.MailRefused
	default:
		return activities.MailUnknown
	}
}

// explanation is what SendGrid says in an error body, each message with its field. Another body, say a proxy's page, is
// not quoted.
func explanation(answer *rest.Response) string {
	var body struct {
		Errors []struct {
			Message string `json:"message"`
			Field   string `json:"field"`
		} `json:"errors"`
	}
	if err := json.Unmarshal([]byte(answer.Body), &body); err != nil || len(body.Errors) == 0 {
		return strings.ToLower(http.StatusText(answer.StatusCode))
	}
	parts := make([]string, 0, len(body.Errors))
	for _, e := range body.Errors {
		if e.Field == "" || e.Field == "null" {
			parts = append(parts, e.Message)
			continue
		}
		parts = append(parts, e.Field+": "+e.Message)
	}
	return strings.Join(parts, "; ")
}

// redact removes keys and addresses from a text, and bounds it.
func (c *Client) redact(text string) string {
	if c.apiKey != "" {
		text = strings.ReplaceAll(text, c.apiKey, "[key]")
	}
	text = anyKey.ReplaceAllString(text, "[key]")
	text = anyAddress.ReplaceAllString(text, "[address]")
	if runes := []rune(text); len(runes) > maxMessageRunes {
		return string(runes[:maxMessageRunes]) + "…"
	}
	return text
}
