package password

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	// Shortest is how many characters a password must have.
	Shortest = 12
	// Longest is how many characters a password may have.
	Longest = 256
	// atOnce is how many hashes are made at a time: each takes much memory, and anybody can ask for one.
	atOnce = 2
)

// ErrLength says that a password is too short or too long.
var ErrLength = fmt.Errorf("a password has %d to %d characters", Shortest, Longest)

// Hasher makes and checks hashes, a few at a time. It is safe for concurrent use.
type Hasher struct {
	params Params
	slots  chan struct{}
	// nobodys is checked when there is no hash, so that it takes as long.
	nobodys encoded
}

// NewHasher returns a hasher that makes hashes with some parameters.
func NewHasher(p Params) *Hasher {
	salt := newSalt()
	return &Hasher{params: p, slots: make(chan struct{}, atOnce), nobodys: encoded{params: p, salt: salt, hash: make([]byte, hashBytes)}}
}

func newSalt() []byte {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // It never fails: the program ends instead.
	return salt
}

// Hash returns the hash of a password. It answers ErrLength, and the error of ctx when it has to wait too long.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if n := utf8.RuneCountInString(password); n < Shortest || n > Longest {
		return "", ErrLength
	}
	var made encoded
	err := h.within(ctx, func() { made = newEncoded(normal(password), newSalt(), h.params, hashBytes) })
	if err != nil {
		return "", err
	}
	return made.String(), nil
}

// Check tells whether a password is the one of a hash, and whether the hash should be made anew because it was made with
// other parameters. An empty hash is nobody's: it takes as long, and nothing matches it. An error says that the hash is
// damaged, or is that of ctx.
func (h *Hasher) Check(ctx context.Context, hash, password string) (ok, outdated bool, err error) {
	target, parseErr := h.nobodys, error(nil)
	if hash != "" {
		if target, parseErr = parse(hash); parseErr != nil {
			target = h.nobodys
		}
	}
	if utf8.RuneCountInString(password) > Longest {
		password = "" // It is nobody's, and takes no longer than another.
	}
	if err := h.within(ctx, func() { ok = target.matches(normal(password)) }); err != nil {
		return false, false, err
	}
	if parseErr != nil {
		return false, false, fmt.Errorf("the stored password: %w", parseErr)
	}
	return ok && hash != "", target.params != h.params || len(target.hash) != hashBytes, nil
}

func (h *Hasher) within(ctx context.Context, work func()) error {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return errors.Join(errors.New("too many passwords are being checked"), ctx.Err())
	}
	defer func() { <-h.slots }()
	work()
	return nil
}

// normal makes what looks the same be the same, on whatever keyboard it was typed.
func normal(password string) string { return norm.NFKC.String(password) }

// Generate returns a password of 130 random bits in letters and digits.
func Generate() string { return rand.Text() }
