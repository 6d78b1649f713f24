package expansion

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"time"

	"github.com/homelab-foundations/postgresapp/pkg/repository"
)

// Command is the argument that makes the controller's program expand one tree and end.
const Command = "expand-tree"

// Process expands in processes of their own.
type Process struct {
	// Program is the controller's own program.
	Program string

	// Memory is what an expansion may use, in bytes.
	Memory int64

	// Timeout is how long it may take.
	Timeout time.Duration

	// Temporary is the directory for its temporary files.
	Temporary string
}

// request goes to the process on its standard input. The tree is the directory that it runs in.
type request struct {
	Paths  []string `json:"paths"`
	Memory int64    `json:"memory"`
}

// Expand implements Expander.
func (p Process) Expand(ctx context.Context, dir string, paths []string) (Report, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, p.Timeout, fmt.Errorf("the expansion took longer than %s", p.Timeout))
	defer cancel()
	input, err := json.Marshal(request{Paths: paths, Memory: p.Memory})
	if err != nil {
		return Report{}, err
	}
	var stdout bytes.Buffer
	stderr := &head{limit: 4 << 10}
	command := exec.CommandContext(ctx, p.Program, Command)
	command.Env = []string{"TMPDIR=" + p.Temporary} // no address of an API server, no token, nothing to find
	command.Dir = dir
	command.Stdin, command.Stdout, command.Stderr = bytes.NewReader(input), &stdout, stderr
	command.WaitDelay = time.Second
	if err := command.Run(); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return Report{}, cause
		}
		if strings.Contains(stderr.String(), "out of memory") || strings.Contains(stderr.String(), "cannot allocate memory") {
			return Report{}, fmt.Errorf("the expansion needs more than %d MiB of memory", p.Memory>>20)
		}
		return Report{}, fmt.Errorf("the expansion ended with %w: %s", err, firstLine(stderr.String()))
	}
	var report Report
	if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
		return Report{}, fmt.Errorf("the expansion did not say how it went: %w", err)
	}
	return report, nil
}

// Serve is the other side of Process: it reads a request, expands the tree in the current directory, and writes the report.
func Serve(in io.Reader, out io.Writer) error {
	var r request
	if err := json.NewDecoder(in).Decode(&r); err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	if r.Memory > 0 {
		// The garbage collector works harder before the limit is reached than it would otherwise.
		debug.SetMemoryLimit(r.Memory / 4 * 3)
		if err := limitMemory(r.Memory); err != nil {
			return fmt.Errorf("limit the memory: %w", err)
		}
	}
	report, err := expand(r.Paths, repository.Limits{})
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(report)
}

// Main runs Serve on the standard streams and returns the exit code.
func Main() int {
	if err := Serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// head keeps the first bytes of a stream: a crash of a Go program begins with its reason.
type head struct {
	limit int
	bytes.Buffer
}

func (h *head) Write(p []byte) (int, error) {
	if room := h.limit - h.Len(); room > 0 {
		h.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if line == "" {
		return "no message"
	}
	return line
}
