package api_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// noIdentities are taken from the manual, so that it names what is so.
func noIdentities(t *testing.T) []string {
	t.Helper()
	manual, err := os.ReadFile("../docs/ingest.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(manual), "These are no ids")
	require.True(t, found)
	list, _, _ := strings.Cut(rest, "\n\n")
	var ids []string
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(list, -1) {
		ids = append(ids, m[1])
	}
	require.Greater(t, len(ids), 15)
	return append(ids, "UNDEFINED", "Null", "NaN", "None", `"null"`, "'undefined'", " undefined ", "000", "0-0", "{00000000-0000-0000-0000-000000000000}", "--")
}

func TestIDsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, id := range noIdentities(t) {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			text, err := json.Marshal(id)
			require.NoError(t, err)
			b := setup(t)
			body := `{"batch":[` + strings.ReplaceAll(`{"type":"track","event":"X","messageId":"1","userId":ID},
				{"type":"track","event":"X","messageId":"2","userId":ID,"anonymousId":"a"},
				{"type":"track","event":"X","messageId":"3","anonymousId":ID},
				{"type":"track","event":"X","messageId":"4","anonymousId":ID,"userId":"u"},
				{"type":"alias","messageId":"5","previousId":ID,"userId":"u"},
				{"type":"group","messageId":"6","groupId":ID,"userId":"u"}`, "ID", string(text)) + `]}`
			scenario{url: "/v1/batch", body: body, status: 200, content: []string{
				`{"index":0,"messageId":"1","code":"no-identity","field":"userId","message":"`,
				`{"index":1,"messageId":"2","code":"no-identity","field":"userId","message":"`,
				`{"index":2,"messageId":"3","code":"no-identity","field":"anonymousId","message":"`,
				`{"index":4,"messageId":"5","code":"no-identity","field":"previousId","message":"`,
				`programs send it when they have none`,
			}, stored: []string{"4", "6"}}.run(t, b)
			require.Equal(t, "u", b.ingestor.stored()[0].UserID)
			require.Empty(t, b.ingestor.stored()[0].AnonymousID)
		})
	}
}

func TestIDsThatLookLikeNone(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"01", "1", "10", "0a", "undefined-1", "nulla", "Guest-7", "nan@example.net", "trueman", "-2", "00000000-0000-0000-0000-000000000001", "o"} {
		b := setup(t)
		scenario{
			url: "/v1/batch", body: `{"batch":[{"type":"track","event":"X","messageId":"1","userId":"` + id + `","anonymousId":"` + id + `"}]}`,
			status: 200, stored: []string{"1"},
		}.run(t, b)
		require.Equal(t, id, b.ingestor.stored()[0].UserID)
		require.Equal(t, id, b.ingestor.stored()[0].AnonymousID)
	}
}

func TestCloudEventOfNobody(t *testing.T) {
	t.Parallel()
	for field, attributes := range map[string]string{"subject": `"subject":"undefined"`, "anonymousid": `"anonymousid":"null"`} {
		headers := map[string]string{"Authorization": basicAuth, "Content-Type": "application/cloudevents+json"}
		body := `{"specversion":"1.0","id":"1","source":"s","type":"X",` + attributes + `}`
		scenario{url: "/v1/cloudevents", headers: headers, body: body, status: 400, content: []string{`"no-identity"`, `"field":"` + field + `"`}}.run(t, setup(t))
	}
}
