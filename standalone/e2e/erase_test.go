package e2e

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // to damage what the engine itself would never store
)

// eraseMap asks, sends what its readers can do without, makes a task, and keeps waiting.
const eraseMap = `
journey: erase
shop: {name: Winkel, email: winkel@example.com}
locale: en
phases: [{id: care, enter: [{on: Order Completed}]}]
touchpoints:
  - id: asked
    phase: care
    class: transactional
    on: Order Completed
    key: event.order_id
    goal: {on: Product Reviewed, within: 14d}
    do:
      - task: {title: Call the customer, due: 1d, priority: high}
      - ask: {template: ask, question: "How likely are you to recommend us?", scale: 0-10, survey: nps}
      - wait: 300d
  - {id: cared, phase: care, class: service, on: Order Completed, key: event.order_id, do: [{send: {template: thanks}}, {wait: 300d}]}
`

// traces are what is nowhere to be found any more: of names, addresses, orders and words.
var traces = []string{
	"zora-q7", "zora-old7", "anon-zq7", "zora.quill@zq7.example", "old.quill@zq7.example", "Zoranella", "Quillington",
	"0698765432", "ZQ7-ORDER-1", "ZQ7-ORDER-2", "purple zebras", "Tulpstraat 77", "striped answer", "zq7.example",
}

// zora makes a customer with all that there can be of one, and returns the links of her mails.
func (e *engine) zora() (answer, unsubscribe string) {
	e.t.Helper()
	visit := map[string]any{"type": "track", "anonymousId": "anon-zq7", "event": "Zebra Viewed", "properties": map[string]any{"note": "purple zebras"}}
	who := map[string]any{"type": "identify", "userId": "zora-q7", "anonymousId": "anon-zq7", "messageId": "who is zora-q7", "traits": map[string]any{
		"email": "zora.quill@zq7.example", "firstName": "Zoranella", "lastName": "Quillington", "phone": "0698765432", "locale": "en",
		"note": "likes purple zebras", "address": map[string]any{"street": "Tulpstraat 77"},
	}}
	old := map[string]any{"type": "identify", "userId": "zora-old7", "traits": map[string]any{"email": "old.quill@zq7.example"}}
	old["timestamp"] = time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	e.post(old)
	e.post(visit, who)
	e.post(map[string]any{"type": "alias", "userId": "zora-q7", "previousId": "zora-old7"})
	first := track("zora-q7", "Order Completed", "ZQ7-ORDER-1")
	first["messageId"] = "order of zora.quill@zq7.example"
	e.post(first)
	asked, cared := e.awaitMailTo("zora.quill@zq7.example", "asked"), e.awaitMailTo("zora.quill@zq7.example", "cared")
	answer = regexp.MustCompile(`href="([^"]+\?score=9)"`).FindStringSubmatch(asked.HTML)[1]
	resp, err := e.http.PostForm(answer, url.Values{"score": {"9"}, "comment": {"a striped answer"}})
	require.NoError(e.t, err)
	require.NoError(e.t, resp.Body.Close())
	e.report(cared, "click")

	// One event is refused, and nothing can be decided with another.
	e.rejected(map[string]any{"type": "track", "userId": "zora-q7", "event": 12, "properties": map[string]any{"note": "purple zebras"}})
	e.eventually(30*time.Second, "an event is damaged that no decision has seen", func() bool {
		e.post(map[string]any{"type": "track", "userId": "zora-q7", "event": "Zebra Petted", "properties": map[string]any{"note": "purple zebras"}})
		return e.damage(`UPDATE events SET properties = '{"note": "purple zebras' WHERE name = 'Zebra Petted' AND consumed_step IS NULL`) > 0
	})
	e.post(track("zora-q7", "Order Completed", "ZQ7-ORDER-2"))
	e.eventually(30*time.Second, "the damaged event is parked", func() bool {
		return strings.Contains(e.page("/api/v1/parked"), "Zebra Petted")
	})
	unsubscribe = e.unsubscribeLink(cared)
	e.oneClick(unsubscribe)
	return answer, unsubscribe
}

// awaitMailTo waits for the first mail of a touchpoint to an address.
func (e *engine) awaitMailTo(address, touchpoint string) mail {
	e.t.Helper()
	var found []mail
	e.eventually(30*time.Second, touchpoint+" for "+address, func() bool {
		found = e.mailsTo(address, touchpoint)
		return len(found) > 0
	})
	return e.content(found[0])
}

func (e *engine) mailsTo(address, touchpoint string) (found []mail) {
	e.t.Helper()
	var list struct{ Messages []mail }
	e.get("/inbox/api/v1/messages?limit=1000", &list)
	for _, m := range list.Messages {
		if m.To[0].Address == address && m.Tags[0] == touchpoint {
			found = append(found, m)
		}
	}
	return found
}

