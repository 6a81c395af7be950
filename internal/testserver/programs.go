package testserver

import (
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// programs are the programs of a PostgreSQL installation and the user to run them as.
type programs struct {
	initdb, server string
	// owner is the postgres user when we are root, because the server refuses to run as root. Otherwise nil.
	owner *syscall.Credential
}

// findPostgres finds the installation, or ends the test.
func findPostgres(t testing.TB) programs {
	t.Helper()
	p := programs{initdb: postgresProgram("initdb"), server: postgresProgram("postgres")}
	if p.initdb == "" || p.server == "" {
		missing(t, "initdb and postgres are neither in PATH nor in /usr/lib/postgresql", "postgresql")
	}
	if os.Geteuid() == 0 {
		owner, err := credential("postgres")
		if err != nil {
			missing(t, "postgres does not run as root, and there is no user postgres", "postgresql")
		}
		p.owner = owner
	}
	return p
}

// postgresProgram returns the path of a program of PostgreSQL, the newest version outside PATH, or "".
func postgresProgram(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	var newest string
	best := -1
	// The pattern is constant, so Glob cannot fail.
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	for _, path := range found {
		version, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		if err == nil && version > best {
			newest, best = path, version
		}
	}
	return newest
}

// credential returns what is needed to run a program as a user.
func credential(name string) (*syscall.Credential, error) {
	account, err := user.Lookup(name)
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// attributes returns how to run a program as the owner.
func (p programs) attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: p.owner}
}
