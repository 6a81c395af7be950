package api_test

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"klantreis/api"
	"klantreis/journey"
)

const cloudURL = "/v1/cloudevents"

// cloud returns headers with the write key and a media type, and more of them in pairs.
func cloud(media string, more ...string) map[string]string {
	headers := map[string]string{"Authorization": basicAuth, "Content-Type": media}
	for i := 0; i < len(more); i += 2 {
		headers[more[i]] = more[i+1]
	}
	return headers
}

const (
	structured = "application/cloudevents+json"
	batched    = "application/cloudevents-batch+json"
)

// binary returns the headers of a good event in binary form, changed or added to in pairs. An empty value takes one away.
func binary(media string, change ...string) map[string]string {
	headers := cloud(media, "ce-specversion", "1.0", "ce-id", "7", "ce-source", "/shop", "ce-type", "com.example.Order Completed", "ce-subject", "u1")
	maps.Copy(headers, cloud(media, change...))
	maps.DeleteFunc(headers, func(_, value string) bool { return value == "" })
	return headers
}

// cloudEvent returns a good event in structured form, with more fields.
func cloudEvent(id, more string) string {
	return `{"specversion":"1.0","id":"` + id + `","source":"/shop","type":"com.example.Order Completed","subject":"u1"` + more + `}`
}

func withPrefix(o *api.Options) { o.CloudEventPrefix = "com.example." }

// only returns the one event that is stored.
func only(t *testing.T, b *bundle) journey.Event {
	t.Helper()
	require.Len(t, b.ingestor.stored(), 1)
	return b.ingestor.stored()[0]
}

func TestCloudEvents(t *testing.T) {
	t.Parallel()
	then := receivedAt.Add(-time.Hour)
	const data, at = `{"order_id":"A1","total":12.5}`, `"2026-03-14T11:00:00Z"`
	want := journey.Event{
		Type: journey.TypeTrack, Name: "Order Completed", UserID: "u1", Timestamp: then, ReceivedAt: receivedAt, Age: time.Hour,
		Properties: map[string]any{"order_id": "A1", "total": 12.5},
		Context:    map[string]any{"cloudEvent": map[string]any{"id": "7", "source": "/shop", "type": "com.example.Order Completed"}},
	}
	encoded := base64.StdEncoding.EncodeToString([]byte(data))
	for name, sc := range map[string]scenario{
		"structured":             {headers: cloud(structured), body: cloudEvent("7", `,"time":`+at+`,"data":`+data)},
		"structured, in UTF-8":   {headers: cloud(structured + "; charset=UTF-8"), body: cloudEvent("7", `,"time":`+at+`,"datacontenttype":"application/json","data":`+data)},
		"structured, in base64":  {headers: cloud(structured), body: cloudEvent("7", `,"time":`+at+`,"data_base64":"`+encoded+`"`)},
		"batch":                  {headers: cloud(batched), body: ` [ ` + cloudEvent("7", `,"time":`+at+`,"data":`+data) + ` ] `},
		"binary":                 {headers: binary("application/json", "ce-time", "2026-03-14T11:00:00Z"), body: data},
		"binary, escaped":        {headers: binary("application/json", "ce-time", "2026-03-14T11:00:00Z", "ce-type", "com.example.Order%20Completed", "ce-subject", "%75%31"), body: data},
		"binary of another JSON": {headers: binary("application/vnd.shop+json", "ce-time", "2026-03-14T11:00:00Z"), body: data},
		"binary without a media": {headers: binary("", "ce-time", "2026-03-14T11:00:00Z"), body: data},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, withPrefix)
			sc.url = cloudURL
			response, body := send(t, b, sc)
			require.Equal(t, http.StatusOK, response.StatusCode, body)
			require.Equal(t, "{\"success\":true}\n", body)
			got := only(t, b)
			require.Regexp(t, `^ce-[0-9a-f]{40}$`, got.MessageID)
			got.MessageID = ""
			require.Equal(t, want, got)
		})
	}
}

