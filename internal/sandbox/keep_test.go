package sandbox_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/internal/sandbox"
)

func TestMailsSurviveARestart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "inbox")
	first := setup(t, sandbox.Options{Dir: dir})
	shop := receive(t, first.PublicKey(), 0)
	first.SetWebhookURL(shop.url)
	first.Start(t.Context())
	first.send(t, testMail("reported"))
	shop.next(t)
	settled(t, first.Sandbox, 2)
	first.SetWebhookURL("")
	first.send(t, testMail("unreported"))
	require.NoError(t, first.Emit("reported", sandbox.EventOpen))
	want := first.Messages()
	require.NoError(t, first.Stop())

	second := setup(t, sandbox.Options{Dir: dir, WebhookURL: shop.url})

	require.Equal(t, first.PublicKey(), second.PublicKey())
	got := second.Messages()
	require.Len(t, got, 2)
	for i := range got {
		require.True(t, want[i].Created.Equal(got[i].Created))
		require.Len(t, got[i].Reports, len(want[i].Reports))
		require.Equal(t, want[i].Args, got[i].Args)
		require.Equal(t, want[i].HTML, got[i].HTML)
	}
	require.Zero(t, second.Stats().Taken)

	second.Start(t.Context())
	events := shop.next(t)
	require.Equal(t, []string{"open", "processed", "delivered"}, kinds(events))
	require.Equal(t, "reported", events[0].MessageID)
	require.Equal(t, want[0].Reports[0].ID, events[1].ID)
}

func TestUnfinishedLineIsCutOff(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := setup(t, sandbox.Options{Dir: dir})
	first.send(t, testMail("1"))
	require.NoError(t, first.Stop())
	file, err := os.OpenFile(filepath.Join(dir, "inbox.ndjson"), os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = file.WriteString(`{"mail":{"ID":"` + strings.Repeat("half", 5000))
	require.NoError(t, err)
	require.NoError(t, file.Close())

	second := setup(t, sandbox.Options{Dir: dir})
	second.send(t, testMail("2"))
	require.NoError(t, second.Stop())

	data, err := os.ReadFile(filepath.Join(dir, "inbox.ndjson"))
	require.NoError(t, err)
	require.NotContains(t, string(data), "halfhalf")
	third := setup(t, sandbox.Options{Dir: dir})
	require.Len(t, third.Messages(), 2)
}

func TestBrokenFilesAreNamed(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, content, want string }{
		{"inbox", "inbox.ndjson", "{}\nnonsense\n", "line 2"},
		{"key", "webhook-key.pem", "nonsense", "holds no key"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, test.file), []byte(test.content), 0o600))
			_, err := sandbox.New(sandbox.Options{Dir: dir, Now: time.Now})
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestFileIsRewrittenWhenMostOfItIsOld(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := setup(t, sandbox.Options{Dir: dir, MaxMessages: 2})
	for i := range 1100 {
		b.send(t, testMail(fmt.Sprint(i)))
	}
	require.NoError(t, b.Stop())

	data, err := os.ReadFile(filepath.Join(dir, "inbox.ndjson"))
	require.NoError(t, err)
	require.Less(t, strings.Count(string(data), "\n"), 200)
	again := setup(t, sandbox.Options{Dir: dir, MaxMessages: 2})
	require.Equal(t, "1099", again.Messages()[0].Args["message_id"])
}

func TestDeletedMailsLeaveTheDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := setup(t, sandbox.Options{Dir: dir})
	b.send(t, testMail("1"))

	got := request(t, http.MethodDelete, b.inbox+"/inbox/api/v1/messages", "", nil)

	require.Equal(t, "ok", got.body)
	require.Empty(t, b.Messages())
	data, err := os.ReadFile(filepath.Join(dir, "inbox.ndjson"))
	require.NoError(t, err)
	require.Empty(t, data)
	b.send(t, testMail("2"))
	require.Len(t, b.Messages(), 1)
}

func TestMailThatCannotBeKeptIsNotTaken(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{Dir: t.TempDir()})
	require.NoError(t, b.Stop()) // Closes the file under the handlers.

	_, err := b.client.Send(t.Context(), testMail("1"))

	require.ErrorContains(t, err, "status 500")
	require.Empty(t, b.Messages())
}

func TestNewWantsAClock(t *testing.T) {
	t.Parallel()
	_, err := sandbox.New(sandbox.Options{})
	require.ErrorContains(t, err, "no clock")
}
