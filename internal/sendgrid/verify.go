package sendgrid

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/sendgrid/sendgrid-go/helpers/eventwebhook"
)

// Headers of a signed webhook request.
const (
	// HeaderSignature holds the signature, base64 of the ASN.1 form.
	HeaderSignature = eventwebhook.VerificationHTTPHeader
	// HeaderTimestamp holds the timestamp that is signed together with the body.
	HeaderTimestamp = eventwebhook.TimestampHTTPHeader
)

// ErrSignature says that a webhook request was not signed by the holder of the key.
var ErrSignature = errors.New("webhook signature does not match")

// Verifier checks that webhook requests come from SendGrid. It is safe for concurrent use.
type Verifier struct {
	key *ecdsa.PublicKey
}

// NewVerifier returns a verifier for the public key that SendGrid shows in its mail settings: base64 of the DER form.
func NewVerifier(publicKey string) (*Verifier, error) {
	der, err := base64.StdEncoding.DecodeString(publicKey)
	if err != nil {
		return nil, fmt.Errorf("decode webhook key: %w", err)
	}
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, fmt.Errorf("parse webhook key: %w", err)
	}
	key, ok := parsed.(*ecdsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("parse webhook key: want an ECDSA key, not %T", parsed)
	}
	return &Verifier{key: key}, nil
}

// Believed is how long after it was signed a request is believed. SendGrid repeats for a day. Whoever stores the reports must
// know their IDs for longer, and drop those that come again.
const Believed = 7 * 24 * time.Hour

// ErrOld says that a webhook request was signed too long ago, so that it may be one that was overheard.
var ErrOld = errors.New("webhook request was signed more than seven days ago")

// Verify returns ErrSignature unless the headers hold a signature of exactly this body, and ErrOld when it was made longer
// than Believed before now.
func (v *Verifier) Verify(header http.Header, body []byte, now time.Time) error {
	signature, timestamp := header.Get(HeaderSignature), header.Get(HeaderTimestamp)
	if signature == "" || timestamp == "" {
		return fmt.Errorf("%w: header missing", ErrSignature)
	}
	ok, err := eventwebhook.VerifySignature(v.key, body, signature, timestamp)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSignature, err)
	}
	if !ok {
		return ErrSignature
	}
	signed, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return fmt.Errorf("%w: the timestamp is no number", ErrSignature)
	}
	if now.Sub(time.Unix(signed, 0)) > Believed {
		return ErrOld
	}
	return nil
}
