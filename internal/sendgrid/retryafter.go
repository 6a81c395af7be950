package sendgrid

import (
	"net/http"
	"strconv"
	"time"
)

// maxRetryAfter bounds what we believe: asking again after an hour is polite enough, and a nonsense value must not park
// a mail for years.
const maxRetryAfter = time.Hour

// retryAfter reads how long SendGrid asks to wait: Retry-After in seconds or as a date, else, on a 429, X-RateLimit-Reset
// in Unix seconds. Instants are compared with the answer's own Date, so the two clocks need not agree.
func retryAfter(status int, header http.Header) time.Duration {
	sent, err := http.ParseTime(header.Get("Date"))
	dated := err == nil
	if value := header.Get("Retry-After"); value != "" {
		if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
			return bounded(seconds)
		}
		if at, err := http.ParseTime(value); err == nil && dated {
			return bounded(at.Unix() - sent.Unix())
		}
	}
	if status != http.StatusTooManyRequests || !dated {
		return 0
	}
	reset, err := strconv.ParseInt(header.Get("X-RateLimit-Reset"), 10, 64)
	if err != nil {
		return 0
	}
	return bounded(reset - sent.Unix())
}

func bounded(seconds int64) time.Duration {
	return time.Duration(min(max(seconds, 0), int64(maxRetryAfter/time.Second))) * time.Second
}
