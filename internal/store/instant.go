package store

import "time"

// micros is an instant in the record. The zero time is 0.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// instant is an instant from the record. 0 is the zero time.
func instant(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

// eventInstant is the timestamp of an event, which always has one: there 0 is the beginning of 1970.
func eventInstant(micros int64) time.Time {
	return time.UnixMicro(micros).UTC()
}
