package replay

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// serve answers like a running engine.
func (f *fakeEngine) serve(writeKey, adminToken string) http.Handler {
	mux := http.NewServeMux()
	admin := func(handle http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer "+adminToken {
				http.Error(w, "who are you?", http.StatusUnauthorized)
				return
			}
			handle(w, r)
		}
	}
	mux.HandleFunc("GET /readyz", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /api/v1/clock", admin(func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(f.clock)
	}))
	mux.HandleFunc("GET /inbox/api/v1/messages", admin(func(w http.ResponseWriter, r *http.Request) {
		start, _ := strconv.Atoi(r.URL.Query().Get("start"))
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		arrivals, _ := f.Messages(r.Context(), start, limit)
		messages := []any{}
		for _, a := range arrivals {
			messages = append(messages, map[string]any{
				"ID": a.ID, "To": []any{map[string]string{"Name": "", "Address": a.Email}}, "Subject": a.Subject, "Created": a.Created,
			})
		}
		json.NewEncoder(w).Encode(map[string]any{"messages": messages, "total": len(f.mails)})
	}))
	mux.HandleFunc("POST /v1/batch", func(w http.ResponseWriter, r *http.Request) {
		if key, _, _ := r.BasicAuth(); key != writeKey {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		var body struct{ Batch []Event }
		answer := map[string]any{"success": true}
		err := json.NewDecoder(r.Body).Decode(&body)
		if err == nil {
			err = f.Post(r.Context(), body.Batch)
		}
		if err != nil {
			answer["rejected"] = []any{map[string]any{"index": 0, "message": err.Error()}}
		}
		json.NewEncoder(w).Encode(answer)
	})
	return mux
}
