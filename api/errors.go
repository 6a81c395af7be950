package api

import (
	"fmt"
	"net/http"
	"strings"
)

// Code says in one word what is wrong. Codes never change, so that programs can rely on them.
type Code string

// The codes of errors in answers.
const (
	codeUnauthorized Code = "unauthorized"        // no valid write key, API token or session
	codeForbidden    Code = "forbidden"           // who asks may not do that
	codeCrossOrigin  Code = "cross-origin"        // a browser sent a change on behalf of another site
	codeNotFound     Code = "not-found"           // there is no such page or customer
	codeMethod       Code = "method-not-allowed"  // the page exists, but not for this method
	codeMediaType    Code = "unsupported-media"   // the body is not JSON, or is compressed in an unknown way
	codeUnreadable   Code = "unreadable-body"     // the body was cut off or is not what its headers say
	codeTooLarge     Code = "too-large"           // the body or event has too many bytes
	codeTooMany      Code = "too-many-events"     // the batch has too many events
	codeInvalidJSON  Code = "invalid-json"        // the body is not JSON
	codeInvalidUTF8  Code = "invalid-utf8"        // a text is not valid UTF-8
	codeNUL          Code = "nul-character"       // a text has the character U+0000
	codeTooDeep      Code = "too-deep"            // too many objects and arrays inside each other
	codeNumberRange  Code = "number-out-of-range" // a number is too large
	codeMissing      Code = "missing"             // a required field is absent or empty
	codeWrongType    Code = "wrong-type"          // a field has another JSON type than it should
	codeTooLong      Code = "too-long"            // a text has too many characters
	codeNoIdentity   Code = "no-identity"         // an id is a word for none, such as "undefined"
	codeUnknownType  Code = "unknown-event-type"  // an item's type is none of Segment's
	codeTimestamp    Code = "invalid-timestamp"   // an instant is not in ISO 8601
	codeSpecVersion  Code = "unsupported-version" // a CloudEvent is of another version than 1.0
	codeBadParameter Code = "invalid-parameter"   // a query parameter cannot be used
	codeInvalidMap   Code = "invalid-map"         // the journey map has errors
	codeUnconfirmed  Code = "unconfirmed"         // a publication that affects many must be confirmed
	codeOvertaken    Code = "overtaken"           // somebody else published a map meanwhile
	codeTaken        Code = "taken"               // there is something of that name already
	codeRateLimited  Code = "rate-limited"        // too many events in too short a time; try again
	codeUnavailable  Code = "unavailable"         // the record cannot be reached; try again
	codeInternal     Code = "internal"            // a fault of ours
)

const (
	// retryAfterSeconds is when a client should try again after a 503.
	retryAfterSeconds = "5"
	// maxFieldCharacters is how much of a key is shown in a field's path.
	maxFieldCharacters = 64
)

// statuses are the HTTP statuses of codes; the others have 400.
var statuses = map[Code]int{
	codeUnauthorized: http.StatusUnauthorized,
	codeForbidden:    http.StatusForbidden,
	codeCrossOrigin:  http.StatusForbidden,
	codeNotFound:     http.StatusNotFound,
	codeMethod:       http.StatusMethodNotAllowed,
	codeMediaType:    http.StatusUnsupportedMediaType,
	codeTooLarge:     http.StatusRequestEntityTooLarge,
	codeTooMany:      http.StatusRequestEntityTooLarge,
	codeInvalidMap:   http.StatusUnprocessableEntity,
	codeUnconfirmed:  http.StatusConflict,
	codeOvertaken:    http.StatusConflict,
	codeTaken:        http.StatusConflict,
	codeRateLimited:  http.StatusTooManyRequests,
	codeUnavailable:  http.StatusServiceUnavailable,
	codeInternal:     http.StatusInternalServerError,
}

// Problem is what is wrong with a request or with one event of it.
type Problem struct {
	// Code says it in one word, for programs.
	Code Code `json:"code"`
	// Field leads to the value: "properties.products[2].name". Empty when it concerns the whole.
	Field string `json:"field,omitempty"`
	// Message says it to a person.
	Message string `json:"message"`
}

// within puts the key of an enclosing object before the field.
func (p *Problem) within(key string) {
	if runes := []rune(key); len(runes) > maxFieldCharacters {
		key = string(runes[:maxFieldCharacters]) + "…"
	}
	if p.Field != "" && !strings.HasPrefix(p.Field, "[") {
		key += "."
	}
	p.Field = key + p.Field
}

// withinIndex puts the index of an enclosing array before the field.
func (p *Problem) withinIndex(i int) {
	index := fmt.Sprintf("[%d]", i)
	if p.Field != "" && !strings.HasPrefix(p.Field, "[") {
		index += "."
	}
	p.Field = index + p.Field
}

func (p *Problem) status() int {
	if status, ok := statuses[p.Code]; ok {
		return status
	}
	return http.StatusBadRequest
}

// writeProblem answers a request with what is wrong with it.
func writeProblem(w http.ResponseWriter, p *Problem) {
	switch p.Code {
	case codeUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case codeUnavailable:
		w.Header().Set("Retry-After", retryAfterSeconds)
	}
	writeJSON(w, p.status(), map[string]*Problem{"error": p})
}
