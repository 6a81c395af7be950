package eventfile

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"io"
	"runtime"
)

// entry is what is kept of one event. Names are numbered from 1, see index.
type entry struct {
	offset                 int64
	at                     int64 // when it was received, in microseconds
	length                 int32
	user, device, previous int32 // 0 is none
	owner                  int32 // the userId that it belongs to; 0 is a visitor's
	adopted                bool
}

// index is an index under construction.
type index struct {
	Options
	entries []entry
	counts  Counts
	names   []string // userIds and anonymousIds; the first is none
	numbers map[string]int32
	seen    map[[16]byte]struct{} // hashes of messageIds
}

// readIndex reads the file through. Its lines are decoded by all processors, and taken in in their order.
func readIndex(in io.Reader, o Options) (*index, error) {
	x := &index{Options: o, names: []string{""}, numbers: map[string]int32{"": 0}, seen: map[[16]byte]struct{}{}}
	decoded := make(chan chan []line, runtime.GOMAXPROCS(0))
	var readErr error // of the reader; it is set before decoded is closed
	go func() {
		defer close(decoded)
		source := &lines{in: bufio.NewReaderSize(in, longestLine)}
		for readErr == nil {
			var batch []line
			batch, readErr = source.batch()
			done := make(chan []line, 1)
			decoded <- done
			go func() {
				for i := range batch {
					batch[i].decode()
				}
				done <- batch
			}()
		}
	}()
	for done := range decoded {
		for _, l := range <-done {
			x.take(l)
		}
	}
	if !errors.Is(readErr, io.EOF) {
		return nil, readErr
	}
	return x, nil
}

// take takes in one line that was decoded.
func (x *index) take(l line) {
	switch {
	case l.blank:
	case l.why != "":
		x.counts.Rejected++
		if x.Rejected != nil {
			x.Rejected(l.number, l.why)
		}
	case x.known(l.messageID):
		x.counts.Duplicates++
	default:
		x.entries = append(x.entries, entry{
			offset: l.offset, at: l.at, length: int32(l.size),
			user: x.number(l.userID), device: x.number(l.anonymousID), previous: x.number(l.previousID),
		})
	}
	if x.Progress != nil && l.last {
		x.Progress(l.offset + l.size)
	}
}

// known tells whether a messageId was there before, and remembers it.
func (x *index) known(messageID string) bool {
	if messageID == "" {
		return false
	}
	sum := sha256.Sum256([]byte(messageID))
	short := [16]byte(sum[:])
	_, known := x.seen[short]
	x.seen[short] = struct{}{}
	return known
}

func (x *index) number(name string) int32 {
	n, ok := x.numbers[name]
	if !ok {
		n = int32(len(x.names))
		x.names = append(x.names, name)
		x.numbers[name] = n
	}
	return n
}

// resolve finds the owners of the entries, which are in order of arrival.
func (x *index) resolve() {
	isUser := make([]bool, len(x.names))
	owners := make([]int32, len(x.names)) // of devices
	visits := map[int32][]int32{}         // entries of devices that are nobody's yet
	link := func(device, user int32) {
		if device == 0 || owners[device] != 0 {
			return
		}
		owners[device] = user
		for _, i := range visits[device] {
			x.entries[i].owner, x.entries[i].adopted = user, true
		}
		delete(visits, device)
	}
	for i := range x.entries {
		e := &x.entries[i]
		switch {
		case e.user != 0:
			e.owner, isUser[e.user] = e.user, true
			link(e.device, e.user)
			if !isUser[e.previous] {
				link(e.previous, e.user)
			}
		case owners[e.device] != 0:
			e.owner = owners[e.device]
		default:
			visits[e.device] = append(visits[e.device], int32(i))
		}
	}
}
