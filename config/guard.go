package config

// Guard says when a map is published only after somebody confirmed what it brings about.
type Guard struct {
	// Most is how many customers may become due at once, and how many messages more the map may have sent in the time before,
	// without anybody confirming the number.
	Most int `name:"guard" env:"KLANTREIS_GUARD" default:"1000" help:"How many customers may become due at once by a map, or messages more it may have sent in the past, before the number must be confirmed."`
	// Since is how far that time goes back. Zero looks at waiting customers only.
	Since Days `name:"guard-since" env:"KLANTREIS_GUARD_SINCE" default:"90d" help:"How far back a map is tried on what is recorded before it is published, in days; 0d is not at all."`
	// Events bounds how much is played.
	Events int `name:"guard-events" env:"KLANTREIS_GUARD_EVENTS" default:"200000" help:"Most recorded events that are played for that; of a larger record some customers are, and the numbers are scaled up."`
}