func TestCloudEventsBecomeEvents(t *testing.T) {
	t.Parallel()
	post := func(body string) journey.Event {
		b := setup(t, withPrefix)
		response, answer := send(t, b, scenario{url: cloudURL, headers: cloud(structured), body: body})
		require.Equal(t, http.StatusOK, response.StatusCode, answer)
		return only(t, b)
	}
	identify := post(`{"specversion":"1.0","id":"1","source":"s","type":"com.example.identify","subject":"u1","data":{"email":"jan@example.nl"}}`)
	require.Equal(t, journey.TypeIdentify, identify.Type)
	require.Equal(t, journey.TypeIdentify, identify.Name)
	require.Equal(t, map[string]any{"email": "jan@example.nl"}, identify.Traits)
	require.Nil(t, identify.Properties)

	visitor := post(`{"specversion":"1.0","id":"1","source":"s","type":"Product Viewed","anonymousid":"a1"}`)
	require.Equal(t, "a1", visitor.AnonymousID)
	require.Equal(t, "Product Viewed", visitor.Name)
	require.Equal(t, receivedAt, visitor.Timestamp)

	// The source tells ids apart, wherever one ends and the other begins.
	ids := map[string]bool{}
	for _, pair := range [][2]string{{"a", "bc"}, {"ab", "c"}, {"a", "b"}, {"1", "1"}, {"1 1", ""}} {
		if pair[1] == "" {
			pair[1] = "1"
		}
		ids[post(fmt.Sprintf(`{"specversion":"1.0","id":%q,"source":%q,"type":"X","subject":"u"}`, pair[1], pair[0])).MessageID] = true
	}
	require.Len(t, ids, 5)

	b := setup(t)
	for range 2 {
		response, _ := send(t, b, scenario{url: cloudURL, headers: cloud(structured), body: cloudEvent("7", "")})
		require.Equal(t, http.StatusOK, response.StatusCode)
	}
	require.Equal(t, "com.example.Order Completed", only(t, b).Name, "without a prefix the whole type is the name")
}

