// Package feed posts a file of events to an ingest API, at a chosen rate, so that it can be stopped and taken up again.
//
// Each line of the file is one call in Segment's form, with its type. A line without a messageId is given one that follows
// from its place and content: whatever is posted twice is stored once. The package must not know what events mean.
package feed

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"golang.org/x/time/rate"
)

// The limits of one batch, below those of the API.
const (
	batchEvents = 100
	batchBytes  = 400_000
	lineBytes   = 32 << 10
)

// Options say what to post where.
type Options struct {
	// File is the file of events, one JSON object on a line.
	File string
	// PerSecond limits the rate, in events. Zero means as fast as the API takes them.
	PerSecond float64
	// Restart begins at the first line even when an earlier feed of the file was interrupted.
	Restart bool
	// Poster posts one batch.
	Poster Poster
	// Progress is told, after each batch, how many bytes of the file are done. May be nil.
	Progress func(done int64)
	// Rejected is told of every line that was not accepted, with its number and why. May be nil.
	Rejected func(line int, why string)
}

// Poster posts one batch of events and answers which of them were rejected, by index. It retries what can be retried.
type Poster interface {
	Post(ctx context.Context, events []json.RawMessage) (rejected map[int]string, err error)
}

// Result counts what was done.
type Result struct {
	// Posted are the events that were accepted, Rejected those that were not.
	Posted, Rejected int
	// Resumed is true when an earlier feed was taken up.
	Resumed bool
}

// Run posts the file. When it returns an error, running it again goes on where it stopped.
func Run(ctx context.Context, o Options) (Result, error) {
	f, err := os.Open(o.File)
	if err != nil {
		return Result{}, fmt.Errorf("open events: %w", err)
	}
	defer f.Close()
	mark := bookmark{path: o.File + ".sent"}
	at, err := mark.read(o.Restart)
	if err != nil {
		return Result{}, err
	}
	if _, err := f.Seek(at.Bytes, io.SeekStart); err != nil {
		return Result{}, fmt.Errorf("read events: %w", err)
	}
	r := &run{Options: o, at: at, mark: mark, limiter: rate.NewLimiter(rate.Inf, batchEvents)}
	if o.PerSecond > 0 {
		r.limiter = rate.NewLimiter(rate.Limit(o.PerSecond), batchEvents)
	}
	r.result.Resumed = at.Bytes > 0
	if err := r.all(ctx, bufio.NewReaderSize(f, 1<<20)); err != nil {
		return r.result, err
	}
	return r.result, mark.remove()
}

// run is one feed under way.
type run struct {
	Options
	mark    bookmark
	limiter *rate.Limiter
	at      place // behind the last line that was posted
	read    place // behind the last line that was read
	batch   []json.RawMessage
	lines   []int
	size    int
	result  Result
}

func (r *run) all(ctx context.Context, in *bufio.Reader) error {
	r.read = r.at
	for {
		line, err := in.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read events: %w", err)
		}
		if len(line) > 0 {
			if err := r.line(ctx, line); err != nil {
				return err
			}
		}
		if err != nil {
			return r.flush(ctx)
		}
	}
}

// line takes in one line, after posting the batch when it is full.
func (r *run) line(ctx context.Context, line []byte) error {
	if len(r.batch) == batchEvents || r.size+len(line) > batchBytes {
		if err := r.flush(ctx); err != nil {
			return err
		}
	}
	start := r.read.Bytes
	r.read.Bytes += int64(len(line))
	r.read.Lines++
	event, why := prepare(line, start)
	switch {
	case why != "":
		r.reject(r.read.Lines, why)
	case event != nil:
		r.batch = append(r.batch, event)
		r.lines = append(r.lines, r.read.Lines)
		r.size += len(event)
	}
	return nil
}

// prepare checks that a line is an object and gives it a messageId. It returns nil for an empty line.
func prepare(line []byte, offset int64) (event json.RawMessage, why string) {
	if len(line) > lineBytes {
		return nil, "is longer than 32 KB"
	}
	var fields map[string]json.RawMessage
	if len(bytes.TrimSpace(line)) == 0 {
		return nil, ""
	}
	if err := json.Unmarshal(line, &fields); err != nil {
		return nil, "is not a JSON object: " + err.Error()
	}
	if _, ok := fields["messageId"]; ok {
		return json.RawMessage(bytes.TrimSpace(line)), ""
	}
	sum := sha256.Sum256(strconv.AppendInt(slices.Clip(line), offset, 10))
	fields["messageId"] = json.RawMessage(`"feed-` + hex.EncodeToString(sum[:16]) + `"`)
	event, err := json.Marshal(fields)
	if err != nil {
		return nil, err.Error()
	}
	return event, ""
}

// flush posts the batch and remembers how far the file is done.
func (r *run) flush(ctx context.Context) error {
	if len(r.batch) > 0 {
		if err := r.limiter.WaitN(ctx, len(r.batch)); err != nil {
			return err
		}
		rejected, err := r.Poster.Post(ctx, r.batch)
		if err != nil {
			return err
		}
		for i, why := range rejected {
			r.reject(r.lines[i], why)
		}
		r.result.Posted += len(r.batch) - len(rejected)
	}
	r.batch, r.lines, r.size, r.at = nil, nil, 0, r.read
	if err := r.mark.write(r.at); err != nil {
		return err
	}
	if r.Progress != nil {
		r.Progress(r.at.Bytes)
	}
	return nil
}

func (r *run) reject(line int, why string) {
	r.result.Rejected++
	if r.Rejected != nil {
		r.Rejected(line, why)
	}
}
