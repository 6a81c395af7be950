package api

import (
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"klantreis/journey"
)

// sound checks what must hold of every event that is taken: the record can keep it.
func sound(t *testing.T, e journey.Event) {
	t.Helper()
	for _, text := range []string{e.MessageID, e.Type, e.Name, e.UserID, e.AnonymousID, e.PreviousID, e.GroupID} {
		require.True(t, utf8.ValidString(text), text)
		require.NotContains(t, text, "\x00")
		require.LessOrEqual(t, utf8.RuneCountInString(text), maxIDCharacters)
	}
	require.NotEmpty(t, e.MessageID)
	require.NotEmpty(t, e.Name)
	require.NotEmpty(t, e.UserID+e.AnonymousID)
	require.False(t, e.Timestamp.After(e.ReceivedAt))
	for _, part := range []map[string]any{e.Properties, e.Traits, e.Context} {
		_, err := json.Marshal(part)
		require.NoError(t, err)
	}
}

var fuzzServer = &Server{cePrefix: "com.example.", log: slog.New(slog.DiscardHandler)}

func FuzzCloudEvent(f *testing.F) {
	for _, seed := range []string{
		`{"specversion":"1.0","id":"1","source":"/s","type":"com.example.Order Completed","subject":"u","time":"2026-03-14T11:00:00Z","data":{"a":[1]}}`,
		`{"specversion":"1.0","id":"1","source":"/s","type":"identify","anonymousid":"a","data_base64":"eyJhIjoiXHUwMDAwIn0="}`,
		`{"specversion":"1.0","id":"1","source":"/s","type":"com.example.","subject":7,"datacontenttype":"text/xml"}`, `[]`, `{}`, `null`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		at := newReceipt(journey.Clock{}, time.Unix(1773489600, 0))
		one, problem := parseEvent(text)
		if problem == nil {
			if e, problem := fuzzServer.cloudEvent(&at, one.items[0]); problem == nil {
				sound(t, e)
			}
		}
		many, other := parseCloudBatch(append(append([]byte{'['}, text...), ']'))
		if problem == nil {
			require.Nil(t, other)
			require.Len(t, many.items, 1)
		}
	})
}

func FuzzCloudHeaders(f *testing.F) {
	f.Add("1.0", "7", "com.example.Order%20Completed", "u1", "2026-03-14T11:00:00Z", "application/json", []byte(`{"a":1}`))
	f.Add("1.0", "%", "identify", "%00", "", "", []byte(``))
	f.Add("0.3", "%E9", "", "", "x", "text/plain; charset=x", []byte(`[]`))
	f.Fuzz(func(t *testing.T, version, id, typ, subject, at, media string, text []byte) {
		h := http.Header{"Ce-Specversion": {version}, "Ce-Id": {id}, "Ce-Source": {"/s"}, "Ce-Type": {typ}, "Ce-Subject": {subject}, "Content-Type": {media}}
		if at != "" {
			h.Set("Ce-Time", at)
		}
		parse, problem := cloudParser(h)
		if problem != nil {
			return
		}
		b, problem := parse(text)
		if problem != nil {
			require.NotEmpty(t, problem.Code)
			return
		}
		receipt := newReceipt(journey.Clock{}, time.Unix(1773489600, 0))
		for _, it := range b.items {
			if e, problem := fuzzServer.cloudEvent(&receipt, it); problem == nil {
				sound(t, e)
			}
		}
	})
}

func FuzzEvent(f *testing.F) {
	f.Add("track", []byte(`{"messageId":"m","userId":7,"event":"X","timestamp":"2026-03-14T11:00:00+01:00","sentAt":"2026-03-14","properties":{}}`))
	f.Add("alias", []byte(`{"previousId":"p","userId":"u","context":{"a":null}}`))
	f.Add("", []byte(`{"type":"group","groupId":1.5,"anonymousId":"a"}`))
	f.Add("page", []byte(`{"name":"n","category":"c","userId":"u","properties":{"name":1}}`))
	f.Fuzz(func(t *testing.T, typ string, text []byte) {
		b, problem := parseEvent(text)
		if problem != nil {
			return
		}
		for _, imported := range []bool{false, true} {
			at := newReceipt(journey.Clock{}, time.Unix(1773489600, 0))
			at.imported = imported
			if e, problem := at.event(b.items[0], typ); problem == nil {
				sound(t, e)
			}
		}
	})
}

func FuzzAuthorization(f *testing.F) {
	for _, seed := range []string{"Basic " + base64.StdEncoding.EncodeToString([]byte("wk:")), "Bearer wk", "bearer  wk ", "Basic", "", "Basic %%%", "\x00"} {
		f.Add(seed)
	}
	keys := WriteKeys{"test": "wk"}
	f.Fuzz(func(t *testing.T, header string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
		r.Header["Authorization"] = []string{header}
		if _, ok, err := keys.WriteKey(t.Context(), headerKey(r)); ok || err != nil {
			require.NoError(t, err)
			scheme, rest, _ := strings.Cut(header, " ")
			if strings.EqualFold(scheme, "Bearer") {
				require.Equal(t, "wk", strings.TrimSpace(rest))
				return
			}
			require.True(t, strings.EqualFold(scheme, "Basic"))
			decoded, err := base64.StdEncoding.DecodeString(rest)
			require.NoError(t, err)
			require.True(t, strings.HasPrefix(string(decoded), "wk:"))
		}
	})
}

func FuzzBodyHeaders(f *testing.F) {
	f.Add("application/json; charset=utf-8", "gzip", []byte("\x1f\x8b"))
	f.Add("text/plain", "identity", []byte("{}"))
	f.Add(";;", "GZIP, br", []byte(""))
	f.Fuzz(func(t *testing.T, media, encoding string, text []byte) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(string(text)))
		r.Header["Content-Type"], r.Header["Content-Encoding"] = []string{media}, []string{encoding}
		got, problem := readPayload(httptest.NewRecorder(), r)
		if problem == nil {
			require.LessOrEqual(t, len(got), maxBodyBytes)
			return
		}
		require.Contains(t, []Code{codeMediaType, codeUnreadable, codeTooLarge}, problem.Code)
	})
}

func FuzzTime(f *testing.F) {
	for _, seed := range []string{"2026-03-14T09:26:53.589Z", "2026-03-14", "2026-03-14T09:26+0100", "0000-01-01T00:00:00+23:59", "9999-12-31T23:59:60Z", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if at, ok := parseTime(text); ok {
			_, err := at.MarshalJSON()
			require.NoError(t, err)
			require.Equal(t, time.UTC, at.Location())
		}
	})
}

func FuzzKeyName(f *testing.F) {
	for _, seed := range []string{`{"name":"shop"}`, `{"name":"\u0000"}`, `{"name":1}`, `{"name":"  "}`, ``} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(text))
		name, problem := readKeyName(httptest.NewRecorder(), r)
		if problem == nil {
			require.NotEmpty(t, strings.TrimSpace(name))
		}
	})
}

// FuzzShown checks that no write key is kept with what was refused.
func FuzzShown(f *testing.F) {
	f.Add([]byte(`{"writeKey":"`), []byte(`","userId":"u"}`))
	f.Add([]byte(`{"writeKey" : "x", "a":"é`), []byte(`"}`))
	f.Fuzz(func(t *testing.T, before, after []byte) {
		const key = "wk_0123456789abcdef"
		got := authorized{name: "test", key: key}.shown(append(append(append([]byte{}, before...), key...), after...))
		require.NotContains(t, got, key)
		require.LessOrEqual(t, len(got), maxShownBytes)
	})
}
