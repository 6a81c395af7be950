package api

import (
	"net/http"
	"time"
)

// HTTPServer returns a server for the address, with limits that keep slow or greedy clients from holding connections
// open. A handler that answers for longer than the write time-out extends it with http.ResponseController.
func HTTPServer(addr string, handler http.Handler) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
	}
}