// malformedCloud are bodies and headers that cannot be used, with what the answer says.
var malformedCloud = []struct {
	name    string
	headers map[string]string
	body    string
	status  int
	says    []string
}{
	{"no media type", map[string]string{"Authorization": basicAuth}, `{}`, 415, []string{`"unsupported-media"`, `"field":"Content-Type"`, "ce-"}},
	{"plain JSON without attributes", cloud("application/json"), cloudEvent("7", ""), 415, []string{`"unsupported-media"`}},
	{"XML", cloud("application/cloudevents+xml"), `<event/>`, 415, []string{`"unsupported-media"`}},
	{"Avro in spite of headers", binary("application/cloudevents+avro"), `x`, 415, []string{`"unsupported-media"`}},
	{"nonsense media type", cloud(";;"), `{}`, 415, []string{`"unsupported-media"`}},
	{"no key", map[string]string{"Content-Type": structured}, cloudEvent("7", ""), 401, []string{`"unauthorized"`, "Basic user name or as Bearer"}},
	{"key in the event", map[string]string{"Content-Type": structured}, cloudEvent("7", `,"writeKey":"wk_test"`), 401, []string{`"unauthorized"`}},
	{"brotli", cloud(structured, "Content-Encoding", "br"), `{}`, 415, []string{`"field":"Content-Encoding"`}},
	{"not gzip", cloud(structured, "Content-Encoding", "gzip"), `{}`, 400, []string{`"unreadable-body"`}},

	{"empty", cloud(structured), ``, 400, []string{`"invalid-json"`, "an object was expected"}},
	{"array in structured form", cloud(structured), `[` + cloudEvent("7", "") + `]`, 400, []string{`"wrong-type"`, "must be a JSON object"}},
	{"cut off", cloud(structured), `{"specversion":"1.0"`, 400, []string{`"invalid-json"`}},
	{"no attributes", cloud(structured), `{}`, 400, []string{`"unsupported-version"`, `"field":"specversion"`}},
	{"version 0.3", cloud(structured), strings.Replace(cloudEvent("7", ""), "1.0", "0.3", 1), 400, []string{`"unsupported-version"`, `must be \"1.0\"`}},
	{"version is a number", cloud(structured), strings.Replace(cloudEvent("7", ""), `"1.0"`, `1.0`, 1), 400, []string{`"wrong-type"`, `"field":"specversion"`}},
	{"no id", cloud(structured), strings.Replace(cloudEvent("7", ""), `"id"`, `"x"`, 1), 400, []string{`"missing"`, `"field":"id"`}},
	{"empty id", cloud(structured), cloudEvent("", ""), 400, []string{`"missing"`, `"field":"id"`}},
	{"id is a number", cloud(structured), strings.Replace(cloudEvent("7", ""), `"7"`, `7`, 1), 400, []string{`"wrong-type"`, `"field":"id"`}},
	{"id is too long", cloud(structured), cloudEvent(strings.Repeat("7", 256), ""), 400, []string{`"too-long"`, `"field":"id"`}},
	{"no source", cloud(structured), strings.Replace(cloudEvent("7", ""), `"source"`, `"x"`, 1), 400, []string{`"missing"`, `"field":"source"`}},
	{"source is an object", cloud(structured), strings.Replace(cloudEvent("7", ""), `"/shop"`, `{}`, 1), 400, []string{`"wrong-type"`, `"field":"source"`}},
	{"no type", cloud(structured), strings.Replace(cloudEvent("7", ""), `"type"`, `"x"`, 1), 400, []string{`"missing"`, `"field":"type"`}},
	{"type is but the prefix", cloud(structured), strings.Replace(cloudEvent("7", ""), "Order Completed", "", 1), 400, []string{`"missing"`, `"field":"type"`, "prefix"}},
	{"type is too long", cloud(structured), strings.Replace(cloudEvent("7", ""), "Order Completed", strings.Repeat("x", 256), 1), 400, []string{`"too-long"`, `"field":"type"`}},
	{"nobody", cloud(structured), strings.Replace(cloudEvent("7", ""), `"subject"`, `"x"`, 1), 400, []string{`"missing"`, `"field":"subject"`, "anonymousid"}},
	{"subject is true", cloud(structured), strings.Replace(cloudEvent("7", ""), `"u1"`, `true`, 1), 400, []string{`"wrong-type"`, `"field":"subject"`}},
	{"subject is too long", cloud(structured), strings.Replace(cloudEvent("7", ""), "u1", strings.Repeat("u", 256), 1), 400, []string{`"too-long"`, `"field":"subject"`}},
	{"anonymousid is a list", cloud(structured), cloudEvent("7", `,"anonymousid":[]`), 400, []string{`"wrong-type"`, `"field":"anonymousid"`}},
	{"time is words", cloud(structured), cloudEvent("7", `,"time":"noon"`), 400, []string{`"invalid-timestamp"`, `"field":"time"`}},
	{"time is a number", cloud(structured), cloudEvent("7", `,"time":1773489600`), 400, []string{`"wrong-type"`, `"field":"time"`}},
	{"data is text", cloud(structured), cloudEvent("7", `,"data":"x"`), 400, []string{`"wrong-type"`, `"field":"data"`, "must be an object"}},
	{"data is a list", cloud(structured), cloudEvent("7", `,"data":[]`), 400, []string{`"wrong-type"`, `"field":"data"`}},
	{"data is XML", cloud(structured), cloudEvent("7", `,"datacontenttype":"text/xml","data":"<a/>"`), 415, []string{`"unsupported-media"`, `"field":"datacontenttype"`}},
	{"data twice", cloud(structured), cloudEvent("7", `,"data":{},"data_base64":"e30="`), 400, []string{`"wrong-type"`, `"field":"data_base64"`, "not both"}},
	{"data is not base64", cloud(structured), cloudEvent("7", `,"data_base64":"{}"`), 400, []string{`"wrong-type"`, "must be base64"}},
	{"data in base64 is no JSON", cloud(structured), cloudEvent("7", `,"data_base64":"aGVsbG8="`), 400, []string{`"invalid-json"`, `"field":"data_base64"`}},
	{"NUL in data in base64", cloud(structured), cloudEvent("7", `,"data_base64":"`+base64.StdEncoding.EncodeToString([]byte(`{"a":"\u0000"}`))+`"`), 400, []string{`"nul-character"`, `"field":"data_base64.a"`}},
	{"NUL in data", cloud(structured), cloudEvent("7", `,"data":{"a":"\u0000"}`), 400, []string{`"nul-character"`, `"field":"data.a"`}},
	{"Latin-1 in data", cloud(structured), cloudEvent("7", ",\"data\":{\"a\":\"\xe9\"}"), 400, []string{`"invalid-utf8"`, `"field":"data.a"`}},
	{"too large", cloud(structured), cloudEvent("7", `,"data":{"a":"`+strings.Repeat("x", 32<<10)+`"}`), 413, []string{`"too-large"`}},

	{"object in batch form", cloud(batched), cloudEvent("7", ""), 400, []string{`"wrong-type"`, "array of CloudEvents"}},
	{"empty batch form", cloud(batched), ``, 400, []string{`"invalid-json"`, "an array was expected"}},
	{"number in batch form", cloud(batched), `7`, 400, []string{`"invalid-json"`, "an array was expected"}},
	{"batch cut off", cloud(batched), `[` + cloudEvent("7", ""), 400, []string{`"invalid-json"`}},
	{"text after the batch", cloud(batched), `[]x`, 400, []string{`"invalid-json"`, "the end"}},
	{"batch of 2,501", cloud(batched), `[` + strings.Repeat("1,", 2500) + `1]`, 413, []string{`"too-many-events"`, "2500"}},

	{"binary without a version", binary("application/json", "ce-specversion", ""), `{}`, 415, []string{`"unsupported-media"`}},
	{"binary of version 2", binary("application/json", "ce-specversion", "2.0"), `{}`, 400, []string{`"unsupported-version"`}},
	{"binary without an id", binary("application/json", "ce-id", ""), `{}`, 400, []string{`"missing"`, `"field":"id"`}},
	{"binary without a type", binary("application/json", "ce-type", ""), `{}`, 400, []string{`"missing"`, `"field":"type"`}},
	{"binary of nobody", binary("application/json", "ce-subject", ""), `{}`, 400, []string{`"missing"`, `"field":"subject"`}},
	{"binary with a bad escape", binary("application/json", "ce-subject", "50%"), `{}`, 400, []string{`"wrong-type"`, `"field":"subject"`, "percent"}},
	{"binary with NUL", binary("application/json", "ce-subject", "u%00"), `{}`, 400, []string{`"nul-character"`, `"field":"subject"`}},
	{"binary with Latin-1", binary("application/json", "ce-subject", "caf%E9"), `{}`, 400, []string{`"invalid-utf8"`, `"field":"subject"`}},
	{"binary with a bad time", binary("application/json", "ce-time", "noon"), `{}`, 400, []string{`"invalid-timestamp"`, `"field":"time"`}},
	{"binary with text", binary("text/plain"), `hello`, 415, []string{`"unsupported-media"`, `"field":"datacontenttype"`}},
	{"binary with a list", binary("application/json"), `[]`, 400, []string{`"wrong-type"`}},
	{"binary cut off", binary("application/json"), `{"a":`, 400, []string{`"invalid-json"`}},
	{"binary with NUL in data", binary("application/json"), `{"a":["\u0000"]}`, 400, []string{`"nul-character"`, `"field":"data.a[0]"`}},
	{"binary that is too large", binary("application/json"), `{"a":"` + strings.Repeat("x", 32<<10) + `"}`, 413, []string{`"too-large"`}},
}

