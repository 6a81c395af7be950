package journey

import (
	"cmp"
	"slices"
	"time"
	_ "time/tzdata" // a map's zone must be known on machines without a zone database
)

const (
	maxPhases      = 100
	maxTouchpoints = 500
	maxPersonas    = 50
	defaultFresh   = 24 * time.Hour
)

// Source is one file of a journey map.
type Source struct {
	// Name is the file's name, for the problems. Several sources are read in the order of their names.
	Name string
	// Data is its content, YAML or JSON.
	Data []byte
}

// Parse reads a journey map from one file or several, checks it and makes it ready for Decide. Of several files the
// phases, touchpoints and personas are joined in the order of the file names; any other key may stand in one file only.
//
// It reports everything that is wrong at once. The map is nil when there are errors; warnings alone leave it usable.
func Parse(files []Source) (*Map, Problems) {
	p := &parser{places: map[string]place{}}
	whole := p.join(files)
	m := p.readMap(whole)
	if !whole.broken {
		p.check(m) // with a file missing, what it holds would seem not to exist
	}
	failed := p.failedPaths()
	m.compile(func(path, message string) {
		if !failed[path] {
			p.failAt(path, onOneLine(message), "")
		}
	})
	if len(p.problems.Errors()) > 0 {
		p.problems.sort()
		return nil, p.problems
	}
	p.review(m)
	p.keepPlaces(m)
	p.problems.sort()
	return m, p.problems
}

// parser collects what is wrong while it turns documents into a map. It carries on after every problem; what could not
// be read stays zero in the map.
type parser struct {
	problems Problems
	places   map[string]place
	values   int // in all files together, aliases followed
}

// place is where a path stands in the files.
type place struct {
	file string
	line int
}

var (
	topKeys = []string{
		"journey", "locale", "timezone", "currency", "shop", "fresh", "paused", "inFlight",
		"phases", "touchpoints", "personas", "topics", "policy", "products",
	}
	listKeys = []string{"phases", "touchpoints", "personas"}
)

// join reads all files and makes one group of keys of them.
func (p *parser) join(files []Source) fields {
	files = slices.SortedFunc(slices.Values(files), func(a, b Source) int { return cmp.Compare(a.Name, b.Name) })
	all := fields{parser: p, byKey: map[string]value{}}
	if len(files) == 0 {
		p.failFile("", 0, "there is no file", "")
		all.broken = true
	}
	for i, file := range files {
		if i > 0 && files[i-1].Name == file.Name {
			p.failFile(file.Name, 0, "is given twice", "")
			continue
		}
		root := p.readDocument(file)
		if root == nil {
			all.broken = true
			continue
		}
		own := p.object(value{node: root, file: file.Name}, topKeys)
		all.broken = all.broken || own.broken
		if all.at.node == nil {
			all.at = own.at
		}
		for _, key := range topKeys {
			if v, ok := own.byKey[key]; ok {
				p.joinKey(all.byKey, key, v)
			}
		}
	}
	return all
}

// joinKey adds one top-level key of a file to what the files before it said.
func (p *parser) joinKey(all map[string]value, key string, v value) {
	former, twice := all[key]
	switch {
	case !twice:
		all[key] = v
	case !slices.Contains(listKeys, key):
		p.fail(v, "stands in "+former.file+" already", "it may stand in one file only")
	default:
		former.more = append(former.more, v)
		all[key] = former
	}
}

// readMap turns the joined keys into a map.
func (p *parser) readMap(f fields) *Map {
	f.require("journey", "shop")
	m := &Map{
		Journey:  f.id("journey"),
		Locale:   cmp.Or(f.locale("locale"), "en"),
		Timezone: cmp.Or(f.timezone("timezone"), "UTC"),
		Currency: cmp.Or(f.currency("currency"), "EUR"),
		Shop:     p.readShop(f),
		Fresh:    cmp.Or(f.duration("fresh"), defaultFresh),
		Paused:   f.flag("paused"),
		InFlight: cmp.Or(InFlight(f.choice("inFlight", inFlights)), Follow),
		Policy:   p.readPolicy(f),
	}
	m.Replenish = p.readProducts(f)
	for _, v := range f.list("topics", maxTopics) {
		m.Topics = append(m.Topics, p.readTopic(v))
	}
	for _, v := range f.list("personas", maxPersonas) {
		m.Personas = append(m.Personas, p.readPersona(v))
	}
	for _, v := range f.list("phases", maxPhases) {
		m.Phases = append(m.Phases, p.readPhase(v))
	}
	for _, v := range f.list("touchpoints", maxTouchpoints) {
		m.Touchpoints = append(m.Touchpoints, p.readTouchpoint(v))
	}
	return m
}
