package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

const (
	defaultMaxMessages = 10_000
	defaultBackoff     = time.Second
)

// Options say how a sandbox behaves.
type Options struct {
	// APIKey is the key that API requests must carry. Empty accepts any key, but not none.
	APIKey string
	// Dir is the folder in which mails and the signing key survive a restart; it is made if need be. Empty keeps them in
	// memory only.
	Dir string
	// MaxMessages bounds the inbox; the oldest mails go first. Defaults to 10,000.
	MaxMessages int
	// WebhookURL is where reports are posted. Empty holds them back until SetWebhookURL.
	WebhookURL string
	// Redeliver is the share of report batches, 0 to 1, that is posted a second time, as the original does now and then.
	Redeliver float64
	// Backoff is the pause before a report is posted again that the receiver did not take. It doubles up to a minute.
	// Defaults to 1 second.
	Backoff time.Duration
	// Seed makes everything that happens by chance repeatable: faults with a probability and Redeliver.
	Seed uint64
	// Now is the clock. It must be set.
	Now func() time.Time
}

// Sandbox is one provider with one inbox. It is safe for concurrent use.
type Sandbox struct {
	apiKey  string
	now     func() time.Time
	inbox   *inbox
	faults  *faults
	reports *reporter
	refused atomic.Int64

	started sync.Once
	stopped sync.Once
	// closing ends requests that hang on purpose.
	closing chan struct{}
}

// New opens a sandbox. Its handlers work at once; reports are posted between Start and Stop.
func New(opts Options) (*Sandbox, error) {
	if opts.Now == nil {
		return nil, errors.New("open sandbox: no clock given")
	}
	if opts.MaxMessages <= 0 {
		opts.MaxMessages = defaultMaxMessages
	}
	if opts.Backoff <= 0 {
		opts.Backoff = defaultBackoff
	}
	mails, err := openInbox(opts.Dir, opts.MaxMessages)
	if err != nil {
		return nil, fmt.Errorf("open sandbox: %w", err)
	}
	key, err := openSigner(opts.Dir)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open sandbox: %w", err), mails.close())
	}
	s := &Sandbox{
		apiKey:  opts.APIKey,
		now:     opts.Now,
		inbox:   mails,
		faults:  newFaults(opts.Seed),
		reports: newReporter(opts, mails, key),
		closing: make(chan struct{}),
	}
	s.reports.add(mails.unposted()...)
	return s, nil
}

// Start begins to post reports, until ctx ends or Stop is called. A second call does nothing.
func (s *Sandbox) Start(ctx context.Context) {
	s.started.Do(func() { s.reports.start(ctx) })
}

// Stop ends requests that hang on purpose, stops posting, waits for that and closes the files. Reports that were not
// posted are posted after a restart when Dir is set. A second call does nothing.
func (s *Sandbox) Stop() error {
	var err error
	s.stopped.Do(func() {
		s.started.Do(func() {}) // From here on Start does nothing.
		close(s.closing)
		s.reports.stop()
		err = s.inbox.close()
	})
	return err
}

// SetWebhookURL says where reports are posted from now on. Empty holds them back.
func (s *Sandbox) SetWebhookURL(url string) { s.reports.setURL(url) }

// PublicKey is the key to check the reports' signatures with: base64 of the DER form, as SendGrid shows it.
func (s *Sandbox) PublicKey() string { return s.reports.signer.publicKey() }

// SetFaults replaces the faults that are in force; none clears them. It returns an error when a plan makes no sense, and
// then changes nothing.
func (s *Sandbox) SetFaults(plans ...FaultPlan) error { return s.faults.set(plans) }

// Messages returns all mails, newest first.
func (s *Sandbox) Messages() []Message {
	messages, _ := s.inbox.list(0, s.inbox.limit)
	return messages
}

// Emit lets something happen to a mail: a report about it is posted. The mail is named by its id in the inbox (the
// X-Message-Id of the answer) or by its custom argument message_id. It returns an error when there is no such mail or no
// such event.
func (s *Sandbox) Emit(messageID string, event Event) error {
	if !event.known() {
		return fmt.Errorf("emit event: unknown event %q", event)
	}
	message, ok := s.inbox.find(messageID)
	if !ok {
		return fmt.Errorf("emit event: no message %q", messageID)
	}
	report := Report{ID: newID(), Event: event, Email: message.To[0].Address, At: s.now()}
	if err := s.inbox.report(message.ID, report); err != nil {
		return fmt.Errorf("emit event: %w", err)
	}
	s.reports.add(reportRef{MessageID: message.ID, ReportID: report.ID})
	return nil
}

// APIHandler serves SendGrid's API, and the sandbox's own switches below /sandbox.
func (s *Sandbox) APIHandler() http.Handler { return s.apiRoutes() }

// InboxHandler serves the inbox, page and JSON, below /inbox.
func (s *Sandbox) InboxHandler() http.Handler { return s.inboxRoutes() }

// inDir returns the path of one of the sandbox's files, and makes the folder.
func inDir(dir, name string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make folder: %w", err)
	}
	return filepath.Join(dir, name), nil
}
