package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"

	"klantreis/activities"
)

// sendTagBytes is how much of a send key says of which record it is. Several installations may share an account with the
// provider, and get the reports of each other.
const sendTagBytes = 6

// sendKey returns what one send of one customer is known by for good: the shop's words for the customer, the touchpoint, the
// key and number of the run, and the step. Our own ids are not among them, because a customer who is made anew after the
// record was set back has others. It is opaque: it may be shown to a provider.
func (s *Store) sendKey(ctx context.Context, t tx, h activities.Handover) (string, error) {
	tag, err := s.sendTag(ctx, t)
	if err != nil {
		return "", err
	}
	sum, err := s.recordMAC(ctx, t, "send", h.UserID, h.Message.Touchpoint, h.Run.Key, strconv.Itoa(h.Run.Nth), h.Message.Step)
	if err != nil {
		return "", err
	}
	return tag + "." + shortText(sum[:16]), nil
}

// ourSendKey tells whether a send key is of this record, or one from which or to which it was restored.
func (s *Store) ourSendKey(ctx context.Context, t tx, key string) (bool, error) {
	ours, err := s.sendTag(ctx, t)
	tag, _, _ := strings.Cut(key, ".")
	return tag == ours, err
}

// sendTag is what the send keys of this record begin with.
func (s *Store) sendTag(ctx context.Context, t tx) (string, error) {
	sum, err := s.recordMAC(ctx, t, "sends")
	if err != nil {
		return "", err
	}
	return shortText(sum[:sendTagBytes]), nil
}

// SendTag returns what the send keys of this record begin with, before the dot.
func (s *Store) SendTag(ctx context.Context) (tag string, err error) {
	err = s.read(ctx, func(ctx context.Context, t tx) error {
		tag, err = s.sendTag(ctx, t)
		return err
	})
	return tag, err
}

// recordMAC authenticates parts with the key of the record, so that no two different lists can be confused.
func (s *Store) recordMAC(ctx context.Context, t tx, parts ...string) ([]byte, error) {
	key, err := s.recordKey(ctx, t)
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, []byte(key))
	for _, part := range parts {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(part)))
		mac.Write(n[:])
		mac.Write([]byte(part))
	}
	return mac.Sum(nil), nil
}

func shortText(sum []byte) string { return base64.RawURLEncoding.EncodeToString(sum) }