// rejected posts an event that is refused.
func (e *engine) rejected(event map[string]any) {
	e.t.Helper()
	body, err := json.Marshal(map[string]any{"batch": []any{event}})
	require.NoError(e.t, err)
	require.Contains(e.t, e.ask(http.MethodPost, "/v1/batch", body, http.StatusOK), "rejected")
}

// ask sends a request as the shop and as the admin, and returns the answer.
func (e *engine) ask(method, path string, body []byte, status int) string {
	e.t.Helper()
	req, err := http.NewRequest(method, e.base+path, bytes.NewReader(body))
	require.NoError(e.t, err)
	req.Header.Set("Authorization", "Bearer "+adminToken)
	if strings.HasPrefix(path, "/v1/") {
		req.SetBasicAuth(writeKey, "")
	}
	resp, err := (&http.Client{Timeout: time.Minute}).Do(req)
	require.NoError(e.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(e.t, err)
	require.Equal(e.t, status, resp.StatusCode, string(text))
	return string(text)
}

// damage changes what is stored, behind the engine's back, and returns how many rows.
func (e *engine) damage(query string) int64 {
	e.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(e.dir, "klantreis.db")+"?_pragma=busy_timeout(10000)")
	require.NoError(e.t, err)
	result, err := db.Exec(query)
	require.NoError(e.t, err)
	changed, err := result.RowsAffected()
	require.NoError(e.t, err)
	require.NoError(e.t, db.Close())
	return changed
}

// found returns where the traces are: in all files of the data folder, in the log and in Redis.
func (e *engine) found() map[string][]string {
	e.t.Helper()
	places := map[string]string{"the log": e.out.String(), "redis": e.redis()}
	require.NoError(e.t, filepath.WalkDir(e.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		places[strings.TrimPrefix(path, e.dir+"/")] = string(data)
		return err
	}))
	found := map[string][]string{}
	for place, text := range places {
		for _, trace := range traces {
			if strings.Contains(strings.ToLower(text), strings.ToLower(trace)) {
				found[trace] = append(found[trace], place)
			}
		}
	}
	return found
}

// redis returns all that is in the Redis server inside: its keys with their values.
func (e *engine) redis() string {
	e.t.Helper()
	for _, port := range e.listening() {
		keys := talk(port, "PING", "KEYS *")
		if !strings.HasPrefix(keys, "+PONG") {
			continue
		}
		commands := []string{}
		for key := range strings.FieldsSeq(keys) {
			if strings.ContainsAny(key[:1], "+*$") {
				continue // how the answer is written
			}
			for _, command := range []string{"GET %s", "HGETALL %s", "LRANGE %s 0 -1", "SMEMBERS %s", "ZRANGE %s 0 -1"} {
				commands = append(commands, fmt.Sprintf(command, key))
			}
		}
		return keys + talk(port, commands...)
	}
	e.t.Fatal("the Redis server was not found")
	return ""
}

// talk sends commands to whatever listens on a port, and returns all that it answers.
func talk(port string, commands ...string) string {
	conn, err := net.DialTimeout("tcp", "127.0.0.1:"+port, time.Second)
	if err != nil {
		return ""
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(2 * time.Second)) // whoever is no Redis server answers nothing of use
	for _, command := range append(commands, "QUIT") {
		words := strings.Fields(command)
		text := fmt.Sprintf("*%d\r\n", len(words))
		for _, word := range words {
			text += fmt.Sprintf("$%d\r\n%s\r\n", len(word), word)
		}
		_, _ = io.WriteString(conn, text)
	}
	answer, _ := io.ReadAll(io.LimitReader(conn, 10<<20))
	return string(answer)
}

// listening returns the TCP ports on which the process listens.
func (e *engine) listening() (ports []string) {
	e.t.Helper()
	proc := fmt.Sprintf("/proc/%d/", e.cmd.Process.Pid)
	fds, err := os.ReadDir(proc + "fd")
	require.NoError(e.t, err)
	sockets := map[string]bool{}
	for _, fd := range fds {
		if target, err := os.Readlink(proc + "fd/" + fd.Name()); err == nil {
			sockets[strings.TrimSuffix(strings.TrimPrefix(target, "socket:["), "]")] = true
		}
	}
	table, err := os.ReadFile(proc + "net/tcp")
	require.NoError(e.t, err)
	for line := range strings.Lines(string(table)) {
		columns := strings.Fields(line)
		if len(columns) < 10 || columns[3] != "0A" || !sockets[columns[9]] {
			continue
		}
		var port int
		_, err := fmt.Sscanf(columns[1][strings.Index(columns[1], ":")+1:], "%X", &port)
		require.NoError(e.t, err)
		ports = append(ports, fmt.Sprint(port))
	}
	return ports
}

