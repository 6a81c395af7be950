package sandbox

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// helpURL is where SendGrid explains its errors.
const helpURL = "https://www.twilio.com/docs/sendgrid/api-reference/mail-send/errors"

// apiError is one error in SendGrid's form. Field and Help are null where they say nothing.
type apiError struct {
	Message string  `json:"message"`
	Field   *string `json:"field"`
	Help    *string `json:"help"`
}

// problem is an error about one field of a request.
func problem(field, message string) apiError {
	help := helpURL
	return apiError{Message: message, Field: &field, Help: &help}
}

// writeProblems answers with errors.
func writeProblems(w http.ResponseWriter, status int, problems ...apiError) {
	writeJSON(w, status, map[string][]apiError{"errors": problems})
}

// writeProblem answers with one error that is about no field.
func writeProblem(w http.ResponseWriter, status int, message string) {
	writeProblems(w, status, apiError{Message: message})
}

// writeTooMany answers 429 with the headers of SendGrid's rate limits.
func writeTooMany(w http.ResponseWriter, now time.Time, wait time.Duration) {
	seconds := max(int64(wait/time.Second), 1)
	w.Header().Set("Retry-After", strconv.FormatInt(seconds, 10))
	w.Header().Set("X-RateLimit-Limit", "600")
	w.Header().Set("X-RateLimit-Remaining", "0")
	w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(now.Unix()+seconds, 10))
	writeProblem(w, http.StatusTooManyRequests, "too many requests")
}

// writeTooManyUntil answers 429 with the instant until when to wait, in the other form that HTTP allows.
func writeTooManyUntil(w http.ResponseWriter, now time.Time, wait time.Duration) {
	now = now.UTC()
	w.Header().Set("Date", now.Format(http.TimeFormat))
	w.Header().Set("Retry-After", now.Add(max(wait, time.Second)).Format(http.TimeFormat))
	writeProblem(w, http.StatusTooManyRequests, "too many requests")
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // The client has gone; there is nobody left to tell.
}
