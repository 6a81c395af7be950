package sandbox

import (
	"fmt"
	"slices"
	"sync"
)

// maxInboxBytes bounds the bodies that are kept, beside the number of mails.
const maxInboxBytes = 128 << 20

// inbox holds the newest mails, in memory and, with a journal, on disk. Every change but a deletion is an entry that is
// written first and then applied, so reading the journal again gives the same inbox.
type inbox struct {
	limit int

	mu       sync.Mutex
	messages []*Message // Oldest first.
	byID     map[string]*Message
	bytes    int
	taken    int64
	journal  *journal // Nil keeps everything in memory.
}

// reportRef names a report.
type reportRef struct {
	MessageID string `json:"message"`
	ReportID  string `json:"report"`
}

// entry is one change, and one line of the journal. One of its fields is set.
type entry struct {
	Mail   *Message     `json:"mail,omitempty"`
	Report *reportEntry `json:"report,omitempty"`
	Posted []reportRef  `json:"posted,omitempty"`
}

type reportEntry struct {
	MessageID string `json:"message"`
	Report    Report `json:"report"`
}

// openInbox reads the inbox kept in a folder. An empty folder name makes one that is kept in memory only.
func openInbox(dir string, limit int) (*inbox, error) {
	in := &inbox{limit: limit, byID: map[string]*Message{}}
	if dir == "" {
		return in, nil
	}
	path, err := inDir(dir, "inbox.ndjson")
	if err != nil {
		return nil, err
	}
	in.journal, err = openJournal(path, in.apply)
	if err != nil {
		return nil, err
	}
	in.taken = 0
	return in, nil
}

func (in *inbox) close() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.journal == nil {
		return nil
	}
	return in.journal.close()
}

// add takes mails, all or none.
func (in *inbox) add(messages ...*Message) error {
	entries := make([]entry, len(messages))
	for i, message := range messages {
		entries[i].Mail = message
	}
	return in.commit(entries...)
}

// report adds a report to a mail.
func (in *inbox) report(messageID string, report Report) error {
	return in.commit(entry{Report: &reportEntry{MessageID: messageID, Report: report}})
}

// posted marks reports as taken by the receiver.
func (in *inbox) posted(refs []reportRef) error {
	return in.commit(entry{Posted: refs})
}

func (in *inbox) commit(entries ...entry) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.journal != nil {
		if err := in.journal.append(entries); err != nil {
			return err
		}
	}
	for _, e := range entries {
		in.apply(e)
	}
	if in.journal != nil && in.journal.entries > 4*len(in.messages)+1000 {
		return in.journal.rewrite(in.messages)
	}
	return nil
}

// apply changes the memory. Entries about mails that are gone change nothing.
func (in *inbox) apply(e entry) {
	switch {
	case e.Mail != nil:
		in.keep(e.Mail)
	case e.Report != nil:
		if message := in.byID[e.Report.MessageID]; message != nil {
			message.Reports = append(message.Reports, e.Report.Report)
		}
	}
	for _, ref := range e.Posted {
		message := in.byID[ref.MessageID]
		if message == nil {
			continue
		}
		for i := range message.Reports {
			if message.Reports[i].ID == ref.ReportID {
				message.Reports[i].Posted = true
			}
		}
	}
}

// keep takes in the newest mail and lets the oldest go that no longer fit.
func (in *inbox) keep(message *Message) {
	in.messages = append(in.messages, message)
	in.byID[message.ID] = message
	in.bytes += message.size()
	in.taken++
	for len(in.messages) > in.limit || in.bytes > maxInboxBytes && len(in.messages) > 1 {
		oldest := in.messages[0]
		in.messages[0] = nil
		in.messages = in.messages[1:]
		in.bytes -= oldest.size()
		delete(in.byID, oldest.ID)
	}
}

// remove deletes the named mails, or all when none is named, from disk too.
func (in *inbox) remove(ids ...string) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	var rest []*Message
	if len(ids) > 0 {
		rest = slices.DeleteFunc(slices.Clone(in.messages), func(m *Message) bool { return slices.Contains(ids, m.ID) })
	}
	if in.journal != nil {
		if err := in.journal.rewrite(rest); err != nil {
			return fmt.Errorf("delete messages: %w", err)
		}
	}
	in.messages, in.byID, in.bytes = rest, map[string]*Message{}, 0
	for _, message := range rest {
		in.byID[message.ID] = message
		in.bytes += message.size()
	}
	return nil
}