// awaitErasure waits until everything is done.
func (e *engine) awaitErasure() {
	e.t.Helper()
	e.eventually(3*time.Minute, "the erasure is done", func() bool {
		var list struct {
			Erasures []struct{ DoneAt time.Time }
		}
		e.get("/api/v1/erasures", &list)
		return len(list.Erasures) > 0 && !list.Erasures[0].DoneAt.IsZero()
	})
}

// TestNothingIsLeftOfWhoWasErased looks for a customer everywhere, and what becomes of what still comes of her.
func TestNothingIsLeftOfWhoWasErased(t *testing.T) {
	t.Parallel()
	e := start(t, "--map", eraseFolder(t), "--log-level", "debug")
	answer, unsubscribe := e.zora()
	e.post(identify("anna", "en"), track("anna", "Order Completed", "1001"))
	anna := e.awaitMail(30*time.Second, "anna", "cared")

	exported := e.page("/api/v1/customers/zora-q7/export")
	before := e.found()
	for _, trace := range traces {
		require.NotEmpty(t, before[trace], "or this test shows nothing")
		require.NotContains(t, before[trace], "the log")
		require.NotContains(t, before[trace], "redis")
		require.NotContains(t, before[trace], "temporal.db")
		require.Contains(t, exported, trace)
	}
	require.True(t, json.Valid([]byte(exported)))

	e.ask(http.MethodDelete, "/api/v1/customers/zora-q7", []byte(`{"reason":"letter of 3 March"}`), http.StatusAccepted)
	e.awaitErasure()
	require.Empty(t, e.found())
	require.Len(t, e.mails("anna", "cared"), 1)
	require.Equal(t, anna.ID, e.mails("anna", "cared")[0].ID, "somebody else's are left")
	e.ask(http.MethodGet, "/api/v1/customers/zora-q7", nil, http.StatusNotFound)
	require.Contains(t, e.page("/api/v1/audit?action=customer.erase"), "letter of 3 March")

	// What still comes of her: the same post again, old links.
	again := track("zora-q7", "Order Completed", "ZQ7-ORDER-1")
	again["messageId"], again["timestamp"] = "order of zora.quill@zq7.example", time.Now().Add(-time.Minute).UTC().Format(time.RFC3339)
	late := track("zora-q7", "Order Completed", "ZQ7-ORDER-2")
	late["timestamp"] = time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	e.post(again, late)
	e.oneClick(unsubscribe)
	resp, err := e.http.Get(answer)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusNotFound, resp.StatusCode)
	require.Empty(t, e.found())

	// A restart forgets nothing of that.
	e.kill()
	e.run()
	e.post(again, late)
	e.ask(http.MethodGet, "/api/v1/customers/zora-q7", nil, http.StatusNotFound)
	require.Empty(t, e.found())

	// She comes back, by another name at first, and then by the same: her orders are confirmed, and she gets nothing else.
	for _, user := range []string{"zora-again", "zora-q7"} {
		who := map[string]any{"type": "identify", "userId": user, "traits": map[string]any{"email": "zora.quill@zq7.example", "firstName": "Zoranella", "locale": "en"}}
		e.post(who, track(user, "Order Completed", "NEW-"+user))
	}
	e.eventually(30*time.Second, "both orders are confirmed", func() bool { return len(e.mailsTo("zora.quill@zq7.example", "asked")) == 2 })
	e.eventually(30*time.Second, "nothing else is sent", func() bool {
		return strings.Contains(e.page("/api/v1/customers/zora-q7/decisions"), `"suppressed"`)
	})
	require.Empty(t, e.mailsTo("zora.quill@zq7.example", "cared"))
	require.Contains(t, e.page("/api/v1/customers/zora-q7"), `"orders":1`)
}

// eraseFolder writes the map down.
func eraseFolder(t *testing.T) string {
	t.Helper()
	dir := mapFolder(t, eraseMap, "thanks")
	links := `<p>{{ customer.firstName }} {{ ask.question }}</p>{% for s in ask.scores %}<a href="{{ s.url }}">{{ s.score }}</a> {% endfor %}`
	for ext, text := range map[string]string{".html": "---\nsubject: A question\n---\n" + links, ".txt": "{{ ask.question }} {{ ask.url }}\n"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "templates", "ask.en"+ext), []byte(text), 0o600))
	}
	return dir
}
