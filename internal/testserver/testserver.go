// Package testserver starts private servers for tests: PostgreSQL, Redis, and the path of a browser.
//
// Every server listens on a free port of 127.0.0.1, keeps its data in a temporary folder, and is gone with that folder
// when the test or its process ends, even when the process is killed. When a program is not installed the test is
// skipped with the name of the package to install; with KLANTREIS_REQUIRE_SERVERS=1 it fails instead, so that a build
// that should have run everything cannot pass by accident. It needs a Unix system.
//
// The package must not know what its servers are used for: no schema, no store, no engine.
package testserver

import (
	"os"
	"os/exec"
	"testing"
)

// requireVariable is the environment variable that turns skips into failures.
const requireVariable = "KLANTREIS_REQUIRE_SERVERS"

// Chromium returns the path of an installed Chromium or Chrome.
func Chromium(t testing.TB) string {
	t.Helper()
	return program(t, "chromium", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
}

// program returns the path of the first of names that is in PATH.
func program(t testing.TB, pkg string, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, names[0]+" is not in PATH", pkg)
	return ""
}

// missing ends the test, because it needs something that is not installed.
func missing(t testing.TB, what, pkg string) {
	t.Helper()
	if os.Getenv(requireVariable) == "1" {
		t.Fatalf("%s: install the package %s (%s=1 forbids to skip this test)", what, pkg, requireVariable)
	}
	t.Skipf("%s: this test runs when the package %s is installed", what, pkg)
}
