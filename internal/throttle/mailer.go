package throttle

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/sony/gobreaker/v2"

	"klantreis/activities"
	"klantreis/journey"
)

// Options describe a provider and how it is to be spared.
type Options struct {
	// Mailer hands mails to the provider.
	Mailer activities.Mailer
	// Name tells the provider apart from others in the same Redis.
	Name string
	// PerSecond is how many mails all workers together may hand over in a second on the long run. Zero means that the rate is
	// not limited.
	PerSecond float64
	// Redis is shared by the workers. It stays the caller's. May be nil when PerSecond is zero.
	Redis *redis.Client
	// Log is told when the provider falls ill and when it is well again, and so of Redis.
	Log *slog.Logger
}

// Mailer is an activities.Mailer and its activities.Gate. It is safe for concurrent use.
type Mailer struct {
	next    activities.Mailer
	breaker *gobreaker.CircuitBreaker[string]
	rate    *rate // nil when there is no limit
	log     *slog.Logger

	mu       sync.Mutex
	closedTo time.Time // the provider or the breaker wants no mail until then
}

// New returns a Mailer.
func New(o Options) *Mailer {
	m := &Mailer{next: o.Mailer, log: o.Log}
	if o.PerSecond > 0 {
		m.rate = newRate(o.Redis, o.Name, o.PerSecond, o.Log)
	}
	m.breaker = gobreaker.NewCircuitBreaker[string](gobreaker.Settings{
		Name: o.Name, MaxRequests: probes, Timeout: illFor, OnStateChange: m.stateChanged,
		ReadyToTrip:  func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= illAfter },
		IsSuccessful: answered, IsExcluded: saysNothing,
	})
	return m
}

const (
	// illAfter is how many hand-overs in a row must fail for the provider to count as ill.
	illAfter = 5
	// illFor is how long an ill provider is left alone before it is tried again.
	illFor = 15 * time.Second
	// probes is how many hand-overs in a row must succeed then for it to count as well.
	probes = 3
	// probeEvery is how far apart these go.
	probeEvery = time.Second
	// longestPause bounds for how long all stay away because the provider asked one to. The one stays away for as long as it
	// was told.
	longestPause = time.Minute
	// shortestPause is how long to stay away at least: less is not worth another attempt.
	shortestPause = 100 * time.Millisecond
)

// Wait implements activities.Gate. A wait is up to half as long again as it need be, by chance, so that those who were sent
// away together do not come back together.
func (m *Mailer) Wait(ctx context.Context, class journey.Class) time.Duration {
	wait := m.closedFor()
	if wait == 0 && m.breaker.State() == gobreaker.StateHalfOpen {
		m.close(probeEvery)
	}
	if wait == 0 && m.rate != nil {
		wait = m.rate.take(ctx, class)
	}
	if wait == 0 {
		return 0
	}
	wait = max(wait, shortestPause)
	return wait + rand.N(wait/2)
}

// Send implements activities.Mailer. A mail that comes although the gate is closed is not taken.
func (m *Mailer) Send(ctx context.Context, mail activities.Mail) (string, error) {
	id, err := m.breaker.Execute(func() (string, error) {
		id, err := m.next.Send(ctx, mail)
		if err != nil && errors.Is(ctx.Err(), context.Canceled) {
			return id, givenUp{err} // We broke it off; the provider may be well.
		}
		return id, err
	})
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		return "", &activities.MailError{
			Fault: activities.MailNotTaken, RetryAfter: max(m.closedFor(), time.Second), Message: "the provider is ill and was not asked",
		}
	}
	m.notice(err)
	return id, err
}

// Ill tells whether the provider counts as ill.
func (m *Mailer) Ill() bool { return m.breaker.State() != gobreaker.StateClosed }

// notice keeps everybody away when the provider asks for it.
func (m *Mailer) notice(err error) {
	if fault, ok := errors.AsType[*activities.MailError](err); ok && fault.Status == statusTooMany {
		m.close(min(max(fault.RetryAfter, time.Second), longestPause))
	}
}

// close closes the gate for a while.
func (m *Mailer) close(pause time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if until := time.Now().Add(pause); until.After(m.closedTo) {
		m.closedTo = until
	}
}

// closedFor returns how long the gate stays closed; zero when it is open.
func (m *Mailer) closedFor() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return max(0, time.Until(m.closedTo))
}

func (m *Mailer) stateChanged(name string, _, to gobreaker.State) {
	switch to {
	case gobreaker.StateOpen:
		m.close(illFor)
		m.log.Warn("the mail provider is ill; it is left alone", "provider", name, "pause", illFor)
	case gobreaker.StateHalfOpen:
		m.log.Info("the mail provider is tried again", "provider", name)
	case gobreaker.StateClosed:
		m.log.Info("the mail provider is well again", "provider", name)
	}
}
