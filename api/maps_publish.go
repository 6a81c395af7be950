package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"

	"klantreis/internal/access"
)

// maxMapBytes is how large a map with its templates may be.
const maxMapBytes = 16 << 20

// publishMap answers requests to publish a map, or only to report what that would do. What it reads of the body is told by
// read.
func (s *Server) publishMap(read func(http.ResponseWriter, *http.Request) (MapPublication, *Problem)) func(http.ResponseWriter, *http.Request, access.Actor) {
	return func(w http.ResponseWriter, r *http.Request, who access.Actor) {
		p, problem := read(w, r)
		if problem == nil {
			problem = p.readQuery(r)
		}
		if problem != nil {
			writeProblem(w, problem)
			return
		}
		p.By = who
		result, err := s.maps.Publish(r.Context(), p)
		if err != nil {
			s.unavailable(w, r, p.Origin+" a map", err)
			return
		}
		if result.Warnings == nil {
			result.Warnings = []string{}
		}
		if problem := refusal(result); problem != nil {
			writeJSON(w, problem.status(), struct {
				Error *Problem `json:"error"`
				MapResult
			}{problem, result})
			return
		}
		writeJSON(w, http.StatusOK, result)
	}
}

// refusal says why nothing was published although it should have been. Nil when nothing stood in the way.
func refusal(result MapResult) *Problem {
	switch {
	case result.Missing != "":
		return &Problem{Code: codeNotFound, Message: result.Missing}
	case len(result.Errors) > 0:
		return &Problem{Code: codeInvalidMap, Field: "files", Message: "the map has errors, or needs settings that are not there, so it was not published"}
	case result.Unconfirmed:
		return &Problem{
			Code: codeUnconfirmed, Field: "confirm",
			Message: "more customers would become due at once, or more messages would have been sent lately, than is usual; look at the report, " +
				"and repeat its number with ?confirm=" + strconv.Itoa(result.Report.Confirm) + " if that is what you want",
		}
	case result.Overtaken:
		return &Problem{Code: codeOvertaken, Message: "somebody else published a map meanwhile; look again"}
	}
	return nil
}

// by is who publishes and why, in every body.
type by struct {
	Author string `json:"author"`
	Note   string `json:"note"`
}

// newMap reads a map.
func newMap(w http.ResponseWriter, r *http.Request) (MapPublication, *Problem) {
	var body struct {
		Files map[string]string `json:"files"`
		by
	}
	problem := readBody(w, r, &body, `{"files": {"journey.yaml": "...", "templates/NAME.LOCALE.html": "..."}}`)
	if problem == nil && len(body.Files) == 0 {
		problem = &Problem{Code: codeMissing, Field: "files", Message: "must hold the files of the map by their paths"}
	}
	return MapPublication{Origin: OriginPublish, Files: body.Files, Author: body.Author, Note: body.Note}, problem
}

// olderMap reads which version to return to.
func olderMap(w http.ResponseWriter, r *http.Request) (MapPublication, *Problem) {
	var body struct {
		Version int64 `json:"version"`
		by
	}
	problem := readBody(w, r, &body, `{"version": 3}`)
	if problem == nil && body.Version < 1 {
		problem = &Problem{Code: codeMissing, Field: "version", Message: "must be the version to return to, a whole number from 1"}
	}
	return MapPublication{Origin: OriginRollback, Version: body.Version, Author: body.Author, Note: body.Note}, problem
}

// switchedMap returns what reads which touchpoint is paused or resumed.
func switchedMap(origin string) func(http.ResponseWriter, *http.Request) (MapPublication, *Problem) {
	return func(w http.ResponseWriter, r *http.Request) (MapPublication, *Problem) {
		var body struct {
			Touchpoint string `json:"touchpoint"`
			All        bool   `json:"all"`
			by
		}
		problem := readBody(w, r, &body, `{"touchpoint": "ID"} or {"all": true}`)
		if problem == nil && body.All == (body.Touchpoint != "") {
			problem = &Problem{Code: codeMissing, Field: "touchpoint", Message: `name a touchpoint, or give "all": true`}
		}
		return MapPublication{Origin: origin, Touchpoint: body.Touchpoint, Author: body.Author, Note: body.Note}, problem
	}
}

// readBody reads one JSON object without unknown keys. The form is what people are told when it is another one.
func readBody(w http.ResponseWriter, r *http.Request, into any, form string) *Problem {
	body := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxMapBytes))
	body.DisallowUnknownFields()
	err := body.Decode(into)
	if err == nil {
		if _, more := body.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows the object")
		}
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return &Problem{Code: codeTooLarge, Message: "a map and its templates may have at most 16 MB"}
	case err != nil:
		return &Problem{Code: codeInvalidJSON, Message: "the body must be " + form + ": " + err.Error()}
	}
	return nil
}

// readQuery reads what every publication has in its query.
func (p *MapPublication) readQuery(r *http.Request) (problem *Problem) {
	switch dry := r.URL.Query().Get("dry"); dry {
	case "", "false":
	case "true":
		p.Dry = true
	default:
		return &Problem{Code: codeBadParameter, Field: "dry", Message: "must be true or false"}
	}
	p.Confirm, problem = number(r, "confirm", 0, 0, maxSeq)
	return problem
}
