package api

import (
	"context"
	"time"

	"klantreis/internal/access"
	"klantreis/journey"
)

// Maps knows the versions of the journey map and publishes new ones. It must be safe for concurrent use.
type Maps interface {
	// Versions returns the newest versions below one, newest first. A below of 0 means from the newest.
	Versions(ctx context.Context, below int64, limit int) ([]MapVersion, error)
	// Version returns one version with its files; found is false when there is none. Version 0 is the live one.
	Version(ctx context.Context, version int64) (v MapVersion, found bool, err error)
	// Publish checks a map, finds out who is affected, and publishes it, unless it is only to be looked at or something
	// stands in the way: see MapResult. The map is a new one, an older version, or the live one paused or resumed.
	Publish(ctx context.Context, p MapPublication) (MapResult, error)
}

// MapVersion is one version of the map.
type MapVersion struct {
	// Version is its number.
	Version int64 `json:"version"`
	// Live is true for the version that customers follow.
	Live bool `json:"live"`
	// Hash names its content: versions with the same hash are the same.
	Hash string `json:"hash"`
	// PublishedAt is when it was published, in journey time.
	PublishedAt time.Time `json:"publishedAt"`
	// Origin is how it came about: start, publish, rollback, pause or resume.
	Origin string `json:"origin"`
	// Author is who published it, and Note why, in their own words. Absent when nobody said.
	Author string `json:"author,omitempty"`
	Note   string `json:"note,omitempty"`
	// Files are the contents by path. Only in the answer about one version.
	Files map[string]string `json:"files,omitempty"`
}

// The origins of what the API publishes, as in MapVersion.
const (
	OriginPublish  = "publish"
	OriginRollback = "rollback"
	OriginPause    = "pause"
	OriginResume   = "resume"
)

// MapPublication is a map to be published.
type MapPublication struct {
	// Origin is one of the above.
	Origin string
	// Files are the contents of a new map by path: map files at the top, templates below "templates/". Only for OriginPublish.
	Files map[string]string
	// Version is the version to return to. Only for OriginRollback.
	Version int64
	// Touchpoint is the id of what is paused or resumed; everything when it is empty. Only for OriginPause and OriginResume.
	Touchpoint string
	// Author is who publishes it in their own words, and Note why. Both may be empty.
	Author, Note string
	// Dry is true when it is only to be looked at.
	Dry bool
	// Confirm is the number of the report that is confirmed. Without it as much may happen as the guard lets through.
	Confirm int
	// By is who publishes it.
	By access.Actor
}

// MapResult is what became of a publication.
type MapResult struct {
	// Version is the version that is live now, and Published true when it is a new one.
	Version   int64 `json:"version"`
	Published bool  `json:"published"`
	// Report says who is affected. Nil when the map has errors.
	Report *MapReport `json:"report,omitempty"`
	// Errors and Warnings are what a check found. With errors nothing is published. What the map needs of the settings, and is
	// not there, is an error too.
	Errors   []string `json:"errors,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
	// Missing says what is to be returned to, paused or resumed, but does not exist. Empty otherwise.
	Missing string `json:"-"`
	// Unconfirmed is true when nothing was published because the report's number is greater than what was confirmed.
	Unconfirmed bool `json:"-"`
	// Overtaken is true when nothing was published because somebody else published a map meanwhile.
	Overtaken bool `json:"-"`
}

// MapReport says what a map would do to the customers who are under way.
type MapReport struct {
	// Live is the version with which the map was compared. It is 0 when none is live.
	Live int64 `json:"live"`
	// Same is true when it is the live map already.
	Same bool `json:"same"`
	// Changes are what is different, touchpoint by touchpoint and step by step; what stays is left out.
	Changes []MapChange `json:"changes"`
	// Affected are the places where runs stand for which something changes.
	Affected []MapAffected `json:"affected"`
	// Waiting is how many runs are under way, and Changing for how many of them something changes.
	Waiting  int `json:"waiting"`
	Changing int `json:"changing"`
	// DueAtOnce is how many customers become due because of the publication, within Spread after it.
	DueAtOnce int `json:"dueAtOnce"`
	// Spread is over how long they are spread, as written in a map.
	Spread string `json:"spread"`
	// Backtest says what the map would have sent lately. Nil when there is nothing to compare with, or it is turned off.
	Backtest *MapBacktest `json:"backtest,omitempty"`
	// Guard is what Confirm may be without being confirmed. Confirm is the greater of DueAtOnce and the messages that the
	// backtest counts more.
	Guard   int `json:"guard"`
	Confirm int `json:"confirm"`
}

// MapBacktest says what a map would have sent in some time that is recorded, compared with the live one.
type MapBacktest struct {
	// Since and Until are that time, in journey time.
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`
	// Customers were played, of the AllCustomers that there are. When Sampled, only some were, and the numbers that follow
	// are estimates for all: scaled up, and rounded up to two digits.
	Customers    int  `json:"customers"`
	AllCustomers int  `json:"allCustomers"`
	Sampled      bool `json:"sampled"`
	// Sent are the messages of the map, and SentLive those of the live one.
	Sent     int `json:"sent"`
	SentLive int `json:"sentLive"`
	// More are the messages that customers would have got beyond those of the live map, all together, and People how many
	// would have got more. Fewer are those that others would not have got.
	More   int `json:"more"`
	People int `json:"people"`
	Fewer  int `json:"fewer"`
	// Words says it in a sentence.
	Words string `json:"words"`
}

// MapChange is one difference, and what to call it.
type MapChange struct {
	journey.Change
	// Waiting is how many runs are under way at what the touchpoint is now, and Ends how many of them end, because their
	// customer has another there for the same key. Only when the touchpoint is taken in by another or has another key.
	Waiting int `json:"waiting,omitempty"`
	Ends    int `json:"ends,omitempty"`
	// Words says it in a sentence.
	Words string `json:"words"`
}

// MapAffected is a place where runs stand for which something changes.
type MapAffected struct {
	journey.Change
	// MapVersion is the version that the runs follow.
	MapVersion int64 `json:"mapVersion"`
	// Waiting is how many stand there.
	Waiting int `json:"waiting"`
	// DueAtOnce is how many of them become due because of the publication, and Ends how many end.
	DueAtOnce int `json:"dueAtOnce"`
	Ends      int `json:"ends"`
	// Words says it in a sentence.
	Words string `json:"words"`
}
