package torture

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// refusal is the event of a message that was refused for good.
const refusal = "refused"

// noteRefused writes down which messages are refused for good, before anybody hears of it.
func (p *provider) noteRefused(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(&refusalWriter{ResponseWriter: w, p: p, body: body}, r)
	})
}

type refusalWriter struct {
	http.ResponseWriter
	p    *provider
	body []byte
}

func (w *refusalWriter) WriteHeader(status int) {
	var mail struct {
		Personalizations []struct {
			Args map[string]string `json:"custom_args"`
		}
	}
	if status == http.StatusRequestEntityTooLarge && json.Unmarshal(w.body, &mail) == nil && len(mail.Personalizations) > 0 {
		w.p.write([]acknowledged{{Event: refusal, MessageID: mail.Personalizations[0].Args["message_id"]}}, time.Now())
	}
	w.ResponseWriter.WriteHeader(status)
}
