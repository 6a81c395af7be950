package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"time"
)

// provider is a mail provider that is as slow, or as unwilling, as a story wants it.
type provider struct {
	*httptest.Server
	refuses bool
	after   time.Duration // in real time
	// holds makes it ask to come again instead of taking its time, so that a mail can be taken back meanwhile.
	holds bool

	mu    sync.Mutex
	first map[string]time.Time // when a message was offered first
	taken []string             // the subjects of mails and the types of webhooks
}

// hooks is where webhooks are called.
const hooks = "/hooks/"

func newProvider(s *story, speed float64) (*provider, error) {
	after, err := span(s.Handover.After)
	if err != nil {
		return nil, err
	}
	p := &provider{
		refuses: s.Handover.Refuse != "", after: time.Duration(float64(after) / speed), holds: s.takesBack(), first: map[string]time.Time{},
	}
	p.Server = httptest.NewServer(p)
	return p, nil
}

// ServeHTTP implements http.Handler.
func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, what, err := offered(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	left := p.left(id)
	const moment = 10 * time.Millisecond // that has passed already
	if seconds := (left + moment) / time.Second; p.holds && seconds > 0 {
		time.Sleep(left - seconds*time.Second)
		w.Header().Set("Retry-After", strconv.Itoa(int(seconds)))
		w.WriteHeader(http.StatusServiceUnavailable) // after a 429 everybody's mail would stay away
		return
	}
	time.Sleep(left)
	if p.refuses {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	p.take(what)
	w.Header().Set("X-Message-Id", rand.Text())
	w.WriteHeader(http.StatusAccepted)
}

// offered reads the id of a message, and the subject of a mail or the type of a webhook.
func offered(r *http.Request) (id, what string, err error) {
	var body struct {
		Type, Subject    string
		Personalizations []struct {
			CustomArgs struct {
				MessageID string `json:"message_id"`
			} `json:"custom_args"`
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return "", "", err
	}
	if strings.HasPrefix(r.URL.Path, hooks) {
		return r.Header.Get("webhook-id"), body.Type, nil
	}
	if len(body.Personalizations) != 1 {
		return "", "", errors.New("not a mail")
	}
	return body.Personalizations[0].CustomArgs.MessageID, body.Subject, nil
}

// left is how long the provider will not have a message yet.
func (p *provider) left(message string) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.first[message]; !known {
		p.first[message] = time.Now()
	}
	return time.Until(p.first[message].Add(p.after))
}

func (p *provider) take(subject string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken = append(p.taken, subject)
}

// all are the templates of the mails that were taken, and the types of the webhooks.
func (p *provider) all() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.taken...)
}

// webhookKey is a public key with which nobody signs.
func webhookKey() (string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", err
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	return base64.StdEncoding.EncodeToString(der), err
}

// templatesFor are plain templates of the given names, whose subjects are their names.
func templatesFor(names []string) map[string]string {
	files := map[string]string{
		"templates/layout.html": "<html><body>{{ content }}{{ unsubscribe_url }}</body></html>",
		"templates/layout.txt":  "{{ content }}{{ unsubscribe_url }}",
	}
	for _, name := range names {
		for _, locale := range []string{"en", "nl"} {
			file := fmt.Sprintf("templates/%s.%s", strings.TrimSpace(name), locale)
			files[file+".html"] = "---\nsubject: " + name + "\n---\n<p>Hello</p>\n"
			files[file+".txt"] = "Hello\n"
		}
	}
	return files
}
