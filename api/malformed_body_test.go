package api_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestMalformedBodies(t *testing.T) {
	t.Parallel()
	runScenarios(t, malformedBodies())
}

// malformedBodies are requests that are refused as a whole.
func malformedBodies() []scenario {
	const track, batch = "/v1/track", "/v1/batch"
	scenarios := []scenario{
		{name: "empty body", body: ``, status: 400, content: []string{`"invalid-json"`, "ends at byte 0"}},
		{name: "only space", body: " \n\t ", status: 400, content: []string{`"invalid-json"`}},
		{name: "null", body: `null`, status: 400, content: []string{`"invalid-json"`, "an object was expected"}},
		{name: "number", body: `42`, status: 400, content: []string{`"invalid-json"`}},
		{name: "array", body: `[]`, status: 400, content: []string{`"wrong-type"`, "must be a JSON object"}},
		{name: "string", body: `"track"`, status: 400, content: []string{`"wrong-type"`}},
		{name: "form", body: `userId=u1&event=x`, status: 400, content: []string{`"invalid-json"`, "byte 0"}},
		{name: "xml", body: `<track/>`, status: 400, content: []string{`"invalid-json"`}},
		{name: "byte order mark", body: "\ufeff{}", status: 400, content: []string{`"invalid-json"`}},
		{name: "unclosed object", body: `{"userId":"u1"`, status: 400, content: []string{"ends at byte 14", "a comma or '}'"}},
		{name: "unclosed string", body: `{"userId":"u1`, status: 400, content: []string{"a closing quote"}},
		{name: "unclosed key", body: `{"userId`, status: 400, content: []string{"a closing quote"}},
		{name: "unclosed array", body: `{"a":[1,2`, status: 400, content: []string{"a comma or ']'"}},
		{name: "unclosed escape", body: `{"a":"\`, status: 400, content: []string{"an escape sequence"}},
		{name: "trailing comma in object", body: `{"userId":"u1",}`, status: 400, content: []string{"byte 15", "a key in quotes"}},
		{name: "trailing comma in array", body: `{"a":[1,]}`, status: 400, content: []string{"byte 8", "a value"}},
		{name: "missing comma", body: `{"a":1 "b":2}`, status: 400, content: []string{"byte 7"}},
		{name: "missing colon", body: `{"a" 1}`, status: 400, content: []string{"byte 5", "a colon"}},
		{name: "missing value", body: `{"a":}`, status: 400, content: []string{"byte 5", "a value"}},
		{name: "unquoted key", body: `{userId:"u1"}`, status: 400, content: []string{"byte 1", "a key in quotes"}},
		{name: "single quotes", body: `{'userId':'u1'}`, status: 400, content: []string{"byte 1"}},
		{name: "comment", body: `{/* hello */"a":1}`, status: 400, content: []string{"byte 1"}},
		{name: "two objects", body: `{} {}`, status: 400, content: []string{"byte 3", "the end"}},
		{name: "text after the object", body: `{}x`, status: 400, content: []string{"byte 2"}},
		{name: "NUL byte after the object", body: "{}\x00", status: 400, content: []string{"byte 2"}},
		{name: "raw NUL byte in a string", body: "{\"a\":\"\x00\"}", status: 400, content: []string{"an escaped control character"}},
		{name: "raw line end in a string", body: "{\"a\":\"x\ny\"}", status: 400, content: []string{"an escaped control character"}},
		{name: "raw line end after an escape", body: "{\"a\":\"\\t\n\"}", status: 400, content: []string{"an escaped control character"}},
		{name: "unknown escape", body: `{"a":"\x41"}`, status: 400, content: []string{"an escape sequence"}},
		{name: "short unicode escape", body: `{"a":"\u12"}`, status: 400, content: []string{"four hexadecimal digits"}},
		{name: "bad unicode escape", body: `{"a":"\u12G4"}`, status: 400, content: []string{"four hexadecimal digits"}},
		{name: "NaN", body: `{"a":NaN}`, status: 400, content: []string{"byte 5"}},
		{name: "Infinity", body: `{"a":-Infinity}`, status: 400, content: []string{"a digit"}},
		{name: "leading zero", body: `{"a":01}`, status: 400, content: []string{"byte 6"}},
		{name: "leading plus", body: `{"a":+1}`, status: 400, content: []string{"byte 5"}},
		{name: "leading point", body: `{"a":.5}`, status: 400, content: []string{"byte 5"}},
		{name: "trailing point", body: `{"a":5.}`, status: 400, content: []string{"a digit"}},
		{name: "empty exponent", body: `{"a":5e}`, status: 400, content: []string{"a digit"}},
		{name: "hexadecimal", body: `{"a":0x10}`, status: 400, content: []string{"byte 6"}},
		{name: "bad literal", body: `{"a":trve}`, status: 400, content: []string{"true was expected"}},
		{name: "cut literal", body: `{"a":nul`, status: 400, content: []string{"null was expected"}},
		{name: "capital literal", body: `{"a":True}`, status: 400, content: []string{"byte 5"}},
		{name: "wrong bracket", body: `{"a":[1}}`, status: 400, content: []string{"byte 7"}},
		{name: "deep and unclosed", body: `{"a":` + strings.Repeat("[", 100_000), status: 400, content: []string{`"invalid-json"`}},

		{name: "batch without events", url: batch, body: `{}`, status: 400, content: []string{`"missing"`, `"field":"batch"`}},
		{name: "batch is null", url: batch, body: `{"batch":null}`, status: 400, content: []string{`"wrong-type"`, `"field":"batch"`}},
		{name: "batch is an object", url: batch, body: `{"batch":{}}`, status: 400, content: []string{`"wrong-type"`, `"field":"batch"`}},
		{name: "batch unclosed", url: batch, body: `{"batch":[{"type":"track"}`, status: 400, content: []string{`"invalid-json"`}},
		{name: "batch context is text", url: batch, body: `{"batch":[],"context":"x"}`, status: 400, content: []string{`"wrong-type"`, `"field":"context"`}},
		{name: "batch sentAt is nonsense", url: batch, body: `{"batch":[],"sentAt":"yesterday"}`, status: 400, content: []string{`"invalid-timestamp"`, `"field":"sentAt"`}},
		{name: "NUL beside the batch", url: batch, body: `{"batch":[],"context":{"a":"\u0000"}}`, status: 400, content: []string{`"nul-character"`, `"field":"context.a"`}},
		{name: "array instead of a batch", url: batch, body: `[{"type":"track"}]`, status: 400, content: []string{`"wrong-type"`}},
		{name: "import without events", url: "/v1/import", body: `{}`, status: 400, content: []string{`"missing"`}},

		{name: "form media type", headers: keyAnd("Content-Type", "application/x-www-form-urlencoded"), body: `{}`, status: 415, content: []string{`"unsupported-media"`, "Content-Type"}},
		{name: "nonsense media type", headers: keyAnd("Content-Type", ";;"), body: `{}`, status: 415, content: []string{`"unsupported-media"`}},
		{name: "multipart", headers: keyAnd("Content-Type", "multipart/form-data; boundary=x"), body: `{}`, status: 415, content: []string{`"unsupported-media"`}},
		{name: "brotli", headers: keyAnd("Content-Encoding", "br"), body: `{}`, status: 415, content: []string{"Content-Encoding", "gzip"}},
		{name: "gzip twice", headers: keyAnd("Content-Encoding", "gzip, gzip"), body: `{}`, status: 415, content: []string{"Content-Encoding"}},
		{name: "not gzip", headers: keyAnd("Content-Encoding", "gzip"), body: `{}`, status: 400, content: []string{`"unreadable-body"`}},

		{name: "wrong method", method: http.MethodGet, status: 405, content: []string{`"method-not-allowed"`, "POST"}},
		{name: "wrong method on batch", method: http.MethodPut, url: batch, status: 405, content: []string{`"method-not-allowed"`}},
		{name: "no such page", url: "/v1/nothing", status: 404, content: []string{`"not-found"`}},
		{name: "no such page at all", url: "/wp-login.php", status: 404, content: []string{`"not-found"`}},
	}
	for i := range scenarios {
		if scenarios[i].url == "" {
			scenarios[i].url = track
		}
	}
	return scenarios
}

// keyAnd returns headers with the write key and one more.
func keyAnd(name, value string) map[string]string {
	return map[string]string{"Authorization": basicAuth, name: value}
}
