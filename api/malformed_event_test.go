package api_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// malformedEvents are events with one thing wrong; each is sent alone and in a batch between two good ones.
var malformedEvents = []struct {
	name, typ, body string
	code, field     string
}{
	{"nobody", "track", `{"event":"X"}`, "missing", "userId"},
	{"empty userId", "track", `{"event":"X","userId":""}`, "missing", "userId"},
	{"blank userId", "track", `{"event":"X","userId":"  "}`, "missing", "userId"},
	{"null ids", "track", `{"event":"X","userId":null,"anonymousId":null}`, "missing", "userId"},
	{"userId is true", "track", `{"event":"X","userId":true}`, "wrong-type", "userId"},
	{"userId is an object", "track", `{"event":"X","userId":{"id":"u1"}}`, "wrong-type", "userId"},
	{"userId is an array", "track", `{"event":"X","userId":["u1"]}`, "wrong-type", "userId"},
	{"userId is too large a number", "track", `{"event":"X","userId":9007199254740993}`, "number-out-of-range", "userId"},
	{"userId is too small a number", "track", `{"event":"X","userId":-9007199254740993}`, "number-out-of-range", "userId"},
	{"userId is too long", "track", `{"event":"X","userId":"` + strings.Repeat("é", 256) + `"}`, "too-long", "userId"},
	{"anonymousId is an array", "track", `{"event":"X","anonymousId":[]}`, "wrong-type", "anonymousId"},
	{"anonymousId is too long", "track", `{"event":"X","anonymousId":"` + strings.Repeat("a", 256) + `"}`, "too-long", "anonymousId"},
	{"messageId is too long", "track", `{"event":"X","userId":"u","messageId":"` + strings.Repeat("m", 101) + `"}`, "too-long", "messageId"},
	{"messageId is an object", "track", `{"event":"X","userId":"u","messageId":{}}`, "wrong-type", "messageId"},
	{"track without event", "track", `{"userId":"u"}`, "missing", "event"},
	{"track with empty event", "track", `{"userId":"u","event":""}`, "missing", "event"},
	{"track with blank event", "track", `{"userId":"u","event":" \t"}`, "missing", "event"},
	{"event is a number", "track", `{"userId":"u","event":7}`, "wrong-type", "event"},
	{"event is too long", "track", `{"userId":"u","event":"` + strings.Repeat("e", 256) + `"}`, "too-long", "event"},
	{"properties are text", "track", `{"userId":"u","event":"X","properties":"x"}`, "wrong-type", "properties"},
	{"properties are an array", "track", `{"userId":"u","event":"X","properties":[]}`, "wrong-type", "properties"},
	{"traits are an array", "identify", `{"userId":"u","traits":[1]}`, "wrong-type", "traits"},
	{"context is text", "identify", `{"userId":"u","context":"x"}`, "wrong-type", "context"},
	{"page name is a number", "page", `{"userId":"u","name":1}`, "wrong-type", "name"},
	{"screen category is an object", "screen", `{"userId":"u","category":{}}`, "wrong-type", "category"},
	{"group without groupId", "group", `{"userId":"u"}`, "missing", "groupId"},
	{"groupId is false", "group", `{"userId":"u","groupId":false}`, "wrong-type", "groupId"},
	{"group of nobody", "group", `{"groupId":"g"}`, "missing", "userId"},
	{"alias without previousId", "alias", `{"userId":"u"}`, "missing", "previousId"},
	{"alias without userId", "alias", `{"previousId":"p"}`, "missing", "userId"},
	{"alias with anonymousId only", "alias", `{"previousId":"p","anonymousId":"a"}`, "missing", "userId"},
	{"timestamp is words", "track", `{"userId":"u","event":"X","timestamp":"today"}`, "invalid-timestamp", "timestamp"},
	{"timestamp is empty", "track", `{"userId":"u","event":"X","timestamp":""}`, "invalid-timestamp", "timestamp"},
	{"timestamp is a number", "track", `{"userId":"u","event":"X","timestamp":1767225600}`, "wrong-type", "timestamp"},
	{"timestamp has month 13", "track", `{"userId":"u","event":"X","timestamp":"2026-13-01T00:00:00Z"}`, "invalid-timestamp", "timestamp"},
	{"timestamp on 30 February", "track", `{"userId":"u","event":"X","timestamp":"2026-02-30T00:00:00Z"}`, "invalid-timestamp", "timestamp"},
	{"timestamp is American", "track", `{"userId":"u","event":"X","timestamp":"03/14/2026"}`, "invalid-timestamp", "timestamp"},
	{"originalTimestamp is nonsense", "track", `{"userId":"u","event":"X","originalTimestamp":"x"}`, "invalid-timestamp", "originalTimestamp"},
	{"sentAt is nonsense", "track", `{"userId":"u","event":"X","sentAt":"x"}`, "invalid-timestamp", "sentAt"},
	{"NUL in a property", "track", `{"userId":"u","event":"X","properties":{"products":[{"sku":"a"},{"sku":"b\u0000"}]}}`, "nul-character", "properties.products[1].sku"},
	{"NUL in the userId", "track", `{"userId":"u\u0000","event":"X"}`, "nul-character", "userId"},
	{"NUL in a key", "track", `{"userId":"u","event":"X","properties":{"a\u0000":1}}`, "nul-character", "properties"},
	{"NUL in an unknown field", "track", `{"userId":"u","event":"X","extra":[["\u0000"]]}`, "nul-character", "extra[0][0]"},
	{"Latin-1", "track", "{\"userId\":\"u\",\"event\":\"Caf\xe9\"}", "invalid-utf8", "event"},
	{"cut UTF-8 after an escape", "track", "{\"userId\":\"u\",\"event\":\"\\t\xe2\x82\"}", "invalid-utf8", "event"},
	{"encoded surrogate", "track", "{\"userId\":\"u\",\"event\":\"\xed\xa0\x80\"}", "invalid-utf8", "event"},
	{"number beyond float64", "track", `{"userId":"u","event":"X","properties":{"total":1e999}}`, "number-out-of-range", "properties.total"},
	{"too deep in arrays", "track", `{"userId":"u","event":"X","properties":{"a":` + strings.Repeat("[", 31) + strings.Repeat("]", 31) + `}}`, "too-deep", "properties.a" + strings.Repeat("[0]", 30)},
	{"too deep in objects", "track", `{"userId":"u","event":"X","properties":` + strings.Repeat(`{"a":`, 40) + `"]}"` + strings.Repeat("}", 40) + `}`, "too-deep", "properties" + strings.Repeat(".a", 31)},
}

