package throttle

import (
	"errors"
	"net/http"

	"klantreis/activities"
)

const statusTooMany = http.StatusTooManyRequests

// givenUp is an error of a hand-over that we broke off ourselves.
type givenUp struct{ error }

// Unwrap returns the error of the hand-over.
func (g givenUp) Unwrap() error { return g.error }

// answered tells whether the provider did its work: it took the mail, or refused it for good.
func answered(err error) bool {
	if err == nil {
		return true
	}
	fault, ok := errors.AsType[*activities.MailError](err)
	return ok && fault.Fault == activities.MailRefused
}

// saysNothing tells whether the error says neither that the provider is well nor that it is ill: it is well but busy, it
// does not like our key, it was not asked in time, or we did not wait for its answer.
func saysNothing(err error) bool {
	if _, ours := errors.AsType[givenUp](err); ours {
		return true
	}
	fault, ok := errors.AsType[*activities.MailError](err)
	if !ok {
		return false
	}
	if fault.Fault == activities.MailLate {
		return true
	}
	switch fault.Status {
	case statusTooMany, http.StatusUnauthorized, http.StatusForbidden:
		return true
	default:
		return false
	}
}
