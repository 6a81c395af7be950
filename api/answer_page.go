package api

import (
	"net/http"
	"strconv"
	"strings"
	"unicode"
)

const (
	maxAnswerBytes       = 32 << 10
	maxCommentCharacters = 1000
)

// showQuestion shows the question of a link, with the score of the link filled in. It changes nothing, because programs that
// look for danger in mails follow every link.
func (s *Server) showQuestion(w http.ResponseWriter, r *http.Request) {
	q, found, err := s.answers.Question(r.Context(), r.PathValue("token"))
	if s.noQuestion(w, r, found, err) {
		return
	}
	view := answerView{question: q}
	if score, ok := q.score(r.URL.Query().Get("score")); ok {
		view.chosen = &score
	}
	s.writeAnswerPage(w, r, http.StatusOK, view)
}

// takeAnswer takes the answer to the question of a link.
func (s *Server) takeAnswer(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxAnswerBytes)
	formErr := r.ParseForm()
	token := r.PathValue("token")
	q, found, err := s.answers.Question(r.Context(), token)
	if s.noQuestion(w, r, found, err) {
		return
	}
	if q.Given != nil {
		s.writeAnswerPage(w, r, http.StatusOK, answerView{question: q, repeated: true})
		return
	}
	given := Answer{Comment: comment(r.PostForm.Get("comment"))}
	score, ok := q.score(r.PostForm.Get("score"))
	if formErr != nil || !ok {
		s.writeAnswerPage(w, r, http.StatusUnprocessableEntity, answerView{question: q, comment: given.Comment, incomplete: true})
		return
	}
	given.Score = score
	kept, found, err := s.answers.Answer(r.Context(), token, given)
	if s.noQuestion(w, r, found, err) {
		return
	}
	q.Given = &kept
	s.writeAnswerPage(w, r, http.StatusOK, answerView{question: q, repeated: kept != given})
}

// noQuestion answers when there is no question to show, and tells whether it did.
func (s *Server) noQuestion(w http.ResponseWriter, r *http.Request, found bool, err error) bool {
	switch {
	case err != nil:
		s.log.ErrorContext(r.Context(), "answer page", "error", err)
		w.Header().Set("Retry-After", retryAfterSeconds)
		s.writeAnswerPage(w, r, http.StatusServiceUnavailable, answerView{away: true})
	case !found:
		s.writeAnswerPage(w, r, http.StatusNotFound, answerView{})
	default:
		return false
	}
	return true
}

// score reads one of the question's scores.
func (q Question) score(text string) (int, bool) {
	score, err := strconv.Atoi(text)
	return score, err == nil && score >= q.From && score <= q.To
}

// comment returns what was typed without what nobody types, cut to what is kept.
func comment(typed string) string {
	text := strings.ReplaceAll(strings.ToValidUTF8(typed, ""), "\r\n", "\n")
	text = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\n' && c != '\t' {
			return -1
		}
		return c
	}, text)
	if characters := []rune(text); len(characters) > maxCommentCharacters {
		text = string(characters[:maxCommentCharacters])
	}
	return strings.TrimSpace(text)
}
