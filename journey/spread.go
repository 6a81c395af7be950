package journey

import (
	"encoding/binary"
	"math/bits"
	"time"
)

// spreadOffset returns by how much an instant that many customers share is shifted for one of them: in [0, spread), in
// whole microseconds, always the same for a customer, and spread evenly over customers. It has nothing to do with who is
// held out. Without a spread it is zero.
func spreadOffset(customerID string, spread time.Duration) time.Duration {
	if spread <= 0 {
		return 0
	}
	sum := digest("spread", customerID)
	micros, _ := bits.Mul64(binary.BigEndian.Uint64(sum[:8]), uint64(spread.Microseconds()))
	return time.Duration(micros) * time.Microsecond
}
