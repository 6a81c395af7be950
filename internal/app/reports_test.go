package app

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/internal/sendgrid"
	"klantreis/internal/store"
	"klantreis/journey"
)

// signer signs reports as SendGrid does.
type signer struct{ key *ecdsa.PrivateKey }

func newSigner(t *testing.T) (signer, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	require.NoError(t, err)
	return signer{key}, base64.StdEncoding.EncodeToString(der)
}

func (s signer) header(t *testing.T, body string) http.Header {
	t.Helper()
	const timestamp = "1772355600"
	sum := sha256.Sum256([]byte(timestamp + body))
	signature, err := ecdsa.SignASN1(rand.Reader, s.key, sum[:])
	require.NoError(t, err)
	header := http.Header{}
	header.Set(sendgrid.HeaderTimestamp, timestamp)
	header.Set(sendgrid.HeaderSignature, base64.StdEncoding.EncodeToString(signature))
	return header
}

// plan takes the decision about a customer and returns the id of the message that it plans.
func (a *App) plan(t *testing.T, userID string) string {
	t.Helper()
	customer, found, err := a.record.CustomerByUserID(t.Context(), userID)
	require.NoError(t, err)
	require.True(t, found)
	_, live, err := a.maps.Live(t.Context())
	require.NoError(t, err)
	snapshot, err := a.record.Decide(t.Context(), customer.State.CustomerID, 0, func(_ context.Context, in journey.Input) (journey.Outcome, error) {
		in.Now = a.clock.Journey(start)
		return live.Map.Decide(in)
	})
	require.NoError(t, err)
	require.Len(t, snapshot.Effects, 1)
	return snapshot.Effects[0].MessageID
}

// handOver orders, and claims the confirmation like an attempt that died before it heard from the provider.
func (a *App) handOver(t *testing.T) (messageID string) {
	t.Helper()
	a.order(t, "user-1", "A1")
	messageID = a.plan(t, "user-1")
	wanted := func(context.Context, activities.Handover) (journey.Reason, error) { return "", nil }
	claim, err := a.record.Claim(t.Context(), messageID, "token", start.Add(-time.Hour), wanted)
	require.NoError(t, err)
	require.Equal(t, activities.Claimed, claim.Status)
	return messageID
}

func (a *App) message(t *testing.T) store.MessageState {
	t.Helper()
	customer, _, err := a.record.CustomerByUserID(t.Context(), "user-1")
	require.NoError(t, err)
	messages, err := a.record.Messages(t.Context(), customer.State.CustomerID)
	require.NoError(t, err)
	require.Len(t, messages, 1)
	return messages[0]
}

const reportsPath = "/webhooks/sendgrid"

func TestASignedReportSettlesItsMessage(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	var sendGrid signer
	sendGrid, cfg.SendGrid.WebhookKey = newSigner(t)
	a := serve(t, cfg)
	id := a.handOver(t)
	body := fmt.Sprintf(`[{"event":"processed","sg_event_id":"e1","timestamp":%d,"message_id":%q},
		{"event":"processed","sg_event_id":"e2","timestamp":%d,"message_id":"m_of_somebody_else"},
		{"event":"processed","timestamp":%d}]`, start.Unix()+2, id, start.Unix(), start.Unix())
	for range 2 { // Reports come more than once.
		status, answer := a.do(t, http.MethodPost, reportsPath, body, sendGrid.header(t, body))
		require.Equal(t, http.StatusNoContent, status, answer)
	}
	message := a.message(t)
	require.Equal(t, journey.ReasonSent, message.Reason)
	require.EqualValues(t, "processed", message.Delivery)
	wakes, err := a.record.Backlog(t.Context(), start, 0, 0)
	require.NoError(t, err)
	require.Equal(t, 1, wakes.Waiting, "the run goes on")
}

func TestAForgedReportChangesNothing(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	sendGrid, key := newSigner(t)
	cfg.SendGrid.WebhookKey = key
	a := serve(t, cfg)
	id := a.handOver(t)
	body := fmt.Sprintf(`[{"event":"processed","sg_event_id":"e1","timestamp":%d,"message_id":%q}]`, start.Unix(), id)
	stranger, _ := newSigner(t)
	for name, header := range map[string]http.Header{
		"not signed":              {},
		"signed by somebody else": stranger.header(t, body),
		"signed for another body": sendGrid.header(t, "[]"),
		"garbage":                 {sendgrid.HeaderSignature: {"x"}, sendgrid.HeaderTimestamp: {"x"}},
	} {
		status, _ := a.do(t, http.MethodPost, reportsPath, body, header)
		require.Equal(t, http.StatusForbidden, status, name)
	}
	require.Empty(t, a.message(t).Reason)
}

func TestReportsThatCannotBeTaken(t *testing.T) {
	t.Parallel()
	cfg := setup(t)
	var sendGrid signer
	sendGrid, cfg.SendGrid.WebhookKey = newSigner(t)
	a := serve(t, cfg)
	status, answer := a.do(t, http.MethodPost, reportsPath, "{}", sendGrid.header(t, "{}"))
	require.Equal(t, http.StatusBadRequest, status, answer)

	body := fmt.Sprintf(`[{"event":"processed","sg_event_id":"e1","timestamp":%d,"message_id":"m_1"}]`, start.Unix())
	require.NoError(t, a.record.Close())
	status, answer = a.do(t, http.MethodPost, reportsPath, body, sendGrid.header(t, body))
	require.Equal(t, http.StatusServiceUnavailable, status, "so that they are posted again: %s", answer)
}

func TestWithoutAKeyThereIsNoWebhook(t *testing.T) {
	t.Parallel()
	a := serve(t, setup(t))
	status, _ := a.do(t, http.MethodPost, reportsPath, "[]", nil)
	require.Equal(t, http.StatusNotFound, status)
}
