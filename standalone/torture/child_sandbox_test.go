package torture

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"klantreis/internal/sandbox"
)

const sandboxKey = "SG.torture"

// provider is the mail provider's process: the sandbox, and what the test wants to know of it.
type provider struct {
	box     *sandbox.Sandbox
	targets []string
	turn    atomic.Int64
	client  *http.Client

	mu   sync.Mutex
	acks *os.File
}

// runSandbox runs the provider. Its reports go to the engine's processes in turn, and what they acknowledged is written down.
func runSandbox(ctx context.Context, folder string) error {
	box, err := sandbox.New(sandbox.Options{
		Dir: filepath.Join(folder, "inbox"), APIKey: sandboxKey, MaxMessages: 1_000_000, Redeliver: 0.05, Now: time.Now,
	})
	if err != nil {
		return err
	}
	acks, err := os.OpenFile(acksFile(folder), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	p := &provider{
		box: box, acks: acks, client: &http.Client{Timeout: 5 * time.Second},
		targets: strings.Split(os.Getenv(targetVariable), ","),
	}
	mux := http.NewServeMux()
	mux.Handle("/v3/", p.noteRefused(box.APIHandler()))
	mux.Handle("/sandbox/", box.APIHandler())
	mux.HandleFunc("POST /webhook", p.forward)
	mux.HandleFunc("POST /emit", p.emit)
	mux.HandleFunc("GET /mails", p.mails)
	mux.HandleFunc("GET /key", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, box.PublicKey()) })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		_ = server.Close() // The process ends.
	}()
	box.SetWebhookURL("http://" + listener.Addr().String() + "/webhook")
	box.Start(ctx)
	if err := tellAddress(folder, roleSandbox, listener.Addr().String()); err != nil {
		return err
	}
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return box.Stop()
}

func acksFile(folder string) string { return filepath.Join(folder, "reports.ndjson") }

// acknowledged is a report that the engine took.
type acknowledged struct {
	ID        string    `json:"sg_event_id"`
	Event     string    `json:"event"`
	MessageID string    `json:"message_id"`
	At        time.Time `json:"at"`
}

// forward passes reports on to the engine and writes down what it took.
func (p *provider) forward(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	target := p.targets[int(p.turn.Add(1))%len(p.targets)] + "/webhooks/sendgrid"
	request, err := http.NewRequestWithContext(r.Context(), http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	request.Header = r.Header.Clone()
	response, err := p.client.Do(request)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer response.Body.Close()
	if response.StatusCode/100 == 2 {
		p.note(body, time.Now())
	}
	w.WriteHeader(response.StatusCode)
}

// note writes down that the engine took reports.
func (p *provider) note(body []byte, at time.Time) {
	var list []acknowledged
	if json.Unmarshal(body, &list) == nil {
		p.write(list, at)
	}
}

func (p *provider) write(list []acknowledged, at time.Time) {
	var text bytes.Buffer
	for _, one := range list {
		one.At = at
		_ = json.NewEncoder(&text).Encode(one) // A buffer takes everything.
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	// Without the note less is known of what was acknowledged, and so less is demanded.
	_, _ = p.acks.Write(text.Bytes())
}

// emit lets something happen to a mail of which the subject is given; 404 when there is none yet.
func (p *provider) emit(w http.ResponseWriter, r *http.Request) {
	subject, what := r.FormValue("subject"), sandbox.Event(r.FormValue("event"))
	for _, m := range p.box.Messages() {
		if m.Subject != subject {
			continue
		}
		if what == oneClick {
			p.click(w, r, m)
			return
		}
		if err := p.box.Emit(m.ID, what); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
		return
	}
	http.NotFound(w, r)
}

// oneClick is what a reader does who clicks the button of their mail program.
const oneClick = "one-click"

// click follows the List-Unsubscribe header of a mail as a mail program does (RFC 8058), and writes down that the engine took
// it.
func (p *provider) click(w http.ResponseWriter, r *http.Request, m sandbox.Message) {
	link, _, _ := strings.Cut(strings.TrimPrefix(m.Headers["List-Unsubscribe"], "<"), ">")
	request, err := http.NewRequestWithContext(r.Context(), http.MethodPost, link, strings.NewReader("List-Unsubscribe=One-Click"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := p.client.Do(request)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode == http.StatusOK:
		p.write([]acknowledged{{ID: "click " + m.ID, Event: oneClick, MessageID: m.Args["message_id"]}}, time.Now())
	case response.StatusCode < 500:
		http.Error(w, fmt.Sprintf("the link of %s to unsubscribe was answered %s", m.Subject, response.Status), http.StatusConflict)
	default:
		http.Error(w, response.Status, http.StatusBadGateway)
	}
}

// mail is what the provider holds of a mail that it took.
type mail struct {
	ID         string
	MessageID  string
	Touchpoint string
	Subject    string
	To         string
	Taken      time.Time
}

func (p *provider) mails(w http.ResponseWriter, _ *http.Request) {
	list := []mail{}
	for _, m := range p.box.Messages() {
		one := mail{ID: m.ID, MessageID: m.Args["message_id"], Subject: m.Subject, To: m.To[0].Address, Taken: m.Created}
		if len(m.Categories) > 0 {
			one.Touchpoint = m.Categories[0]
		}
		list = append(list, one)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(list) // Who asked has gone.
}
