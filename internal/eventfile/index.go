package eventfile

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"klantreis/api"
	"klantreis/journey"
)

// longestLine is how long a line may be: no event of the API is longer.
const longestLine = 256 << 10

// progressEvery is after how many lines progress is told.
const progressEvery = 4096

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

// readIndex reads the file through.
func readIndex(in io.Reader, o Options) (*index, error) {
	x := &index{Options: o, names: []string{""}, numbers: map[string]int32{"": 0}, seen: map[[16]byte]struct{}{}}
	reader := bufio.NewReaderSize(in, longestLine)
	var offset int64
	for number := 1; ; number++ {
		line, size, err := readLine(reader)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		x.line(number, offset, line, size)
		offset += size
		if x.Progress != nil && (number%progressEvery == 0 || err != nil) {
			x.Progress(offset)
		}
		if err != nil {
			return x, nil
		}
	}
}

// readLine reads a line, with its end, and returns its size in the file. Of one that is too long it returns a part. The
// line is valid until the next call.
func readLine(in *bufio.Reader) (line []byte, size int64, err error) {
	line, err = in.ReadSlice('\n')
	size = int64(len(line))
	for errors.Is(err, bufio.ErrBufferFull) {
		var more []byte
		more, err = in.ReadSlice('\n')
		size += int64(len(more))
	}
	return line, size, err
}

// line takes in one line.
func (x *index) line(number int, offset int64, line []byte, size int64) {
	if len(bytes.TrimSpace(line)) == 0 {
		return
	}
	if size > int64(len(line)) {
		x.reject(number, fmt.Sprintf("is longer than %d KB", longestLine>>10))
		return
	}
	event, err := api.DecodeEvent(line)
	if err != nil {
		x.reject(number, err.Error())
		return
	}
	if x.known(event.MessageID) {
		x.counts.Duplicates++
		return
	}
	e := entry{
		offset: offset, at: event.ReceivedAt.UnixMicro(), length: int32(size),
		user: x.number(event.UserID), device: x.number(event.AnonymousID),
	}
	if event.Type == journey.TypeAlias {
		e.previous = x.number(event.PreviousID)
	}
	x.entries = append(x.entries, e)
}

func (x *index) reject(number int, why string) {
	x.counts.Rejected++
	if x.Rejected != nil {
		x.Rejected(number, why)
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
