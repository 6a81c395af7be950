package cli

import "klantreis/journey"

// Schema prints the JSON Schema of the journey map.
type Schema struct{}

// Run implements the command.
func (Schema) Run(streams Streams) error {
	_, err := streams.Out.Write(journey.Schema())
	return err
}
