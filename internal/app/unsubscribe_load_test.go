package app

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"
	"golang.org/x/sync/errgroup"

	"klantreis/activities"
	"klantreis/config"
	"klantreis/internal/testserver"
	"klantreis/journey"
)

// provider takes mails, each in a moment of its own, and keeps when it had taken them.
type provider struct {
	mu    sync.Mutex
	taken map[string]time.Time // by message id
}

func (p *provider) Send(_ context.Context, mail activities.Mail) (string, error) {
	soon()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken[mail.MessageID] = time.Now()
	return "provider-id", nil
}

// soon lets up to ten milliseconds pass, so that nobody knows who is first.
func soon() {
	<-time.After(time.Duration(rand.IntN(10_000)) * time.Microsecond) //nolint:gosec // any number will do
}

// TestUnsubscribingWins lets many customers unsubscribe, each at an instant of their own, while everybody's mail is handed
// over. No provider takes a mail after its reader was told that they are unsubscribed.
func TestUnsubscribingWins(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		url       func(t *testing.T) config.Secret // the one of setup when nil
		customers int
	}{
		"sqlite":   {nil, 300},
		"postgres": {func(t *testing.T) config.Secret { return config.Secret(testserver.Postgres(t)) }, 1000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := setup(t)
			if test.url != nil {
				cfg.Record.Database = test.url(t)
				require.NoError(t, Migrate(t.Context(), cfg.Record, time.Now))
			}
			o := options()
			o.FirstMap, o.Now = caring(), time.Now
			race(t, serveWith(t, cfg, o), test.customers)
		})
	}
}

// race hands the mails of all customers over while they unsubscribe.
func race(t *testing.T, a *App, customers int) {
	t.Helper()
	ids, messages := a.mailAll(t, customers)
	post := &provider{taken: map[string]time.Time{}}
	acts := activities.New(activities.Options{
		Decider: a.record, Ledger: a.record, Maps: a.maps, Mailer: post, Links: a.links(), Clock: a.clock, Now: time.Now,
	})
	acknowledged := make([]time.Time, customers)
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	var group errgroup.Group
	group.SetLimit(16)
	for n := range customers {
		link := "http://" + a.listener.Addr().String() + strings.TrimPrefix(a.linkOf(t, messages[n]), "https://reis.test")
		group.Go(func() error {
			soon()
			return sendOne(acts, ids[n], messages[n])
		})
		group.Go(func() error {
			soon()
			resp, err := client.Post(link, urlencoded, strings.NewReader(oneClick)) //nolint:noctx // the client has a time-out
			if err != nil {
				return err
			}
			acknowledged[n] = time.Now()
			if err := resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK {
				return fmt.Errorf("customer %d: status %d, %w", n, resp.StatusCode, err)
			}
			return nil
		})
	}
	require.NoError(t, group.Wait())
	late, sent := 0, len(post.taken)
	for n, id := range messages {
		if at, ok := post.taken[id]; ok && at.After(acknowledged[n]) {
			late++
		}
	}
	require.Zero(t, late, "mails that a provider took after the acknowledgement")
	require.Positive(t, sent, "otherwise nothing was in the balance")
	require.Less(t, sent, customers, "otherwise nothing was in the balance")
	t.Logf("%d of %d mails were taken, all before their readers were told", sent, customers)
}

// mailAll makes customers who all have a mail planned, and returns their ids and those of the messages.
func (a *App) mailAll(t *testing.T, customers int) (ids, messages []string) {
	t.Helper()
	at := a.clock.Journey(time.Now())
	var events []journey.Event
	for n := range customers {
		user := fmt.Sprint("user-", n)
		events = append(events,
			journey.Event{
				MessageID: "i-" + user, Type: journey.TypeIdentify, Name: journey.TypeIdentify, UserID: user, Timestamp: at, ReceivedAt: at,
				Traits: map[string]any{"email": user + "@example.net"},
			},
			journey.Event{
				MessageID: "o-" + user, Type: journey.TypeTrack, Name: journey.OrderCompleted, UserID: user, Timestamp: at, ReceivedAt: at,
				Properties: map[string]any{"order_id": user},
			})
	}
	_, err := ingestor{record: a.record, maps: a.maps, woken: func() {}, log: slog.New(slog.DiscardHandler)}.Ingest(t.Context(), events)
	require.NoError(t, err)
	_, live, err := a.maps.Live(t.Context())
	require.NoError(t, err)
	for n := range customers {
		customer, _, err := a.record.CustomerByUserID(t.Context(), fmt.Sprint("user-", n))
		require.NoError(t, err)
		snapshot, err := a.record.Decide(t.Context(), customer.State.CustomerID, 0, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
			in.Now = a.clock.Journey(time.Now())
			return live.Map.Decide(in)
		})
		require.NoError(t, err)
		require.Len(t, snapshot.Effects, 1)
		ids, messages = append(ids, customer.State.CustomerID), append(messages, snapshot.Effects[0].MessageID)
	}
	return ids, messages
}

// linkOf is the link of a planned message.
func (a *App) linkOf(t *testing.T, messageID string) string {
	t.Helper()
	h, found, err := a.record.Planned(t.Context(), messageID)
	require.NoError(t, err)
	require.True(t, found)
	return a.links().Preferences(h)
}

// sendOne runs the activity that hands one mail over.
func sendOne(acts *activities.Activities, customerID, messageID string) error {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet{})
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivity(acts.Send)
	_, err := env.ExecuteActivity(acts.Send, activities.SendInput{CustomerID: customerID, MessageID: messageID, Class: journey.Service})
	return err
}

// quiet is a log of nothing.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
