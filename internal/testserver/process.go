package testserver

import (
	"fmt"
	"io"
	"os/exec"
	"syscall"
)

// guard runs a program as the child of a shell that holds our pipe. The pipe ends with this process, however it dies:
// then the shell stops the program and removes its folder. A line in the pipe stops the program and keeps the folder.
// The shell is the program's parent, so the process id that it signals cannot have become somebody else's. Nobody may
// read its output any more by the time it tells of the end, hence the trap.
const guard = `
dir=$1 signal=$2
shift 2
exec 3<&0
"$@" 3<&- &
program=$!
trap "" PIPE
{ read -r word; kill -s "$signal" "$program"; } <&3 &
reader=$!
wait "$program"
kill "$reader" 2>/dev/null
echo "` + exitedLine + `" >&2
read -r word <&3 || rm -rf "$dir"
`

// exitedLine is what the shell writes once the program has ended.
const exitedLine = "testserver: the program has ended"

// command says which program to run and how to know that it is ready.
type command struct {
	// dir is removed when this process dies.
	dir string
	// owner is the user to run as. Nil means ourselves.
	owner *syscall.Credential
	// signal stops the program at once: KILL, QUIT, ...
	signal string
	// ready is in the line that the program writes once it listens.
	ready string
	// args are the program and its arguments.
	args []string
}

// process is a running program.
type process struct {
	shell *exec.Cmd
	pipe  io.WriteCloser
}

// start runs the program and returns once it is ready.
func (c command) start() (*process, error) {
	shell := exec.Command("/bin/sh", append([]string{"-c", guard, "sh", c.dir, c.signal}, c.args...)...)
	shell.Dir = "/"
	// A group of its own, so that an interrupt typed at the terminal reaches the test first.
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: c.owner}
	out := newOutput(c.ready, exitedLine)
	shell.Stdout, shell.Stderr = out, out
	pipe, err := shell.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("make the pipe of %s: %w", c.args[0], err)
	}
	if err := shell.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", c.args[0], err)
	}
	p := &process{shell: shell, pipe: pipe}
	if found := <-out.found; found != c.ready {
		p.stop()
		return nil, fmt.Errorf("%s ended at once: %s", c.args[0], out.tail())
	}
	return p, nil
}

// stop ends the program at once, keeps its folder, and returns when it is gone.
func (p *process) stop() {
	// The first line is for the reader, the second for the shell. Writing fails only when the shell is gone already.
	_, _ = io.WriteString(p.pipe, "stop\nkeep\n")
	// The exit code is the one of a program that was told to stop; it says nothing.
	_ = p.shell.Wait()
}
