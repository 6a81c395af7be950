package password

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Params are what a hash costs.
type Params struct {
	// Passes is how often the memory is gone over.
	Passes uint32
	// MemoryKiB is how much memory is used.
	MemoryKiB uint32
	// Lanes is how many threads may work on it.
	Lanes uint8
}

// Recommended are the parameters that RFC 9106 recommends where memory is not plentiful: 3 passes over 64 MiB in 4 lanes.
func Recommended() Params { return Params{Passes: 3, MemoryKiB: 64 << 10, Lanes: 4} }

const (
	saltBytes = 16
	hashBytes = 32
	// maxMemoryKiB and maxPasses bound what a hash in the record can make us do.
	maxMemoryKiB = 1 << 20
	maxPasses    = 100
)

// encoded is a hash with all that is needed to make it again, in PHC's text form.
type encoded struct {
	params     Params
	salt, hash []byte
}

var errNotOurs = errors.New("is no argon2id hash in the form $argon2id$v=19$m=...,t=...,p=...$salt$hash")

func newEncoded(password string, salt []byte, p Params, length uint32) encoded {
	return encoded{params: p, salt: salt, hash: argon2.IDKey([]byte(password), salt, p.Passes, p.MemoryKiB, p.Lanes, length)}
}

// String implements fmt.Stringer.
func (e encoded) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, e.params.MemoryKiB, e.params.Passes, e.params.Lanes,
		base64.RawStdEncoding.EncodeToString(e.salt), base64.RawStdEncoding.EncodeToString(e.hash))
}

func parse(text string) (encoded, error) {
	var e encoded
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return e, errNotOurs
	}
	n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &e.params.MemoryKiB, &e.params.Passes, &e.params.Lanes)
	p := e.params
	if err != nil || n != 3 || p.Passes < 1 || p.Passes > maxPasses || p.Lanes < 1 || p.MemoryKiB < 8*uint32(p.Lanes) || p.MemoryKiB > maxMemoryKiB {
		return e, errNotOurs
	}
	salt, saltErr := base64.RawStdEncoding.Strict().DecodeString(parts[4])
	hash, hashErr := base64.RawStdEncoding.Strict().DecodeString(parts[5])
	if saltErr != nil || hashErr != nil || len(salt) < 8 || len(hash) < 16 || len(hash) > 64 {
		return e, errNotOurs
	}
	e.salt, e.hash = salt, hash
	return e, nil
}

// matches makes the hash of a password again and compares.
func (e encoded) matches(password string) bool {
	again := newEncoded(password, e.salt, e.params, uint32(len(e.hash)))
	return subtle.ConstantTimeCompare(again.hash, e.hash) == 1
}