func TestMalformedCloudEvents(t *testing.T) {
	t.Parallel()
	for _, c := range malformedCloud {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			scenario{url: cloudURL, headers: c.headers, body: c.body, status: c.status, content: c.says}.run(t, setup(t, withPrefix))
		})
	}
}

func TestMalformedCloudEventsHarmNoOthers(t *testing.T) {
	t.Parallel()
	for _, c := range malformedCloud {
		if c.headers["Content-Type"] != structured || c.headers["Content-Encoding"] != "" || c.status == 401 || c.body == "" || c.name == "cut off" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, withPrefix)
			response, body := send(t, b, scenario{
				url: cloudURL, headers: cloud(batched), body: `[` + cloudEvent("1", "") + `,` + c.body + `,` + cloudEvent("2", "") + `]`,
			})
			require.Equal(t, http.StatusOK, response.StatusCode, body)
			require.Contains(t, body, `{"success":true,"accepted":2,"rejected":[{"index":1,`)
			require.Len(t, b.ingestor.stored(), 2)
		})
	}
}

func TestACloudHeaderGivenTwice(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, problem := send(t, twice{b}, scenario{url: cloudURL, headers: binary("application/json"), body: `{}`})
	require.Contains(t, problem, `"field":"subject"`)
	require.Contains(t, problem, "more than once")
}

// twice gives the subject a second time.
type twice struct{ http.Handler }

func (h twice) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Header.Add("ce-subject", "u2")
	h.Handler.ServeHTTP(w, r)
}

// TestThereAreManyMalformedInputs counts the rows of all tables about input that cannot be used.
func TestThereAreManyMalformedInputs(t *testing.T) {
	t.Parallel()
	require.GreaterOrEqual(t, len(malformedBodies())+len(malformedEvents)+len(malformedItems)+len(malformedCloud), 150)
}
