package config

import "time"

// Keep says for how long things are kept, in real time. Zero means for ever.
type Keep struct {
	// Events is how long what customers did is kept, from when it was received.
	Events Days `name:"events" env:"KLANTREIS_KEEP_EVENTS" default:"1100d" help:"How long events of customers are kept, in days from their receipt; 0d is for ever. A map can be tried on the past only as far back."`
	// Visitors is how long what visitors did is kept, who did not become customers.
	Visitors Days `name:"visitors" env:"KLANTREIS_KEEP_VISITORS" default:"400d" help:"How long events of visitors are kept who did not become customers, in days; 0d is for ever."`
	// Decisions is how long decisions are kept.
	Decisions Days `name:"decisions" env:"KLANTREIS_KEEP_DECISIONS" default:"400d" help:"How long decisions are kept, in days; 0d is for ever."`
	// Tasks is how long tasks are kept that were done.
	Tasks Days `name:"tasks" env:"KLANTREIS_KEEP_TASKS" default:"400d" help:"How long tasks are kept after they were done, in days; 0d is for ever."`
	// Audit is how long it is kept who changed what.
	Audit Days `name:"audit" env:"KLANTREIS_KEEP_AUDIT" default:"1100d" help:"How long the audit log is kept, in days; 0d is for ever."`
	// Rejected is how long events are kept that were refused. It cannot be for ever.
	Rejected Days `name:"rejected" env:"KLANTREIS_KEEP_REJECTED" default:"7d" help:"How long refused events can be looked up, in days, at most 90d."`
	// Reports is how long reports of the mail provider are known.
	Reports Days `name:"reports" env:"KLANTREIS_KEEP_REPORTS" default:"30d" help:"How long reports of the mail provider are known, in days; 0d is for ever."`
	// MessageIDs is how long a messageId is known.
	MessageIDs Days `name:"message-ids" env:"KLANTREIS_KEEP_MESSAGE_IDS" default:"8d" help:"How long messageIds are known, so that an event that is posted again is not a new one, in days; 0d is for ever."`
}

const (
	// leastMessageIDs is a day more than the week for which the API promises that a messageId counts once.
	leastMessageIDs = 8
	// leastReports is longer than a report of the provider is believed after it was signed, so that none counts twice, and
	// than it is waited for when nobody knows whether a message was taken.
	leastReports = 8
	// leastEvents is as long as a run of everyday length may ask what happened before it began.
	leastEvents = 30
	// leastVisitors is long enough for who orders some days after they looked around.
	leastVisitors = 7
	// leastDecisions and leastTasks are for who looks up last month's.
	leastDecisions, leastTasks = 30, 1
	// leastAudit is a quarter, so that nobody covers their tracks by a restart.
	leastAudit = 90
	// mostRejected is about what was posted by mistake, and by strangers.
	mostRejected = 90
)

// validate adds what is wrong with the times.
func (k Keep) validate(guardSince Days, add func(format string, args ...any)) {
	for _, one := range []struct {
		flag  string
		kept  Days
		least int
		why   string
	}{
		{"events", k.Events, leastEvents, "runs ask what happened before"},
		{"visitors", k.Visitors, leastVisitors, "a visitor may become a customer"},
		{"decisions", k.Decisions, leastDecisions, "every message that was not sent has a reason to look up"},
		{"tasks", k.Tasks, leastTasks, "somebody may look for it"},
		{"audit", k.Audit, leastAudit, "who changed what must stay known for a while"},
		{"reports", k.Reports, leastReports, "a report that comes again must not count again"},
		{"message-ids", k.MessageIDs, leastMessageIDs, "an event may be posted again for seven days"},
	} {
		if one.kept != 0 && one.kept < days(one.least) {
			add("--keep-%s: must be at least %dd, or 0d for ever: %s", one.flag, one.least, one.why)
		}
	}
	if k.Rejected < days(1) || k.Rejected > days(mostRejected) {
		add("--keep-rejected: must be from 1d to %dd: refused events hold whatever was posted", mostRejected)
	}
	if k.Events != 0 && k.Events < guardSince {
		add("--keep-events: must not be less than --guard-since: a map is tried on these events before it is published")
	}
}

func days(n int) Days { return Days(time.Duration(n) * 24 * time.Hour) }
