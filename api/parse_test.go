package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzParse compares the parser with encoding/json: both take and refuse the same texts, and read the same values.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"a":[1,-2.5e+3,true,false,null,"x"]}`, `{"a":"\ud83d\ude00\ud83d\u0000\n"}`, `{"a":{"a":{"a":[[[]]]}}}`, "{\"\xff\":\"\xff\"}",
		`{"a":1e999,"b":-0,"c":0.1e-7}`, `{"batch":[{"type":"track"},7,"\u0000"],"batch":[]}`, `{"a":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, problem := parseEvent(text)
		var want map[string]any
		err := json.Unmarshal(text, &want)
		switch {
		case problem != nil && strings.TrimSpace(string(text)) == "null":
		case problem != nil:
			require.Error(t, err, problem.Message)
		case got.items[0].fault == nil:
			require.NoError(t, err)
			require.Equal(t, want, got.fields)
		}
	})
}

// FuzzBatch checks what must hold of every batch: it never panics, and a text that is JSON costs no item but its own.
func FuzzBatch(f *testing.F) {
	for _, seed := range []string{
		`{"a":1}`, `7`, `"\u0000"`, `[[1],{"a":[]}]`, `null`, `{"a":"\ud800"}`, strings.Repeat("[", 50) + strings.Repeat("]", 50), "\"\xff\"", ` 1e999 `,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, element string) {
		got, problem := parseBatch(fmt.Appendf(nil, `{"batch":[{"n":1}, %s ,{"n":2}],"x":"y"}`, element))
		if !json.Valid([]byte(element)) {
			return
		}
		require.Nil(t, problem)
		require.Len(t, got.items, 3)
		require.Equal(t, map[string]any{"n": 1.0}, got.items[0].value)
		require.Equal(t, map[string]any{"n": 2.0}, got.items[2].value)
		require.Nil(t, got.items[0].fault)
		require.Nil(t, got.items[2].fault)
		require.Equal(t, strings.Trim(element, " \t\r\n"), string(got.items[1].text))
		require.Equal(t, map[string]any{"x": "y"}, got.fields)
	})
}

func TestFieldPaths(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("k", 70)
	cases := []struct{ name, text, want string }{
		{"object", `{"a":{"b":"\u0000"}}`, "a.b"},
		{"array", `{"a":["x",{"b":[0,"\u0000"]}]}`, "a[1].b[1]"},
		{"array in array", `{"a":[[["\u0000"]]]}`, "a[0][0][0]"},
		{"the first of two", `{"a":"\u0000","b":"\u0000"}`, "a"},
		{"empty key", `{"":"\u0000"}`, ""},
		{"long key", `{"` + long + `":"\u0000"}`, long[:64] + "…"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b, problem := parseEvent([]byte(c.text))
			require.Nil(t, problem)
			require.Equal(t, c.want, b.items[0].fault.Field)
		})
	}
}

func BenchmarkBatchOf100(b *testing.B) {
	text := typicalBatch(100)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	at := receipt{}
	for b.Loop() {
		parsed, problem := parseBatch(text)
		require.Nil(b, problem)
		for _, it := range parsed.items {
			if _, problem := at.event(it, ""); problem != nil {
				b.Fatal(problem.Message)
			}
		}
	}
}

// typicalBatch returns orders as analytics-node sends them.
func typicalBatch(n int) []byte {
	events := make([]string, n)
	for i := range events {
		events[i] = fmt.Sprintf(`{"type":"track","messageId":"node-next-1773489600000-743be593-7789-4b74-8078-%012d","userId":"user-%d",`+
			`"event":"Order Completed","timestamp":"2026-03-14T11:59:59.678Z","context":{"library":{"name":"@segment/analytics-node","version":"3.1.0"},`+
			`"locale":"nl-NL"},"integrations":{},"properties":{"order_id":"o-%d","total":123.45,"currency":"EUR","products":[{"product_id":"p1",`+
			`"sku":"sku-1","name":"Koffiezetapparaat","price":99.95,"quantity":1},{"product_id":"p2","sku":"sku-2","name":"Filters","price":3.5,"quantity":2}]}}`, i, i, i)
	}
	return []byte(`{"batch":[` + strings.Join(events, ",") + `],"writeKey":"wk_test","sentAt":"2026-03-14T12:00:00.000Z"}`)
}
