package sandbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/activities"
	"klantreis/internal/sandbox"
)

func TestTakesAMail(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{})

	id := b.send(t, testMail("m-1"))

	messages := b.Messages()
	require.Len(t, messages, 1)
	got := messages[0]
	require.WithinDuration(t, time.Now(), got.Created, time.Minute)
	require.Len(t, got.Reports, 2)
	got.Created, got.Reports = time.Time{}, nil
	require.Equal(t, sandbox.Message{
		ID:         id,
		From:       sandbox.Address{Name: "De Winkel", Address: "winkel@example.com"},
		ReplyTo:    []sandbox.Address{{Address: "service@example.com"}},
		To:         []sandbox.Address{{Name: "Jan", Address: "jan@example.com"}},
		Subject:    "Bestelling m-1",
		HTML:       testMail("").HTML,
		Text:       "Dank je wel",
		Headers:    map[string]string{"List-Unsubscribe": "<https://shop.example.com/u/1>"},
		Categories: []string{"order-confirmation"},
		Args:       map[string]string{"message_id": "m-1"},
	}, got)
	require.EqualValues(t, 1, b.Stats().Taken)
}

func TestPersonalizationsAreMailsOfTheirOwn(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{})
	got := request(t, http.MethodPost, b.api+"/v3/mail/send", `{
		"personalizations": [
			{"to": [{"email": "a@example.com"}], "cc": [{"email": "b@example.com"}], "custom_args": {"message_id": "1"}},
			{"to": [{"email": "c@example.com"}], "subject": "Own", "from": {"email": "own@example.com"}, "headers": {"X-Own": "1"}}
		],
		"from": {"email": "shop@example.com"}, "subject": "All", "headers": {"X-All": "1"}, "custom_args": {"message_id": "0", "k": "v"},
		"content": [{"type": "text/plain", "value": "x"}]}`, withKey)
	require.Equal(t, http.StatusAccepted, got.status, got.body)

	messages := b.Messages()
	require.Len(t, messages, 2)
	second, first := messages[0], messages[1]
	require.Equal(t, got.header.Get("X-Message-Id"), first.ID)
	require.Equal(t, first.ID+".1", second.ID)
	require.Equal(t, map[string]string{"message_id": "1", "k": "v"}, first.Args)
	require.Equal(t, "All", first.Subject)
	require.Len(t, first.Reports, 4)
	require.Equal(t, map[string]string{"message_id": "0", "k": "v"}, second.Args)
	require.Equal(t, map[string]string{"X-All": "1", "X-Own": "1"}, second.Headers)
	require.Equal(t, "Own", second.Subject)
	require.Equal(t, "own@example.com", second.From.Address)
}

func TestRefusesWhatSendGridRefuses(t *testing.T) {
	t.Parallel()
	const (
		people  = `"personalizations":[{"to":[{"email":"a@example.com"}]}],`
		from    = `"from":{"email":"shop@example.com"},`
		subject = `"subject":"s",`
		content = `"content":[{"type":"text/plain","value":"x"}]`
		good    = people + from + subject + content
	)
	tests := []struct{ name, body, field string }{
		{"nothing", `{}`, `"field":"personalizations"`},
		{"not JSON", `{`, `"message":"Bad Request","field":null`},
		{"two documents", `{` + good + `}{}`, `"message":"Bad Request"`},
		{"unknown property", `{"colour":1,` + good + `}`, `unknown field \"colour\"`},
		{"wrong type", `{"send_at":"now",` + good + `}`, `"field":"send_at"`},
		{"nobody", `{"personalizations":[{"to":[]}],` + from + subject + content + `}`, `"field":"personalizations.0.to"`},
		{"bad recipient", `{"personalizations":[{"to":[{"email":"jan"}]}],` + from + subject + content + `}`, `"field":"personalizations.0.to.0.email"`},
		{"named in the address", `{"personalizations":[{"to":[{"email":"Jan <a@example.com>"}]}],` + from + subject + content + `}`, `"field":"personalizations.0.to.0.email"`},
		{"twice", `{"personalizations":[{"to":[{"email":"a@example.com"}],"bcc":[{"email":"A@example.com"}]}],` + from + subject + content + `}`, `"field":"personalizations.0.bcc"`},
		{"no sender", `{` + people + subject + content + `}`, `"field":"from.email"`},
		{"bad sender", `{"from":{"email":"@"},` + people + subject + content + `}`, `"field":"from.email"`},
		{"bad reply address", `{"reply_to":{"email":"x"},` + good + `}`, `"field":"reply_to.email"`},
		{"both reply fields", `{"reply_to":{"email":"x@example.com"},"reply_to_list":[{"email":"y@example.com"}],` + good + `}`, `"field":"reply_to_list"`},
		{"no subject", `{` + people + from + content + `}`, `"field":"subject"`},
		{"no content", `{` + people + from + `"subject":"s"}`, `"field":"content"`},
		{"empty content", `{` + people + from + subject + `"content":[{"type":"text/plain","value":""}]}`, `"field":"content.0.value"`},
		{"no type", `{` + people + from + subject + `"content":[{"type":"plain","value":"x"}]}`, `"field":"content.0.type"`},
		{"HTML first", `{` + people + from + subject + `"content":[{"type":"text/html","value":"x"},{"type":"text/plain","value":"x"}]}`, `"field":"content"`},
		{"template", `{"template_id":"d-1",` + people + from + `"subject":"s"}`, `"field":"template_id"`},
		{"category twice", `{"categories":["a","a"],` + good + `}`, `"field":"categories.1"`},
		{"too many categories", `{"categories":["1","2","3","4","5","6","7","8","9","10","11"],` + good + `}`, `"field":"categories"`},
		{"reserved header", `{"headers":{"Reply-To":"x"},` + good + `}`, `"field":"headers.Reply-To"`},
		{"header injection", `{"headers":{"X-A":"1\r\nBcc: x"},` + good + `}`, `"field":"headers.X-A"`},
		{"large arguments", `{"custom_args":{"a":"` + strings.Repeat("x", 10_000) + `"},` + good + `}`, `"field":"personalizations.0.custom_args"`},
	}
	b := setup(t, sandbox.Options{})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := request(t, http.MethodPost, b.api+"/v3/mail/send", test.body, withKey)
			require.Equal(t, http.StatusBadRequest, got.status, got.body)
			require.Contains(t, got.body, test.field)
			require.Contains(t, got.body, `{"errors":[{"message":`)
		})
	}
	require.Empty(t, b.Messages())
	require.EqualValues(t, len(tests), b.Stats().Refused)
}

