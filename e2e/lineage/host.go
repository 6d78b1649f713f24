package lineage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// serverUser is whom PostgreSQL runs as when the tests run as root. Debian's package makes the user.
const serverUser = "postgres"

// Host is where the programs of one test run: in a directory of its own, as one user, in an environment that owes nothing
// to the developer's.
type Host struct {
	// Dir is the directory, short enough for a socket in it (107 bytes, sun_path in unix(7)).
	Dir string

	programs   Programs
	credential *syscall.Credential // nil: as the user who runs the tests
	instances  int                 // created so far, to name the next one's directory
	processes  []*process          // started so far
}

// NewHost makes a host. Close removes what it leaves behind.
func NewHost(programs Programs) (*Host, error) {
	dir, err := os.MkdirTemp("", "lineage-")
	if err != nil {
		return nil, err
	}
	h := &Host{Dir: dir, programs: programs}
	if os.Getuid() != 0 {
		return h, nil
	}
	account, err := user.Lookup(serverUser)
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL refuses to run as root: run the tests as another user, or have a user %s: %w", serverUser, err)
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	h.credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return h, os.Chown(dir, int(uid), int(gid))
}

// Close stops what still runs, the last first, and removes the host's directory.
func (h *Host) Close() error {
	var errs []error
	for _, p := range slices.Backward(h.processes) {
		errs = append(errs, p.stop(p.end))
	}
	return errors.Join(append(errs, os.RemoveAll(h.Dir))...)
}

// Logs are the ends of what all programs have said that ran or run in the background.
func (h *Host) Logs() string {
	var logs strings.Builder
	for _, p := range h.processes {
		fmt.Fprintf(&logs, "=== %s\n%s\n", p.name, p.tail())
	}
	return logs.String()
}

// command prepares a program that runs as the host's user in the host's environment and what is added to it.
func (h *Host) command(ctx context.Context, env []string, path string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = h.Dir
	cmd.Env = append([]string{
		"PATH=" + h.programs.PGBin + string(os.PathListSeparator) + os.Getenv("PATH"),
		"HOME=" + h.Dir,
		"TMPDIR=" + h.Dir,
		// Barman writes the times of backups in the local zone without naming it, which in the plugin's container is UTC.
		"TZ=UTC",
		// The S3 server takes any key. The client must not look for others, nor go through a proxy.
		"AWS_ACCESS_KEY_ID=lineage",
		"AWS_SECRET_ACCESS_KEY=lineage",
		"AWS_DEFAULT_REGION=us-east-1",
		"AWS_EC2_METADATA_DISABLED=true",
		"NO_PROXY=127.0.0.1",
		"no_proxy=127.0.0.1",
	}, env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: h.credential}
	return cmd
}

// run runs a program to its end and returns what it printed. The error holds what it complained about.
func (h *Host) run(ctx context.Context, env []string, path string, args ...string) (string, error) {
	cmd := h.command(ctx, env, path, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	// It dies with the tests. The signal comes when the thread that forked ends: keep it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", filepath.Base(path), err, bytes.TrimSpace(stderr.Bytes()))
	}
	return stdout.String(), nil
}

// program is the path of one of PostgreSQL's programs.
func (h *Host) program(name string) string { return filepath.Join(h.programs.PGBin, name) }

// writeFile writes a file that the host's user owns. The file is replaced as a whole: who reads it meanwhile gets the old
// content or the new one.
func (h *Host) writeFile(path, content string, mode os.FileMode) error {
	next := path + ".new"
	if err := os.WriteFile(next, []byte(content), mode); err != nil {
		return err
	}
	if h.credential != nil {
		if err := os.Chown(next, int(h.credential.Uid), int(h.credential.Gid)); err != nil {
			return err
		}
	}
	return os.Rename(next, path)
}

// wait asks again and again until the answer is yes, an error, or the context has ended.
func wait(ctx context.Context, what string, ask func() (bool, error)) error {
	const pause = 100 * time.Millisecond
	for {
		ok, err := ask()
		switch {
		case err != nil:
			return fmt.Errorf("wait for %s: %w", what, err)
		case ok:
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", what, context.Cause(ctx))
		case <-time.After(pause):
		}
	}
}
