package api

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the style sheet
	"encoding/base64"
	"html/template"
	"net/http"
	"strings"
)

//go:embed pages/answer.css
var answerStyle string

// answerPolicy allows the page nothing but its own style sheet, which stands in it, and its own form.
var answerPolicy = func() string {
	sum := sha256.Sum256([]byte(answerStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
}()

// answerView is what an answer page is made from. The zero view says that the link leads nowhere.
type answerView struct {
	question Question
	// chosen is the score that is filled in. Nil when none is.
	chosen *int
	// comment is what was typed before.
	comment string
	// incomplete is true when an answer came without a score.
	incomplete bool
	// repeated is true when another answer came before this one.
	repeated bool
	// away is true when the record cannot be read now.
	away bool
}

// answerPage is the answerView as the template wants it.
type answerPage struct {
	Lang        string
	Style       template.CSS
	Shop, Text  string
	Away, Found bool
	Scores      []answerScore
	Incomplete  bool
	Comment     string
	MaxComment  int
	Given       *Answer
	Repeated    bool
	From, To    int
}

// answerScore is one score to choose.
type answerScore struct {
	Score  int
	Chosen bool
}

func (v answerView) page(lang string) answerPage {
	q := v.question
	p := answerPage{
		Lang: lang, Style: template.CSS(answerStyle), Shop: q.Shop, Text: q.Text, Away: v.away, Found: q.To > q.From,
		Incomplete: v.incomplete, Comment: v.comment, MaxComment: maxCommentCharacters, Given: q.Given, Repeated: v.repeated,
		From: q.From, To: q.To,
	}
	for score := q.From; p.Found && score <= q.To; score++ {
		p.Scores = append(p.Scores, answerScore{Score: score, Chosen: v.chosen != nil && *v.chosen == score})
	}
	return p
}

// writeAnswerPage answers a customer, who knows nothing of us: in their language, or, when it is not known, in the
// browser's.
func (s *Server) writeAnswerPage(w http.ResponseWriter, r *http.Request, status int, v answerView) {
	lang := language(r.Header.Get("Accept-Language"))
	if v.question.Locale != "" {
		lang = language(strings.ReplaceAll(v.question.Locale, "_", "-"))
	}
	h := w.Header()
	h.Set("Content-Security-Policy", answerPolicy)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Vary", "Accept-Language")
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, "answer.html", v.page(lang)); err != nil {
		s.log.ErrorContext(r.Context(), "show the answer page", "error", err)
		writeProblem(w, &Problem{Code: codeInternal, Message: "the page could not be shown"})
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the client is gone; there is nobody to tell
}
