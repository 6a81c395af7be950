package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/sendgrid/sendgrid-go/helpers/eventwebhook"
)

// postTimeout bounds one post of reports.
const postTimeout = 10 * time.Second

// reporter posts the reports to the webhook, one batch at a time. What it posts is written anew each time, so a mail that
// was deleted meanwhile is no longer reported.
type reporter struct {
	outbox
	inbox     *inbox
	signer    *signer
	http      *http.Client
	now       func() time.Time
	redeliver float64
	chance    *rand.Rand // Used by the posting goroutine only.

	cancel context.CancelFunc
	done   chan struct{}

	statsMu sync.Mutex
	stats   WebhookStats
}

func newReporter(opts Options, mails *inbox, key *signer) *reporter {
	return &reporter{
		outbox:    outbox{backoff: opts.Backoff, wake: make(chan struct{}, 1), url: opts.WebhookURL},
		inbox:     mails,
		signer:    key,
		http:      newPoster(),
		now:       opts.Now,
		redeliver: opts.Redeliver,
		chance:    rand.New(rand.NewPCG(opts.Seed, 2)),
	}
}

// newPoster returns a client that takes a redirect for a refusal.
func newPoster() *http.Client {
	return &http.Client{
		Timeout:       postTimeout,
		Transport:     &http.Transport{MaxIdleConns: 2, IdleConnTimeout: postTimeout},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (r *reporter) start(ctx context.Context) {
	ctx, r.cancel = context.WithCancel(ctx)
	r.done = make(chan struct{})
	go r.run(ctx)
}

// stop waits for the posting goroutine. It does nothing when there is none.
func (r *reporter) stop() {
	if r.cancel == nil {
		return
	}
	r.cancel()
	<-r.done
	r.http.CloseIdleConnections()
}

func (r *reporter) run(ctx context.Context) {
	defer close(r.done)
	for ctx.Err() == nil {
		b, target, wait := r.next(r.now())
		if len(b.refs) > 0 {
			r.deliver(ctx, b, target)
			continue
		}
		r.sleep(ctx, wait)
	}
}

// sleep waits until something changes, or, when wait is above zero, at most so long.
func (r *reporter) sleep(ctx context.Context, wait time.Duration) {
	var due <-chan time.Time
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-ctx.Done():
	case <-r.wake:
	case <-due:
	}
}

// deliver posts one batch and sees to what follows from the answer.
func (r *reporter) deliver(ctx context.Context, b batch, target string) {
	count, err := r.post(ctx, b.refs, target)
	if err == nil && !b.again {
		err = r.inbox.posted(b.refs)
	}
	if err != nil {
		r.postpone(b, r.now())
	}
	r.statsMu.Lock()
	defer r.statsMu.Unlock()
	switch {
	case err != nil:
		r.stats.Failed++
		r.stats.LastFailure = err.Error()
	case b.again:
		r.stats.Posted += int64(count)
		r.stats.Repeated += int64(count)
	default:
		r.stats.Posted += int64(count)
		if r.chance.Float64() < r.redeliver {
			r.repeat(b)
		}
	}
}

// post signs and posts the reports that still exist, and returns how many they are.
func (r *reporter) post(ctx context.Context, refs []reportRef, target string) (int, error) {
	events := make([]map[string]any, 0, len(refs))
	for _, ref := range refs {
		if message, report, ok := r.inbox.reported(ref); ok {
			events = append(events, payload(&message, report))
		}
	}
	if len(events) == 0 {
		return 0, nil
	}
	body, err := json.Marshal(events)
	if err != nil {
		return 0, fmt.Errorf("write reports: %w", err)
	}
	body = append(body, "\r\n"...)
	timestamp := strconv.FormatInt(r.now().Unix(), 10)
	signature, err := r.signer.sign(timestamp, body)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("post reports: %w", err)
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("User-Agent", "SendGrid Event API")
	req.Header.Set(eventwebhook.VerificationHTTPHeader, signature)
	req.Header.Set(eventwebhook.TimestampHTTPHeader, timestamp)
	return len(events), r.do(req)
}

// do makes the request. Only a 2xx means that the reports were taken.
func (r *reporter) do(req *http.Request) error {
	response, err := r.http.Do(req)
	if err != nil {
		// The address may hold a password.
		if inner, ok := errors.AsType[*url.Error](err); ok {
			err = inner.Err
		}
		return fmt.Errorf("post reports: %w", err)
	}
	defer response.Body.Close()
	_, _ = io.CopyN(io.Discard, response.Body, 64<<10) // So that the connection can be used again; the status counts.
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("post reports: answered %d", response.StatusCode)
	}
	return nil
}

func (r *reporter) counts() WebhookStats {
	pending, dropped := r.outbox.counts()
	r.statsMu.Lock()
	defer r.statsMu.Unlock()
	out := r.stats
	out.Pending, out.Dropped = pending, dropped
	return out
}
