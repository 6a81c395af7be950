package sandbox

import (
	"encoding/json"
	"net/http"
	"net/mail"
	"slices"
	"strings"
)

// maxEraseBytes and maxErased are SendGrid's limits for one request to erase.
const (
	maxEraseBytes = 256 << 10
	maxErased     = 5000
)

// eraseRequest is the body of POST /v3/recipients/erasejob.
type eraseRequest struct {
	EmailAddresses []string `json:"email_addresses"`
}

// handleErase is POST /v3/recipients/erasejob: the mails to the addresses leave the inbox and the disk, and what happened to
// them is not reported any more. One address that is none makes it refuse them all, as the original does.
func (s *Sandbox) handleErase(w http.ResponseWriter, r *http.Request) {
	var request eraseRequest
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxEraseBytes)).Decode(&request); err != nil {
		s.refuse(w, http.StatusBadRequest, "the body cannot be read")
		return
	}
	if plan, faulty := s.faults.pick(); faulty {
		s.fail(w, r, plan)
		return
	}
	var problems []apiError
	if n := len(request.EmailAddresses); n == 0 || n > maxErased {
		problems = append(problems, problem("email_addresses", "there must be 1 to 5000 of them"))
	}
	for _, address := range request.EmailAddresses {
		if _, err := mail.ParseAddress(address); err != nil {
			problems = append(problems, problem("email_addresses", "Email_address "+address+" is not valid"))
		}
	}
	if len(problems) > 0 {
		s.refused.Add(1)
		writeProblems(w, http.StatusBadRequest, problems...)
		return
	}
	if err := s.inbox.erase(request.EmailAddresses); err != nil {
		writeProblem(w, http.StatusInternalServerError, "internal server error")
		return
	}
	writeJSON(w, http.StatusAccepted, map[string]string{"job_id": newID()})
}

// erase deletes all mails to the addresses, from disk too.
func (in *inbox) erase(addresses []string) error {
	in.mu.Lock()
	var ids []string
	for _, message := range in.messages {
		if message.concerns(addresses) {
			ids = append(ids, message.ID)
		}
	}
	in.mu.Unlock()
	if len(ids) == 0 && in.journal == nil {
		return nil
	}
	// The journal holds mails that left the inbox because it was full; writing it anew forgets them too.
	return in.remove(append(ids, "")...)
}

// concerns tells whether the mail goes to one of the addresses.
func (m *Message) concerns(addresses []string) bool {
	return slices.ContainsFunc(m.recipients(), func(one string) bool {
		return slices.ContainsFunc(addresses, func(other string) bool { return strings.EqualFold(strings.TrimSpace(one), strings.TrimSpace(other)) })
	})
}
