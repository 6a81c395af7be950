package eventfile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"

	"klantreis/api"
	"klantreis/journey"
)

// longestLine is how long a line may be: no event of the API is longer.
const longestLine = 256 << 10

// batchLines and batchBytes are at most how many lines are decoded together, and after how many bytes no more are added.
const (
	batchLines = 512
	batchBytes = 512 << 10
)

// line is one line of the file and, once it is decoded, what the index keeps of it.
type line struct {
	number       int
	offset, size int64
	text         []byte // nil when decoded
	last         bool   // of its batch

	blank                           bool
	why                             string // it cannot be used
	messageID                       string
	userID, anonymousID, previousID string
	at                              int64 // when it was received, in microseconds
}

// lines reads a file line by line.
type lines struct {
	in     *bufio.Reader
	number int
	offset int64
}

// batch returns the next lines; with an error, io.EOF among them, those before it.
func (s *lines) batch() (batch []line, err error) {
	text := make([]byte, 0, batchBytes)
	for err == nil && len(batch) < batchLines && len(text) < batchBytes {
		var read []byte
		var size int64
		read, size, err = s.next()
		s.number++
		start := len(text)
		text = append(text, read...) // when it grows, the lines before keep what they have
		batch = append(batch, line{number: s.number, offset: s.offset, size: size, text: text[start:]})
		s.offset += size
	}
	batch[len(batch)-1].last = true
	return batch, err
}

// next reads a line, with its end, and returns its size in the file. Of one that is too long it returns a part. The line is
// valid until the next call.
func (s *lines) next() (text []byte, size int64, err error) {
	text, err = s.in.ReadSlice('\n')
	size = int64(len(text))
	for errors.Is(err, bufio.ErrBufferFull) {
		var more []byte
		more, err = s.in.ReadSlice('\n')
		size += int64(len(more))
	}
	return text, size, err
}

// decode finds out what the line says.
func (l *line) decode() {
	text := l.text
	l.text = nil
	if l.blank = len(bytes.TrimSpace(text)) == 0; l.blank {
		return
	}
	if l.size > int64(len(text)) {
		l.why = fmt.Sprintf("is longer than %d KB", longestLine>>10)
		return
	}
	event, err := api.DecodeEvent(text)
	if err != nil {
		l.why = err.Error()
		return
	}
	l.messageID, l.userID, l.anonymousID, l.at = event.MessageID, event.UserID, event.AnonymousID, event.ReceivedAt.UnixMicro()
	if event.Type == journey.TypeAlias {
		l.previousID = event.PreviousID
	}
}
