// Package torture runs an installation of many processes and mistreats it while a shop posts events: it kills and freezes
// processes, cuts connections, empties Redis, terminates workflows, and lets the mail provider fail in every way that it has.
// Then it leaves everything alone, and a checker that shares no code with the engine compares what was acknowledged with
// what the record and the provider hold.
//
// Nothing in here looks inside the engine: the processes are the ones that ship.
package torture
