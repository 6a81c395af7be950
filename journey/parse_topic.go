package journey

import (
	"cmp"
	"fmt"
)

// maxTopics is how many topics a map has at most: more than that nobody reads on a page.
const maxTopics = 50

var (
	topicKeys  = []string{"id", "title", "titles"}
	titlesKeys = []string{"nl", "en"}
)

func (p *parser) readTopic(v value) Topic {
	f := p.object(v, topicKeys)
	f.require("id")
	topic := Topic{ID: f.id("id"), Title: f.text("title")}
	topic.Title = cmp.Or(topic.Title, topic.ID)
	if titles, ok := f.byKey["titles"]; ok {
		g := p.object(titles, titlesKeys)
		topic.Titles = map[string]string{}
		for _, language := range titlesKeys {
			if title := g.text(language); title != "" {
				topic.Titles[language] = title
			}
		}
	}
	return topic
}

// checkTopics looks at the topics, and at the touchpoints that name one.
func (p *parser) checkTopics(m *Map) {
	known := map[string]int{}
	var ids []string
	for i := range m.Topics {
		p.checkUnique(known, m.Topics[i].ID, i, fmt.Sprintf("topics[%d]", i), "topics")
		ids = append(ids, m.Topics[i].ID)
	}
	for i := range m.Touchpoints {
		topic := m.Touchpoints[i].Topic
		if _, ok := known[topic]; topic != "" && !ok {
			hint := suggest(topic, ids)
			if len(ids) == 0 {
				hint = "list it under topics"
			}
			p.failAt(fmt.Sprintf("touchpoints[%d].topic", i), "there is no topic "+topic, hint)
		}
	}
}
