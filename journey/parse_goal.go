package journey

var goalKeys = []string{"on", "if", "by", "within", "value"}

// readGoal reads what a touchpoint is for.
func (p *parser) readGoal(f fields) Goal {
	v, ok := f.byKey["goal"]
	if !ok {
		return Goal{}
	}
	g := p.object(v, goalKeys)
	g.require("on", "within")
	return Goal{
		On: g.names("on"), If: g.condition("if"), By: g.expression("by"), Within: g.duration("within"), Value: g.numeric("value"),
	}
}
