package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
)

const (
	// maxMapBytes is how large a map with its templates may be.
	maxMapBytes = 16 << 20
	defaultMaps = 50
	maxMaps     = 500
)

// routeMaps serves the versions of the map to those who may manage.
func (s *Server) routeMaps() {
	for pattern, handler := range map[string]http.HandlerFunc{
		"GET /api/v1/maps":           s.mapVersions,
		"POST /api/v1/maps":          s.publishMap,
		"GET /api/v1/maps/{version}": s.mapVersion,
	} {
		s.mux.Handle(pattern, s.admin.protect(handler, denyJSON))
	}
}

// mapVersions answers with the versions of the map, newest first.
func (s *Server) mapVersions(w http.ResponseWriter, r *http.Request) {
	limit, problem := number(r, "limit", defaultMaps, 1, maxMaps)
	below, other := number(r, "before", 0, 1, maxSeq)
	if problem == nil {
		problem = other
	}
	if problem != nil {
		writeProblem(w, problem)
		return
	}
	versions, err := s.maps.Versions(r.Context(), int64(below), limit)
	if err != nil {
		s.unavailable(w, r, "read the versions of the map", err)
		return
	}
	if versions == nil {
		versions = []MapVersion{}
	}
	writeJSON(w, http.StatusOK, map[string][]MapVersion{"maps": versions})
}

// mapVersion answers with one version and its files. "live" is the live one.
func (s *Server) mapVersion(w http.ResponseWriter, r *http.Request) {
	version := int64(0)
	if name := r.PathValue("version"); name != "live" {
		var err error
		if version, err = strconv.ParseInt(name, 10, 64); err != nil || version < 1 {
			writeProblem(w, &Problem{Code: codeBadParameter, Field: "version", Message: `must be a whole number from 1, or "live"`})
			return
		}
	}
	v, found, err := s.maps.Version(r.Context(), version)
	switch {
	case err != nil:
		s.unavailable(w, r, "read a version of the map", err)
	case !found:
		writeProblem(w, &Problem{Code: codeNotFound, Field: "version", Message: "there is no such version of the map"})
	default:
		writeJSON(w, http.StatusOK, v)
	}
}

// publishMap publishes a map, or only reports what that would do.
func (s *Server) publishMap(w http.ResponseWriter, r *http.Request) {
	p, problem := readPublication(w, r)
	if problem != nil {
		writeProblem(w, problem)
		return
	}
	result, err := s.maps.Publish(r.Context(), p)
	if err != nil {
		s.unavailable(w, r, "publish a map", err)
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

// refusal says why nothing was published although it should have been. Nil when nothing stood in the way.
func refusal(result MapResult) *Problem {
	switch {
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

func readPublication(w http.ResponseWriter, r *http.Request) (MapPublication, *Problem) {
	var p MapPublication
	body := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxMapBytes))
	body.DisallowUnknownFields()
	err := body.Decode(&p)
	if err == nil {
		if _, more := body.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows the object")
		}
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return p, &Problem{Code: codeTooLarge, Message: "a map and its templates may have at most 16 MB"}
	case err != nil:
		return p, &Problem{Code: codeInvalidJSON, Message: `the body must be {"files": {"journey.yaml": "...", "templates/NAME.LOCALE.html": "..."}}: ` + err.Error()}
	case len(p.Files) == 0:
		return p, &Problem{Code: codeMissing, Field: "files", Message: "must hold the files of the map by their paths"}
	}
	switch dry := r.URL.Query().Get("dry"); dry {
	case "", "false":
	case "true":
		p.Dry = true
	default:
		return p, &Problem{Code: codeBadParameter, Field: "dry", Message: "must be true or false"}
	}
	confirm, problem := number(r, "confirm", 0, 0, maxSeq)
	p.Confirm = confirm
	return p, problem
}

// maxSeq bounds numbers that name something in the record.
const maxSeq = 1<<53 - 1

// number reads a whole number from the query.
func number(r *http.Request, name string, absent, least, most int) (int, *Problem) {
	query := r.URL.Query()
	if !query.Has(name) {
		return absent, nil
	}
	n, err := strconv.Atoi(query.Get(name))
	if err != nil || n < least || n > most {
		return 0, &Problem{Code: codeBadParameter, Field: name, Message: "must be a whole number from " + strconv.Itoa(least) + " to " + strconv.Itoa(most)}
	}
	return n, nil
}

// unavailable tells the client to try again, and the log why.
func (s *Server) unavailable(w http.ResponseWriter, r *http.Request, what string, err error) {
	s.log.ErrorContext(r.Context(), what, "error", err)
	writeProblem(w, &Problem{Code: codeUnavailable, Message: "the record could not be reached; try again"})
}
