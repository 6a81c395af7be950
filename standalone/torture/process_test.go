package torture

import (
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// restPause is how long a process that ended stays away before it is started again, as a supervisor would.
const restPause = 300 * time.Millisecond

// process is one process of the installation, and its supervisor: whenever it ends it is started again.
type process struct {
	name string
	args []string
	env  []string
	// begun is called with the process id after every start; may be nil.
	begun func(pid int)
	out   io.Writer

	mu     sync.Mutex
	cmd    *exec.Cmd
	held   bool // it is not to be started again before release
	starts int
	over   bool
	ended  chan struct{}
	kick   chan struct{}
}

// run starts the process and supervises it until stop.
func (p *process) run() {
	p.ended, p.kick = make(chan struct{}), make(chan struct{}, 1)
	go func() {
		defer close(p.ended)
		for p.start() {
			_ = p.cmd.Wait() // Most ends are violent.
			p.rest()
		}
	}()
}

// start starts the process, unless it is to stay away for good.
func (p *process) start() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return false
	}
	cmd := exec.Command(p.args[0], p.args[1:]...)
	cmd.Env = append(os.Environ(), p.env...)
	cmd.Stdout, cmd.Stderr = p.out, p.out
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	p.cmd = cmd
	if err := cmd.Start(); err != nil {
		panic(err) // The binary was built a moment ago.
	}
	p.starts++
	if p.begun != nil {
		go p.begun(cmd.Process.Pid)
	}
	return true
}

// rest waits before the next start.
func (p *process) rest() {
	for {
		select {
		case <-time.After(restPause):
		case <-p.kick:
		}
		p.mu.Lock()
		held := p.held && !p.over
		p.mu.Unlock()
		if !held {
			return
		}
	}
}

// signal sends a signal; a process that is away does not hear it.
func (p *process) signal(s syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil && p.cmd.Process != nil {
		_ = p.cmd.Process.Signal(s) // It may have ended.
	}
}

// kill ends it at once; it comes back after a rest.
func (p *process) kill() { p.signal(syscall.SIGKILL) }

// hold keeps it away until release.
func (p *process) hold() {
	p.mu.Lock()
	p.held = true
	p.mu.Unlock()
	p.kill()
}

func (p *process) release() {
	p.mu.Lock()
	p.held = false
	p.mu.Unlock()
}

// stop ends it for good.
func (p *process) stop() {
	p.mu.Lock()
	p.over = true
	p.mu.Unlock()
	p.signal(syscall.SIGCONT)
	p.kill()
	select {
	case p.kick <- struct{}{}:
	default:
	}
	<-p.ended
}
