package shop

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
)

// Signed tells whether a header holds the base64 of the HMAC-SHA256 of a body under one of the secrets, of which empty ones
// do not count. While a secret is changed there are two, and the shop may sign with either.
func Signed(body []byte, header string, secrets ...string) bool {
	given, err := base64.StdEncoding.DecodeString(header)
	if err != nil || len(given) != sha256.Size {
		return false
	}
	signed := false
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		mac := hmac.New(sha256.New, []byte(secret))
		_, _ = mac.Write(body) // which never fails
		signed = hmac.Equal(mac.Sum(nil), given) || signed
	}
	return signed
}
