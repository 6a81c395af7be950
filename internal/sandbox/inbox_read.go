package sandbox

import "slices"

// list returns up to limit mails from the newest but start on, and how many there are in all.
func (in *inbox) list(start, limit int) ([]Message, int) {
	in.mu.Lock()
	defer in.mu.Unlock()
	total := len(in.messages)
	messages := []Message{}
	for i := total - 1 - start; i >= 0 && len(messages) < limit; i-- {
		messages = append(messages, snapshot(in.messages[i]))
	}
	return messages, total
}

// find returns the mail with an id, or the newest with that custom argument message_id.
func (in *inbox) find(id string) (Message, bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if message := in.byID[id]; message != nil {
		return snapshot(message), true
	}
	for _, message := range slices.Backward(in.messages) {
		if id != "" && message.Args["message_id"] == id {
			return snapshot(message), true
		}
	}
	return Message{}, false
}

// reported returns a mail with one of its reports.
func (in *inbox) reported(ref reportRef) (Message, Report, bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	message := in.byID[ref.MessageID]
	if message == nil {
		return Message{}, Report{}, false
	}
	for _, report := range message.Reports {
		if report.ID == ref.ReportID {
			return snapshot(message), report, true
		}
	}
	return Message{}, Report{}, false
}

// unposted returns the reports that no receiver took yet, oldest mail first.
func (in *inbox) unposted() []reportRef {
	in.mu.Lock()
	defer in.mu.Unlock()
	var refs []reportRef
	for _, message := range in.messages {
		for _, report := range message.Reports {
			if !report.Posted {
				refs = append(refs, reportRef{MessageID: message.ID, ReportID: report.ID})
			}
		}
	}
	return refs
}

// counts returns how many mails were taken since the start, and how many are held.
func (in *inbox) counts() (taken int64, held int) {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.taken, len(in.messages)
}

// snapshot copies what may change later; the rest of a mail never does.
func snapshot(message *Message) Message {
	out := *message
	out.Reports = slices.Clone(message.Reports)
	return out
}
