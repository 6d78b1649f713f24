//go:build e2e

package engines

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

const (
	startTimeout = time.Minute
	stopTimeout  = 20 * time.Second
)

// daemon is a docker daemon that belongs to these tests.
type daemon struct {
	dir    string
	handle *os.Process
	exited chan struct{} // closed when the daemon has ended
	err    error         // how it ended; to be read after exited
	before []string      // which of the traces are not its own
}

// traces are what a daemon leaves outside of its own directories, parents after children: a key of no use, and empty directories.
var traces = []string{"/etc/docker/key.json", "/etc/docker", "/sys/fs/cgroup/docker", "/sys/fs/cgroup/*/docker"}

// startDaemon starts a daemon with everything it has in dir, and makes it the one that docker talks to.
//
// It sees a file system of its own, in which /run is empty: what it mounts is gone when it ends, however it ends, and a daemon of the
// machine's own is not in its way. The kernel tells it to end when this process dies.
func startDaemon(ctx context.Context, dir string) (*daemon, error) {
	if _, err := exec.LookPath("dockerd"); err != nil {
		return nil, errors.New("no docker daemon answers, and there is no dockerd to start: install Debian's package docker.io")
	}
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return nil, err
	}
	settings, socket := filepath.Join(dir, "daemon.json"), "unix://"+filepath.Join(dir, "docker.sock")
	if err := os.WriteFile(settings, []byte("{}\n"), 0o600); err != nil { // not the machine's own
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	d := &daemon{dir: dir, exited: make(chan struct{}), before: existing(traces)}
	cmd := exec.Command("sh", "-c", `mount -t tmpfs tmpfs /run && exec dockerd "$@"`, "dockerd",
		"--config-file", settings, "--data-root", filepath.Join(dir, "data"), "--exec-root", filepath.Join(dir, "exec"),
		"--pidfile", filepath.Join(dir, "pid"), "--host", socket, "--bridge=none", "--iptables=false")
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM, Unshareflags: syscall.CLONE_NEWNS}

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
		d.err = cmd.Wait()
		close(d.exited)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start dockerd, which needs root: %w", err)
	}
	d.handle = cmd.Process
	for name, value := range map[string]string{"DOCKER_HOST": socket, "DOCKER_CONTEXT": "", "DOCKER_TLS_VERIFY": "", "DOCKER_TLS": ""} {
		if err := os.Setenv(name, value); err != nil {
			return nil, errors.Join(err, d.stop())
		}
	}
	if err := d.await(ctx); err != nil {
		return nil, errors.Join(err, d.stop())
	}
	return d, nil
}

// await waits until the daemon answers.
func (d *daemon) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		err := answers(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-d.exited:
			return fmt.Errorf("dockerd ended by itself (%w); its last words:\n%s", d.err, d.tail())
		case <-ctx.Done():
			return fmt.Errorf("dockerd does not answer: %w; its last words:\n%s", err, d.tail())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// stop ends the daemon and all it has started, and removes what it has left behind.
func (d *daemon) stop() error {
	var errs []error
	select {
	case <-d.exited:
	default:
		if err := d.handle.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
			errs = append(errs, fmt.Errorf("stop dockerd: %w", err))
		}
	}
	select {
	case <-d.exited:
	case <-time.After(stopTimeout):
		errs = append(errs, fmt.Errorf("dockerd did not end within %s and was killed", stopTimeout), d.handle.Kill())
		<-d.exited
	}
	for _, path := range existing(traces) {
		if !slices.Contains(d.before, path) {
			errs = append(errs, os.Remove(path))
		}
	}
	processes, err := mentioning(d.dir)
	if err != nil {
		errs = append(errs, err)
	}
	for _, process := range processes {
		errs = append(errs, fmt.Errorf("a process has outlived dockerd: %s", process))
	}
	return errors.Join(append(errs, os.RemoveAll(d.dir))...)
}

// tail is the end of the daemon's log.
func (d *daemon) tail() string {
	const length = 4 << 10
	content, err := os.ReadFile(filepath.Join(d.dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(content[max(0, len(content)-length):])
}

// answers asks the daemon, if there is one, for its version.
func answers(ctx context.Context) error {
	if _, err := exec.LookPath("docker"); err != nil {
		return errors.New("there is no docker: install Debian's package docker.io")
	}
	said, err := exec.CommandContext(ctx, "docker", "version", "--format", "{{.Server.Version}}").CombinedOutput()
	if err != nil {
		return fmt.Errorf("docker version: %w: %s", err, said)
	}
	return nil
}

// removeImage removes an image, if it is there.
func removeImage(reference string) error {
	found, err := exec.Command("docker", "images", "--quiet", reference).Output()
	if err != nil || len(found) == 0 {
		return err
	}
	return command(context.Background(), "", "docker", "rmi", "--force", reference)
}

// existing are the paths that patterns match, in the order of the patterns.
func existing(patterns []string) (paths []string) {
	for _, pattern := range patterns {
		found, _ := filepath.Glob(pattern) // patterns are constants and well-formed
		paths = append(paths, found...)
	}
	return paths
}

// mentioning lists the command lines, other than this process' own, that name a path.
func mentioning(path string) (found []string, err error) {
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return nil, err
	}
	for _, line := range lines {
		text, err := os.ReadFile(line)
		if err != nil {
			continue // it has ended since
		}
		if line != fmt.Sprintf("/proc/%d/cmdline", os.Getpid()) && strings.Contains(string(text), path) {
			found = append(found, strings.ReplaceAll(string(text), "\x00", " "))
		}
	}
	return found, nil
}
