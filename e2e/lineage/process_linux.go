package lineage

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// stopTimeout is how long a program may take to end before it is killed.
const stopTimeout = 20 * time.Second

// process is a program that runs until it is stopped, or at the latest until this process ends.
type process struct {
	name   string
	log    string
	end    syscall.Signal // that ends it when the host is closed
	handle *os.Process
	exited chan struct{} // closed when the program has ended
	err    error         // how it ended; to be read after exited
}

// start starts a command in the background with its output going to log. The signal end ends it when the host is closed, and
// by the kernel when this process dies.
func (h *Host) start(cmd *exec.Cmd, name, log string, end syscall.Signal) (*process, error) {
	p := &process{name: name, log: log, end: end, exited: make(chan struct{})}
	output, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer output.Close()
	cmd.Stdout, cmd.Stderr = output, output
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	// A group of its own keeps the terminal's interrupt from it, so that the tests decide the order of ending.
	cmd.SysProcAttr.Setpgid, cmd.SysProcAttr.Pdeathsig = true, end

	started := make(chan error)
	go func() {
		// The death signal is tied to the thread that forked, not to the process: that thread has to live on.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		p.err = cmd.Wait()
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what is left of its group
		close(p.exited)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p.handle = cmd.Process
	h.processes = append(h.processes, p)
	return p, nil
}

// stop ends the program by a signal. A program that has ended already is no error.
func (p *process) stop(signal syscall.Signal) error {
	if err := p.handle.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop %s: %w", p.name, err)
	}
	select {
	case <-p.exited:
		return nil
	case <-time.After(stopTimeout):
		_ = p.handle.Kill()
		<-p.exited
		return fmt.Errorf("stop %s: it did not end within %s and was killed; its last words:\n%s", p.name, stopTimeout, p.tail())
	}
}

// wait waits until the program has ended, and returns an error with the end of its log if it failed.
func (p *process) wait() error {
	<-p.exited
	if p.err != nil {
		return fmt.Errorf("%s: %w; its last words:\n%s", p.name, p.err, p.tail())
	}
	return nil
}

// alive returns an error with the end of the program's log if it has ended.
func (p *process) alive() error {
	select {
	case <-p.exited:
		return fmt.Errorf("%s ended by itself (%v); its last words:\n%s", p.name, p.err, p.tail())
	default:
		return nil
	}
}

// output is what the program has said so far.
func (p *process) output() string {
	content, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(content)
}

// tail is the end of the output, for a message.
func (p *process) tail() string {
	const length = 4 << 10
	output := p.output()
	return output[max(0, len(output)-length):]
}
