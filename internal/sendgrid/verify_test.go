package sendgrid

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The vector that SendGrid publishes with its client library.
const (
	vectorKey       = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g=="
	vectorSignature = "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM="
	vectorTimestamp = "1600112502"
	vectorBody      = `[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address",` +
		`"sg_event_id":"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA",` +
		`"sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",` +
		`"smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]` + "\r\n"
)

func TestVerify(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                       string
		signature, timestamp, body string
		after                      time.Duration
		want                       error
	}{
		{"published vector", vectorSignature, vectorTimestamp, vectorBody, 0, nil},
		{"other body", vectorSignature, vectorTimestamp, vectorBody[1:], 0, ErrSignature},
		{"other timestamp", vectorSignature, "1600112503", vectorBody, 0, ErrSignature},
		{"not base64", vectorSignature + "!", vectorTimestamp, vectorBody, 0, ErrSignature},
		{"not a signature", "AAAA", vectorTimestamp, vectorBody, 0, ErrSignature},
		{"zero signature", "MAYCAQACAQA=", vectorTimestamp, vectorBody, 0, ErrSignature},
		{"no signature", "", vectorTimestamp, vectorBody, 0, ErrSignature},
		{"no timestamp", vectorSignature, "", vectorBody, 0, ErrSignature},
		{"after a week", vectorSignature, vectorTimestamp, vectorBody, Believed, nil},
		{"after more than a week", vectorSignature, vectorTimestamp, vectorBody, Believed + time.Second, ErrOld},
		{"before it was signed, by our clock", vectorSignature, vectorTimestamp, vectorBody, -time.Hour, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			verifier, err := NewVerifier(vectorKey)
			require.NoError(t, err)
			header := http.Header{}
			header.Set(HeaderSignature, test.signature)
			header.Set(HeaderTimestamp, test.timestamp)
			require.ErrorIs(t, verifier.Verify(header, []byte(test.body), time.Unix(1600112502, 0).Add(test.after)), test.want)
		})
	}
}

func TestNewVerifierRefusesOtherKeys(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	require.NoError(t, err)
	tests := []struct{ name, key, want string }{
		{"RSA", base64.StdEncoding.EncodeToString(der), "want an ECDSA key"},
		{"not base64", "!", "decode webhook key"},
		{"not a key", "AAAA", "parse webhook key"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := NewVerifier(test.key)
			require.ErrorContains(t, err, test.want)
		})
	}
}
