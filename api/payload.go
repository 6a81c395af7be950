package api

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
)

// maxBodyBytes is how large a body may be, before and after decompression: 500 KB, as Segment has it.
const maxBodyBytes = 500 << 10

// readPayload reads the text of a request that must be JSON by its media type.
func readPayload(w http.ResponseWriter, r *http.Request) ([]byte, *Problem) {
	if problem := checkMediaType(r.Header.Get("Content-Type")); problem != nil {
		return nil, problem
	}
	return readText(w, r)
}

// readText reads the text of a request, decompressed. It never holds more than maxBodyBytes of it.
func readText(w http.ResponseWriter, r *http.Request) ([]byte, *Problem) {
	var body io.Reader = http.MaxBytesReader(w, r.Body, maxBodyBytes)
	switch strings.ToLower(r.Header.Get("Content-Encoding")) {
	case "", "identity":
	case "gzip":
		decompressed, err := gzip.NewReader(body)
		if err != nil {
			return nil, unreadable(err)
		}
		body = decompressed
	default:
		return nil, &Problem{Code: codeMediaType, Field: "Content-Encoding", Message: "the body must be plain or compressed with gzip"}
	}
	text, err := io.ReadAll(io.LimitReader(body, maxBodyBytes+1))
	if err != nil {
		return nil, unreadable(err)
	}
	if len(text) > maxBodyBytes {
		return nil, bodyTooLarge()
	}
	return text, nil
}

// checkMediaType accepts JSON, and text/plain because browsers send beacons as that.
func checkMediaType(header string) *Problem {
	if header == "" {
		return nil
	}
	media, _, err := mime.ParseMediaType(header)
	if err != nil || media != "application/json" && media != "text/plain" {
		return &Problem{Code: codeMediaType, Field: "Content-Type", Message: "the body must be sent as application/json"}
	}
	return nil
}

func unreadable(err error) *Problem {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return bodyTooLarge()
	}
	return &Problem{Code: codeUnreadable, Message: "the body was cut off, or is not compressed as its Content-Encoding says"}
}

func bodyTooLarge() *Problem {
	return &Problem{Code: codeTooLarge, Message: fmt.Sprintf("the body must have at most %d bytes, decompressed", maxBodyBytes)}
}
