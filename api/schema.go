package api

import (
	"net/http"

	"klantreis/journey"
)

// mapSchema serves the JSON Schema of the journey map. It is open to all, because editors read it, and tells nothing of
// the shop.
func mapSchema(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/schema+json")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, _ = w.Write(journey.Schema()) // the client is gone; there is nobody to tell
}
