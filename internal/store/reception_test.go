package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
)

// reception is a record with a message "missed" that was claimed at start and that nobody confirms.
type reception struct {
	*record
	reports int
}

func missing(t *testing.T, r *record) *reception {
	t.Helper()
	m := &reception{record: r}
	m.claimAt(t, "missed", 0)
	return m
}

// claimAt hands a message over, some time after start.
func (m *reception) claimAt(t *testing.T, id string, after time.Duration) {
	t.Helper()
	m.plan(t, id)
	_, err := m.Claim(t.Context(), id, "token", start.Add(after), wanted)
	require.NoError(t, err)
}

// report records a report of something that happened some time after start and reached us at another.
func (m *reception) report(t *testing.T, id string, happened, received time.Duration) {
	t.Helper()
	m.reports++
	m.set(received)
	require.NoError(t, m.RecordReports(t.Context(), []activities.Report{
		{ID: fmt.Sprint(m.reports), MessageID: id, Kind: activities.ReportOpened, At: start.Add(happened)},
	}, unheard))
}

// lasted returns for how long reports are known to have reached us since the message was claimed.
func (m *reception) lasted(t *testing.T) time.Duration {
	t.Helper()
	again, err := m.Claim(t.Context(), "missed", "another", start.Add(time.Hour), wanted)
	require.NoError(t, err)
	require.Equal(t, activities.ClaimUnconfirmed, again.Status)
	return again.Reception
}

// TestReceptionGoesByReceiptAndLaterMessages: reports about messages before the one that is missed, and reports that came before
// it, say nothing.
func TestReceptionGoesByReceiptAndLaterMessages(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		m := missing(t, r)
		m.claimAt(t, "before", -time.Minute)
		m.report(t, "before", -30*time.Second, -20*time.Second)
		m.report(t, "before", time.Minute, 20*time.Minute)
		require.Zero(t, m.lasted(t))

		m.claimAt(t, "after", time.Minute)
		m.report(t, "after", 2*time.Minute, 30*time.Minute) // It waited for us for long.
		require.Zero(t, m.lasted(t))
		m.report(t, "after", 32*time.Minute, 32*time.Minute)
		m.report(t, "before", 33*time.Minute, 33*time.Minute)
		require.Equal(t, 2*time.Minute, m.lasted(t))
	})
}

// TestAnOutageIsNoReception has the webhook out of reach from 3 s to 20 minutes after the hand-over. The report that is missed may
// be waiting with the provider, which posts again with growing pauses for a day.
func TestAnOutageIsNoReception(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		m := missing(t, r)
		m.claimAt(t, "a", time.Second)
		m.report(t, "a", 2*time.Second, 2*time.Second)
		m.claimAt(t, "b", 20*time.Minute)
		m.report(t, "b", 20*time.Minute, 20*time.Minute)
		require.Equal(t, longestPause, m.lasted(t))
		for i := range 12 {
			require.Less(t, m.lasted(t), 15*time.Minute, i)
			at := 20*time.Minute + time.Duration(i+1)*time.Minute
			m.report(t, "b", at, at)
		}
		require.Equal(t, 15*time.Minute, m.lasted(t))
	})
}

// TestReceptionOfManyReports counts every moment once, however close reports lie, and stops when it is enough.
func TestReceptionOfManyReports(t *testing.T) {
	each(t, func(t *testing.T, r *record) {
		m := missing(t, r)
		m.claimAt(t, "a", time.Second)
		for i := range 400 {
			at := time.Minute + time.Duration(i)*7*time.Second
			m.report(t, "a", at, at)
		}
		require.Equal(t, 399*7*time.Second, m.lasted(t))
		for i := range 30 { // A shop that seldom mails.
			at := time.Duration(i+1) * time.Hour
			m.report(t, "a", at, at)
		}
		require.GreaterOrEqual(t, m.lasted(t), enoughReception)
		require.Less(t, m.lasted(t), enoughReception+longestPause)
	})
}
