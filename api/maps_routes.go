package api

import (
	"net/http"
	"strconv"

	"klantreis/internal/access"
)

const (
	defaultMaps = 50
	maxMaps     = 500
)

// routeMaps serves the versions of the map.
func (s *Server) routeMaps() {
	s.router.read("GET /api/v1/maps", access.MapsRead, s.mapVersions)
	s.router.read("GET /api/v1/maps/{version}", access.MapsRead, s.mapVersion)
	s.router.change("POST /api/v1/maps", access.MapsPublish, s.publishMap(newMap))
	s.router.change("POST /api/v1/maps/rollback", access.MapsPublish, s.publishMap(olderMap))
	s.router.change("POST /api/v1/maps/pause", access.MapsPublish, s.publishMap(switchedMap(OriginPause)))
	s.router.change("POST /api/v1/maps/resume", access.MapsPublish, s.publishMap(switchedMap(OriginResume)))
}

// mapVersions answers with the versions of the map, newest first.
func (s *Server) mapVersions(w http.ResponseWriter, r *http.Request) {
	limit, below, problem := pageOf(r, defaultMaps, maxMaps)
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

// maxSeq bounds numbers that name something in the record.
const maxSeq = 1<<53 - 1

// pageOf reads which part of a list is wanted from the query: at most limit of what comes before a number. Before is zero when all
// is wanted.
func pageOf(r *http.Request, otherwise, most int) (limit, before int, problem *Problem) {
	if limit, problem = number(r, "limit", otherwise, 1, most); problem != nil {
		return 0, 0, problem
	}
	before, problem = number(r, "before", 0, 1, maxSeq)
	return limit, before, problem
}

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