func TestAnswersOtherRequests(t *testing.T) {
	t.Parallel()
	json := map[string]string{"Content-Type": "application/json"}
	tests := []struct {
		name, method, path, body string
		header                   map[string]string
		want                     int
	}{
		{"no key", http.MethodPost, "/v3/mail/send", `{}`, json, http.StatusUnauthorized},
		{"empty key", http.MethodPost, "/v3/mail/send", `{}`, map[string]string{"Authorization": "Bearer "}, http.StatusUnauthorized},
		{"wrong key", http.MethodPost, "/v3/mail/send", `{}`, map[string]string{"Authorization": "Bearer x"}, http.StatusUnauthorized},
		{"wrong scheme", http.MethodPost, "/v3/mail/send", `{}`, map[string]string{"Authorization": "Basic " + apiKey}, http.StatusUnauthorized},
		{"faults without a key", http.MethodPost, "/sandbox/faults", `{"faults":[]}`, json, http.StatusUnauthorized},
		{"wrong method", http.MethodGet, "/v3/mail/send", ``, withKey, http.StatusMethodNotAllowed},
		{"wrong content type", http.MethodPost, "/v3/mail/send", `{}`, map[string]string{"Authorization": "Bearer " + apiKey}, http.StatusUnsupportedMediaType},
		{"unknown path", http.MethodGet, "/v3/stats", ``, withKey, http.StatusNotFound},
		{"too large", http.MethodPost, "/v3/mail/send", strings.Repeat(" ", 31<<20), withKey, http.StatusRequestEntityTooLarge},
	}
	b := setup(t, sandbox.Options{})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := request(t, test.method, b.api+test.path, test.body, test.header)
			require.Equal(t, test.want, got.status)
			require.Contains(t, got.body, `{"errors":[{"message":`)
		})
	}
}

func TestAdapterReadsTheRefusal(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{})
	mail := testMail("m-1")
	mail.To.Email = "nobody"

	_, err := b.client.Send(t.Context(), mail)

	var fault *activities.MailError
	require.ErrorAs(t, err, &fault)
	require.Equal(t, activities.MailRefused, fault.Fault)
	require.Equal(t, "personalizations.0.to.0.email: not a valid address", fault.Message)
}

func TestInboxIsBounded(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{MaxMessages: 3})
	for i := range 5 {
		b.send(t, testMail(fmt.Sprint(i)))
	}

	messages := b.Messages()

	require.Len(t, messages, 3)
	require.Equal(t, "4", messages[0].Args["message_id"])
	require.Equal(t, "2", messages[2].Args["message_id"])
	require.EqualValues(t, 5, b.Stats().Taken)
	require.Equal(t, 3, b.Stats().Held)
}
