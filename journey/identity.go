package journey

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strconv"
	"strings"
	"time"
)

var idEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// RunID returns the id of the nth run of a customer through a touchpoint for a key. The same words give the same id, so
// that a decision taken again names the same run.
func RunID(customerID, touchpoint, key string, nth int) string {
	return digestID("r_", customerID, touchpoint, key, strconv.Itoa(nth))
}

// MessageID returns the id of the message of one step of a run, planned at an instant: a message that was put off, or an
// edited map, can bring a run to the same step again, and that is another message. It is opaque: it may be shown to a
// provider.
func MessageID(runID, step string, planned time.Time) string {
	return digestID("m_", runID, step, strconv.FormatInt(planned.UnixMicro(), 10))
}

// TaskID returns the id of the task of one step of a run, made at an instant.
func TaskID(runID, step string, made time.Time) string {
	return digestID("t_", runID, step, strconv.FormatInt(made.UnixMicro(), 10))
}

func digestID(prefix string, parts ...string) string {
	sum := digest(parts...)
	return prefix + strings.ToLower(idEncoding.EncodeToString(sum[:15]))
}

// digest hashes parts so that no two different lists of parts can be confused.
func digest(parts ...string) [sha256.Size]byte {
	h := sha256.New()
	for _, p := range parts {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// share returns a number in [0, 1) that is fixed for a customer and whatever else is named, and spread evenly over customers.
func share(customerID string, of ...string) float64 {
	sum := digest(append([]string{customerID}, of...)...)
	return float64(binary.BigEndian.Uint64(sum[:8])>>11) / (1 << 53)
}
