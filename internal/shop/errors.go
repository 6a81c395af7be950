package shop

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

var (
	// ErrSignature says that a webhook was not signed with the secret of the connection.
	ErrSignature = errors.New("the signature does not match: check the secret of the webhook in the configuration")
	// ErrMalformed says that a webhook was signed, but cannot be read.
	ErrMalformed = errors.New("cannot be read")
)

// Malformed wraps ErrMalformed with what is wrong with a payload, without repeating what stands in it, which may be personal.
func Malformed(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, ErrMalformed):
		return err
	case errors.As(err, &syntax):
		return fmt.Errorf("%w: no JSON at byte %d", ErrMalformed, syntax.Offset)
	case errors.As(err, &kind):
		return fmt.Errorf("%w: %s: must not be %s", ErrMalformed, kind.Field, kindWord(kind.Value))
	case errors.Is(err, ErrAmount):
		return fmt.Errorf("%w: %w", ErrMalformed, ErrAmount)
	default:
		return fmt.Errorf("%w: no JSON of the expected form", ErrMalformed)
	}
}

// kindWord takes the value out of "number 12.5", which encoding/json writes for a number that does not fit.
func kindWord(value string) string {
	word, _, _ := strings.Cut(value, " ")
	return word
}

// Refusal is an answer of a shop other than what was asked for. Its message names no secret and no customer.
type Refusal struct {
	// Message says what is wrong, and what to do.
	Message string
	// Temporary tells that asking again may help without anybody doing anything.
	Temporary bool
	// RetryAfter is how long the shop wants to be left alone. Zero when it does not say.
	RetryAfter time.Duration
}

// Error implements error.
func (r *Refusal) Error() string { return r.Message }

// longestRetryAfter is how long a shop is believed that wants to be left alone.
const longestRetryAfter = time.Hour

// RetryAfter reads a Retry-After header in seconds, with or without a fraction, or as a date; 0 when it says nothing.
func RetryAfter(header http.Header, now time.Time) time.Duration {
	value := header.Get("Retry-After")
	var wait time.Duration
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds >= 0 && seconds < 1e6 {
		wait = time.Duration(seconds * float64(time.Second))
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), longestRetryAfter)
}

// IsTemporary tells whether asking again may help after an HTTP status.
func IsTemporary(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusRequestTimeout || status == 430 || status >= 500
}
