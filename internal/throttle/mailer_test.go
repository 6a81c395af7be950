package throttle

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/journey"
)

// provider answers every mail alike.
type provider struct {
	err   error
	asked int
	// during is called while the provider is asked.
	during func()
}

func (p *provider) Send(context.Context, activities.Mail) (string, error) {
	p.asked++
	if p.during != nil {
		p.during()
	}
	if p.err != nil {
		return "", p.err
	}
	return "id", nil
}

func answer(fault activities.MailFault, status int) error {
	return &activities.MailError{Fault: fault, Status: status}
}

func newMailer(p *provider) *Mailer {
	return New(Options{Mailer: p, Name: "test", Log: slog.New(slog.DiscardHandler)})
}

// send goes through the gate and tells whether it was open.
func (m *Mailer) send(t *testing.T) (open bool, err error) {
	t.Helper()
	if m.Wait(t.Context(), journey.Service) > 0 {
		return false, nil
	}
	_, err = m.Send(t.Context(), activities.Mail{})
	return true, err
}

// TestWhatMakesAProviderIll answers often in one way and looks whether it is left alone then.
func TestWhatMakesAProviderIll(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err error
		ill bool
	}{
		"well":                  {nil, false},
		"500":                   {answer(activities.MailNotTaken, 500), true},
		"503":                   {answer(activities.MailNotTaken, 503), true},
		"408":                   {answer(activities.MailNotTaken, 408), true},
		"no connection":         {answer(activities.MailNotTaken, 0), true},
		"no answer in time":     {answer(activities.MailUnknown, 0), true},
		"an answer of others":   {answer(activities.MailUnknown, 200), true},
		"leads elsewhere":       {answer(activities.MailNotTaken, 302), true},
		"an error of no kind":   {errors.New("broken"), true},
		"refuses mails":         {answer(activities.MailRefused, 400), false},
		"refuses large mails":   {answer(activities.MailRefused, 413), false},
		"does not like the key": {answer(activities.MailNotTaken, 401), false},
		"forbids":               {answer(activities.MailNotTaken, 403), false},
		"was not asked in time": {&activities.MailError{Fault: activities.MailLate}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &provider{err: test.err}
			m := newMailer(p)
			for range illAfter {
				require.False(t, m.Ill())
				open, err := m.send(t)
				require.True(t, open)
				require.ErrorIs(t, err, test.err)
			}
			require.Equal(t, test.ill, m.Ill())
			open, _ := m.send(t)
			require.Equal(t, test.ill, !open)
		})
	}
}

func TestOneSuccessBetweenFailuresIsEnough(t *testing.T) {
	t.Parallel()
	p := &provider{}
	m := newMailer(p)
	for i := range 4 * illAfter {
		p.err = answer(activities.MailNotTaken, 500)
		if i%illAfter == illAfter-1 {
			p.err = nil
		}
		_, _ = m.send(t) // Its own error is what was asked for.
	}
	require.False(t, m.Ill())
	require.Equal(t, 4*illAfter, p.asked)
}

func TestAnIllProviderIsTriedNowAndThen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &provider{err: answer(activities.MailNotTaken, 500)}
		m := newMailer(p)
		for range illAfter {
			_, _ = m.send(t)
		}
		wait := m.Wait(t.Context(), journey.Transactional)
		require.GreaterOrEqual(t, wait, illFor)
		require.Less(t, wait, illFor*3/2)
		_, err := m.Send(t.Context(), activities.Mail{})
		fault, ok := errors.AsType[*activities.MailError](err)
		require.True(t, ok)
		require.Equal(t, &activities.MailError{Fault: activities.MailNotTaken, RetryAfter: illFor, Message: "the provider is ill and was not asked"}, fault)
		require.Equal(t, illAfter, p.asked)

		time.Sleep(illFor + time.Millisecond)
		open, err := m.send(t)
		require.True(t, open)
		require.Error(t, err, "it is still ill")
		require.Equal(t, illAfter+1, p.asked)
		open, _ = m.send(t)
		require.False(t, open)

		time.Sleep(illFor + time.Millisecond)
		p.err = nil
		for i := range probes {
			open, err := m.send(t)
			require.True(t, open, i)
			require.NoError(t, err)
			open, _ = m.send(t)
			require.False(t, open, "one at a time")
			time.Sleep(probeEvery + time.Millisecond)
		}
		require.False(t, m.Ill())
		for range 10 {
			open, _ := m.send(t)
			require.True(t, open)
		}
	})
}

func TestABusyProviderIsLeftAloneByAll(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ asks, pause time.Duration }{
		"says how long":      {7 * time.Second, 7 * time.Second},
		"does not say":       {0, time.Second},
		"asks for very long": {time.Hour, longestPause},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := &provider{err: &activities.MailError{Fault: activities.MailNotTaken, Status: 429, RetryAfter: test.asks}}
				m := newMailer(p)
				_, err := m.send(t)
				require.ErrorIs(t, err, p.err, "the one stays away for as long as it was told")
				wait := m.Wait(t.Context(), journey.Transactional)
				require.GreaterOrEqual(t, wait, test.pause)
				require.Less(t, wait, test.pause*3/2)
				time.Sleep(test.pause)
				open, _ := m.send(t)
				require.True(t, open)
				require.False(t, m.Ill())
			})
		})
	}
}

// TestAHandOverThatWeBreakOffSaysNothing stops a worker while hand-overs are under way.
func TestAHandOverThatWeBreakOffSaysNothing(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	p := &provider{err: answer(activities.MailUnknown, 0), during: stop}
	m := newMailer(p)
	for range 2 * illAfter {
		_, err := m.Send(ctx, activities.Mail{})
		fault, ok := errors.AsType[*activities.MailError](err)
		require.True(t, ok)
		require.Equal(t, activities.MailUnknown, fault.Fault)
	}
	require.False(t, m.Ill())
}