func TestMalformedEventsAlone(t *testing.T) {
	t.Parallel()
	for _, c := range malformedEvents {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			scenario{
				url: "/v1/" + c.typ, body: c.body, status: 400,
				content: []string{`{"error":{"code":"` + c.code + `"`, `"field":"` + c.field + `"`, `"message":"`},
			}.run(t, b)
			require.Zero(t, b.ingestor.calls)
		})
	}
}

func TestMalformedEventsHarmNoOthers(t *testing.T) {
	t.Parallel()
	for _, c := range malformedEvents {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			bad := `{"type":"` + c.typ + `",` + c.body[1:]
			body := `{"batch":[` + good("m1") + `, ` + bad + ` ,` + good("m3") + `]}`
			scenario{
				url: "/v1/batch", body: body, status: 200, stored: []string{"m1", "m3"},
				content: []string{`{"success":true,"accepted":2,"rejected":[{"index":1,`, `"code":"` + c.code + `"`, `"field":"` + c.field + `"`},
			}.run(t, setup(t))
		})
	}
}

// hugeEvent is an event with more than 32 KB.
var hugeEvent = `{"type":"track","messageId":"big","userId":"u","event":"X","properties":{"a":"` + strings.Repeat("x", 32<<10) + `"}}`

// malformedItems stand in a batch where an event should.
var malformedItems = []struct{ name, item, want string }{
	{"no type", `{"messageId":"m2","userId":"u"}`, `{"index":1,"messageId":"m2","code":"missing","field":"type",`},
	{"empty type", `{"messageId":"m2","type":"","userId":"u"}`, `"code":"missing","field":"type",`},
	{"unknown type", `{"messageId":"m2","type":"delete","userId":"u"}`, `"code":"unknown-event-type","field":"type",`},
	{"capital type", `{"messageId":"m2","type":"Track","userId":"u"}`, `"code":"unknown-event-type","field":"type",`},
	{"type is a number", `{"messageId":"m2","type":1,"userId":"u"}`, `"code":"wrong-type","field":"type",`},
	{"null", `null`, `{"index":1,"code":"wrong-type","message":`},
	{"number", `17`, `{"index":1,"code":"wrong-type","message":`},
	{"text", `"track"`, `{"index":1,"code":"wrong-type","message":`},
	{"array", `[]`, `{"index":1,"code":"wrong-type","message":`},
	{"text with NUL", `"\u0000"`, `{"index":1,"code":"nul-character","message":`},
	{"too large", hugeEvent, `{"index":1,"messageId":"big","code":"too-large","message":`},
	{"very deep", strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), `{"index":1,"code":"too-large","message":`},
}

func TestMalformedItems(t *testing.T) {
	t.Parallel()
	for _, c := range malformedItems {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			scenario{
				url: "/v1/batch", body: `{"batch":[` + good("m1") + `,` + c.item + `,` + good("m3") + `]}`,
				status: 200, content: []string{`"accepted":2`, c.want}, stored: []string{"m1", "m3"},
			}.run(t, setup(t))
		})
	}
}

// good returns an event without a fault.
func good(messageID string) string {
	return `{"type":"track","messageId":"` + messageID + `","userId":"u1","event":"Order Completed"}`
}
