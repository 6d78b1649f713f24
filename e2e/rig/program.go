package rig

import (
	"fmt"
	"net"
)

// Program is a program of a test that runs beside the rig's own, and ends with the rig at the latest.
type Program struct{ process *process }

// StartProgram starts a program. What it writes goes to <name>.log in the rig's directory, so a second start under the same name forgets
// the log of the first. KUBECONFIG is the administrator's unless env says otherwise.
func (r *Rig) StartProgram(name string, env []string, path string, args ...string) (*Program, error) {
	process, err := r.startProcess(name, env, path, args...)
	if err != nil {
		return nil, err
	}
	return &Program{process}, nil
}

// Stop asks the program to end, and waits until it has. It is an error if it has ended before.
func (p *Program) Stop() error {
	defer func() { p.process.over = true }()
	return p.process.stop()
}

// Kill ends the program as a crash would, and waits until it has.
func (p *Program) Kill() error {
	if err := p.process.alive(); err != nil {
		return err
	}
	p.process.over = true
	if err := p.process.handle.Kill(); err != nil {
		return fmt.Errorf("kill %s: %w", p.process.name, err)
	}
	<-p.process.exited
	return nil
}

// Log is the path of the program's log.
func (p *Program) Log() string { return p.process.log }

// FreeAddress is an address of the loopback interface with a port that nobody listens on.
func FreeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}
