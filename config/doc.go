// Package config says how a process is configured: what can be set, its defaults, and what is wrong with what was set.
//
// The tags of the structs name the flags and environment variables; the command line reads them. The package must not
// know what the settings are used for.
package config
