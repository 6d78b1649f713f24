package rig

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// stopTimeout is how long a program may take to end before it is killed.
const stopTimeout = time.Minute

// process is a program of the rig. The kernel kills it when this process dies.
type process struct {
	name   string
	log    string
	handle *os.Process
	exited chan struct{} // closed when the program has ended
	err    error         // how it ended; to be read after exited
	over   bool          // a test has ended it before the rig does
}

// startProcess starts a program in a directory of its own below the rig's, its output going to <name>.log beside
// it, and sees to it that Stop ends it.
func (r *Rig) startProcess(name string, env []string, path string, args ...string) (*process, error) {
	dir := filepath.Join(r.Dir, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	p := &process{name: name, log: dir + ".log", exited: make(chan struct{})}
	log, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command(path, args...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "KUBECONFIG="+r.Kubeconfig), env...)
	cmd.Stdout, cmd.Stderr = log, log
	// A group of its own keeps the terminal's interrupt from it, so that Stop decides the order of ending.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}

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
		close(p.exited)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p.handle = cmd.Process
	r.shutdown = append(r.shutdown, p.stop)
	return p, nil
}

// stop ends the program.
func (p *process) stop() error {
	if p.over {
		return nil
	}
	if err := p.alive(); err != nil {
		return err
	}
	if err := p.handle.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop %s: %w", p.name, err)
	}
	select {
	case <-p.exited:
		return nil
	case <-time.After(stopTimeout):
		_ = p.handle.Kill()
		<-p.exited
		return fmt.Errorf("stop %s: it did not end within %s and was killed", p.name, stopTimeout)
	}
}

// alive returns an error with the end of the program's log if it has ended.
func (p *process) alive() error {
	select {
	case <-p.exited:
		return fmt.Errorf("%s ended by itself (%v); its last words:\n%s", p.name, p.err, tail(p.log))
	default:
		return nil
	}
}

// tail returns the end of a file, for a message.
func tail(path string) string {
	const length = 4 << 10
	content, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return string(content[max(0, len(content)-length):])
}

// tiedLauncher writes a script below dir that starts a program as startProcess would, for a caller that can only
// be given a path. It returns the script's path.
func tiedLauncher(dir, program string) (string, error) {
	setpriv, err := exec.LookPath("setpriv")
	if err != nil {
		return "", fmt.Errorf("find setpriv, which is part of util-linux: %w", err)
	}
	path := filepath.Join(dir, filepath.Base(program))
	script := fmt.Sprintf("#!/bin/sh\nexec %q --pdeathsig KILL -- %q \"$@\"\n", setpriv, program)
	return path, os.WriteFile(path, []byte(script), 0o755)
}
