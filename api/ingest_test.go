package api_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWriteKey(t *testing.T) {
	t.Parallel()
	const plain, withKey = `{"messageId":"m1","userId":"u1","event":"X"}`, `{"messageId":"m1","userId":"u1","event":"X","writeKey":"wk_test"}`
	m1 := []string{"m1"}
	authorization := func(value string) map[string]string { return map[string]string{"Authorization": value} }
	basic := func(user, password string) map[string]string {
		return authorization("Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password)))
	}
	scenarios := []scenario{
		{name: "Basic", headers: basic(writeKey, ""), body: plain, status: 200, stored: m1},
		{name: "Basic with the other key", headers: basic("wk_other", ""), body: plain, status: 200, stored: m1},
		{name: "Basic with a password", headers: basic(writeKey, "ignored"), body: plain, status: 200, stored: m1},
		{name: "Bearer", headers: authorization("Bearer wk_test"), body: plain, status: 200, stored: m1},
		{name: "bearer in small letters", headers: authorization("bearer wk_test"), body: plain, status: 200, stored: m1},
		{name: "body", headers: map[string]string{}, body: withKey, status: 200, stored: m1},
		{name: "body behind a foreign header", headers: basic("proxy", "secret"), body: withKey, status: 200, stored: m1},
		{name: "body of a batch", url: "/v1/batch", headers: map[string]string{}, body: `{"writeKey":"wk_test","batch":[` + good("m1") + `]}`, status: 200, stored: m1},
		{name: "none", headers: map[string]string{}, body: plain, status: 401, content: []string{`{"error":{"code":"unauthorized","message":`}},
		{name: "wrong Basic", headers: basic("wk_wrong", ""), body: plain, status: 401},
		{name: "key as password", headers: basic("", writeKey), body: plain, status: 401},
		{name: "empty Basic", headers: basic("", ""), body: plain, status: 401},
		{name: "broken Basic", headers: authorization("Basic %%%"), body: plain, status: 401},
		{name: "empty Bearer", headers: authorization("Bearer "), body: plain, status: 401},
		{name: "no scheme", headers: authorization("wk_test"), body: plain, status: 401},
		{name: "admin token", headers: authorization("Bearer " + adminToken), body: plain, status: 401},
		{name: "key is a number", headers: map[string]string{}, body: `{"writeKey":1,"userId":"u","event":"X"}`, status: 401},
		{name: "key in an item only", url: "/v1/batch", headers: map[string]string{}, body: `{"batch":[` + withKey + `]}`, status: 401},
		{name: "key in the query", url: "/v1/track?writeKey=wk_test", headers: map[string]string{}, body: plain, status: 401},
	}
	for i := range scenarios {
		if scenarios[i].url == "" {
			scenarios[i].url = "/v1/track"
		}
	}
	runScenarios(t, scenarios)
}

func TestAcceptedBodies(t *testing.T) {
	t.Parallel()
	m1 := []string{"m1"}
	track := `{"messageId":"m1","userId":"u1","event":"X"}`
	ok := []string{`{"success":true}`}
	long := strings.Repeat("é", 255)
	runScenarios(t, []scenario{
		{name: "text/plain beacon", url: "/v1/track", headers: keyAnd("Content-Type", "text/plain;charset=UTF-8"), body: track, status: 200, content: ok, stored: m1},
		{name: "no media type", url: "/v1/track", headers: keyAnd("Accept", "*/*"), body: track, status: 200, content: ok, stored: m1},
		{name: "identity encoding", url: "/v1/track", headers: keyAnd("Content-Encoding", "identity"), body: track, status: 200, content: ok, stored: m1},
		{name: "spaces everywhere", url: "/v1/track", body: " {\r\n\t\"messageId\" : \"m1\" , \"userId\":\"u1\",\"event\":\"X\" , \"a\" : [ 1 , { } , [ ] ] } \n", status: 200, content: ok, stored: m1},
		{name: "unknown fields", url: "/v1/track", body: `{"messageId":"m1","userId":"u1","event":"X","integrations":{"All":true},"_metadata":{},"channel":"server"}`, status: 200, content: ok, stored: m1},
		{name: "type of the endpoint wins", url: "/v1/track", body: `{"type":"identify","messageId":"m1","userId":"u1","event":"X"}`, status: 200, content: ok, stored: m1},
		{name: "longest ids", url: "/v1/track", body: `{"messageId":"` + long[:200] + `","userId":"` + long + `","event":"` + long + `"}`, status: 200, content: ok, stored: []string{long[:200]}},
		{name: "no messageId", url: "/v1/track", body: `{"userId":"u1","event":"X"}`, status: 200, content: ok, stored: []string{"u1"}},
		{name: "null messageId", url: "/v1/track", body: `{"messageId":null,"anonymousId":"a1","event":"X"}`, status: 200, content: ok, stored: []string{"a1"}},
		{name: "number as messageId", url: "/v1/track", body: `{"messageId":12,"userId":"u1","event":"X"}`, status: 200, content: ok, stored: []string{"12"}},
		{name: "empty batch", url: "/v1/batch", body: `{"batch":[]}`, status: 200, content: ok},
		{name: "import", url: "/v1/import", body: `{"batch":[` + good("m1") + `]}`, status: 200, content: ok, stored: m1},
		{name: "batch twice in the body", url: "/v1/batch", body: `{"batch":[` + good("m0") + `],"batch":[` + good("m1") + `]}`, status: 200, content: ok, stored: m1},
		{name: "retry in one batch", url: "/v1/batch", body: `{"batch":[` + good("m1") + `,` + good("m1") + `]}`, status: 200, content: ok, stored: m1},
		{name: "all bad", url: "/v1/batch", body: `{"batch":[{},{}]}`, status: 200, content: []string{`{"success":true,"accepted":0,"rejected":[{"index":0,`, `{"index":1,`}},
		{name: "deepest allowed", url: "/v1/track", body: `{"messageId":"m1","userId":"u1","event":"X","a":` + strings.Repeat("[", 31) + strings.Repeat("]", 31) + `}`, status: 200, stored: m1},
	})
}

func TestSizeLimits(t *testing.T) {
	t.Parallel()
	// event returns one of exactly so many bytes.
	event := func(bytes int) string {
		const head, tail = `{"type":"track","messageId":"m1","userId":"u1","event":"X","properties":{"a":"`, `"}}`
		return head + strings.Repeat("x", bytes-len(head)-len(tail)) + tail
	}
	batchOf := func(n int, messageID string) string {
		return `{"batch":[` + strings.TrimSuffix(strings.Repeat(good(messageID)+",", n), ",") + `]}`
	}
	padded := func(bytes int) string {
		body := batchOf(1, "m1")
		return body + strings.Repeat(" ", bytes-len(body))
	}
	// inContext returns a batch of n small events with a context of so many bytes.
	inContext := func(n, bytes int) string {
		return `{"context":{"a":"` + strings.Repeat("x", bytes-len(`{"a":""}`)) + `"},"batch":[` + strings.TrimSuffix(strings.Repeat(good("m1")+",", n), ",") + `]}`
	}
	room := 32<<10 - len(good("m1"))
	m1 := []string{"m1"}
	gzipped := map[string]string{"Authorization": basicAuth, "Content-Encoding": "gzip"}
	runScenarios(t, []scenario{
		{name: "event of 32 KB", url: "/v1/track", body: event(32 << 10), status: 200, stored: m1},
		{name: "event of 32 KB and a byte", url: "/v1/track", body: event(32<<10 + 1), status: 413, content: []string{`"too-large"`}},
		{name: "in a batch 32 KB", url: "/v1/batch", body: `{"batch":[` + event(32<<10) + `]}`, status: 200, stored: m1},
		{name: "32 KB with the context of the batch", url: "/v1/batch", body: inContext(1, room), status: 200, content: []string{`{"success":true}`}, stored: m1},
		{name: "32 KB and a byte with the context of the batch", url: "/v1/batch", body: inContext(1, room+1), status: 200, content: []string{`"accepted":0`, `"too-large"`}},
		{name: "context of 8 MB in all events", url: "/v1/batch", body: inContext(2048, 4<<10), status: 200, content: []string{`{"success":true}`}, stored: m1},
		{name: "context of more than 8 MB in all events", url: "/v1/batch", body: inContext(2049, 4<<10), status: 413, content: []string{`"too-large"`, `"context"`}},
		{name: "gzip that grows by its context", url: "/v1/batch", headers: gzipped, body: compress(t, inContext(1500, 400<<10)), status: 413, content: []string{`"too-large"`}},
		{name: "body of 500 KB", url: "/v1/batch", body: padded(500 << 10), status: 200, stored: m1},
		{name: "body of 500 KB and a byte", url: "/v1/batch", body: padded(500<<10 + 1), status: 413, content: []string{`"too-large"`, "512000"}},
		{name: "batch of 2,500", url: "/v1/batch", body: batchOf(2500, "m1"), status: 200, stored: m1},
		{name: "batch of 2,501", url: "/v1/batch", body: batchOf(2501, "m1"), status: 413, content: []string{`"too-many-events"`, "2500"}},
		{name: "batch of 100,000", url: "/v1/batch", body: `{"batch":[` + strings.Repeat("1,", 100_000) + `1]}`, status: 413, content: []string{`"too-many-events"`}},
		{name: "gzip", url: "/v1/batch", headers: gzipped, body: compress(t, batchOf(3, "m1")), status: 200, stored: m1},
		{name: "gzip in capitals", url: "/v1/batch", headers: keyAnd("Content-Encoding", "GZIP"), body: compress(t, batchOf(3, "m1")), status: 200, stored: m1},
		{name: "gzip in two parts", url: "/v1/batch", headers: gzipped, body: compress(t, batchOf(1, "m1")[:20]) + compress(t, batchOf(1, "m1")[20:]), status: 200, stored: m1},
		{name: "gzip of 500 KB", url: "/v1/batch", headers: gzipped, body: compress(t, padded(500<<10)), status: 200, stored: m1},
		{name: "gzip of 500 KB and a byte", url: "/v1/batch", headers: gzipped, body: compress(t, padded(500<<10+1)), status: 413, content: []string{`"too-large"`}},
		{name: "gzip bomb", url: "/v1/batch", headers: gzipped, body: compress(t, strings.Repeat(" ", 20<<20)), status: 413, content: []string{`"too-large"`}},
		{name: "gzip cut off", url: "/v1/batch", headers: gzipped, body: compress(t, batchOf(3, "m1"))[:40], status: 400, content: []string{`"unreadable-body"`}},
		{name: "gzip with a wrong checksum", url: "/v1/batch", headers: gzipped, body: breakChecksum(compress(t, batchOf(3, "m1"))), status: 400, content: []string{`"unreadable-body"`}},
		{name: "gzip with rubbish behind", url: "/v1/batch", headers: gzipped, body: compress(t, batchOf(3, "m1")) + "rubbish", status: 400, content: []string{`"unreadable-body"`}},
		{name: "gzip of gzip", url: "/v1/batch", headers: gzipped, body: compress(t, compress(t, batchOf(3, "m1"))), status: 400, content: []string{`"invalid-json"`}},
	})
}

func TestRecordAway(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"/v1/track", "/v1/batch"} {
		t.Run(url, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.ingestor.failures = 1
			body := fmt.Sprintf(`{"messageId":"m1","userId":"u1","event":"X","batch":[%s,{}]}`, good("m1"))
			sc := scenario{url: url, body: body, status: 503, content: []string{`{"error":{"code":"unavailable"`, "send them again"}}
			response := sc.run(t, b)
			require.Equal(t, "5", response.Header.Get("Retry-After"))
			require.Contains(t, b.log.String(), "the record is away")

			sc.status, sc.content, sc.stored = 200, []string{`{"success":true`}, []string{"m1"}
			sc.run(t, b)
		})
	}
}

func compress(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

// breakChecksum changes a bit of the checksum, which is in the last eight bytes.
func breakChecksum(compressed string) string {
	b := []byte(compressed)
	b[len(b)-8] ^= 1
	return string(b)
}
