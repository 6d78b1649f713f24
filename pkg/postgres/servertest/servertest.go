// Package servertest starts a real PostgreSQL with given parameters. It serves the tests that compare what this project knows and derives
// with the server itself.
package servertest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// Server is a PostgreSQL cluster of its own, without TCP, that is started again
// and again with other parameters.
type Server struct {
	// Major is its major version.
	Major int

	// Units are those that parameters count in, such as 8kB; empty for those without.
	Units map[string]string

	bin  string               // directory of the binaries
	dir  string               // data directory and socket
	attr *syscall.SysProcAttr // runs the binaries as the user postgres when root
}

// New makes a cluster with the binaries in $PGBIN, or the newest of Debian's
// in /usr/lib/postgresql. Who asks for this test wants a server, so that it fails
// where there is none.
func New(t *testing.T) *Server {
	t.Helper()
	s := &Server{bin: findBinaries(t)}
	version, err := exec.Command(s.path("postgres"), "--version").Output()
	require.NoError(t, err)
	match := regexp.MustCompile(`\) (\d+)`).FindSubmatch(version)
	require.NotNil(t, match, "%s", version)
	s.Major, err = strconv.Atoi(string(match[1]))
	require.NoError(t, err)
	t.Logf("testing against %s", strings.TrimSpace(string(version)))

	// A short path, because that of a socket ends at 107 characters; not
	// t.TempDir, whose parent the user postgres could not enter.
	s.dir, err = os.MkdirTemp("/tmp", "pgtune")
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(s.dir) })
	s.becomePostgres(t)
	t.Cleanup(s.stop)

	_, err = s.output("initdb", "-D", s.data(), "-U", "postgres", "--auth", "trust", "--no-sync")
	require.NoError(t, err)
	conf, err := os.OpenFile(filepath.Join(s.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = fmt.Fprintf(conf, "\nlisten_addresses = ''\nunix_socket_directories = '%s'\nfsync = off\ninclude_if_exists = 'tuned.conf'\n", s.dir)
	require.NoError(t, err)
	require.NoError(t, conf.Close())

	s.Units = map[string]string{}
	for name, setting := range s.Start(t, nil) {
		s.Units[name] = setting.Unit
	}
	return s
}

func findBinaries(t *testing.T) string {
	t.Helper()
	if bin := os.Getenv("PGBIN"); bin != "" {
		return bin
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	require.NoError(t, err)
	if len(found) == 0 {
		t.Fatal("NO POSTGRESQL FOUND: install one (apt-get install -y --no-install-recommends postgresql), or name the directory of its binaries in PGBIN")
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1])
}

// becomePostgres hands the directory to the user postgres, and runs what follows
// as that user: PostgreSQL refuses to run as root.
func (s *Server) becomePostgres(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	account, err := user.Lookup("postgres")
	require.NoError(t, err, "root needs a user postgres to run the server as")
	uid, err := strconv.Atoi(account.Uid)
	require.NoError(t, err)
	gid, err := strconv.Atoi(account.Gid)
	require.NoError(t, err)
	require.NoError(t, os.Chown(s.dir, uid, gid))
	s.attr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

func (s *Server) path(binary string) string { return filepath.Join(s.bin, binary) }
func (s *Server) data() string              { return filepath.Join(s.dir, "data") }

func (s *Server) output(binary string, args ...string) (string, error) {
	cmd := exec.Command(s.path(binary), args...)
	cmd.Dir, cmd.SysProcAttr = s.dir, s.attr
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", binary, err, strings.TrimSpace(stderr.String()))
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}

// Run starts the server with these parameters, in place of the one that runs.
func (s *Server) Run(config map[string]string) error {
	s.stop()
	lines := ""
	for name, value := range config {
		lines += fmt.Sprintf("%s = '%s'\n", name, value)
	}
	if err := os.WriteFile(filepath.Join(s.data(), "tuned.conf"), []byte(lines), 0o644); err != nil {
		return err
	}
	log := filepath.Join(s.dir, "log")
	if _, err := s.output("pg_ctl", "start", "-w", "-D", s.data(), "-l", log); err != nil {
		text, _ := os.ReadFile(log)
		return fmt.Errorf("%w\n%s", err, text)
	}
	return nil
}

// stop ends the server that runs in this directory, if any.
func (s *Server) stop() {
	if _, err := os.Stat(filepath.Join(s.data(), "postmaster.pid")); err == nil {
		_, _ = s.output("pg_ctl", "stop", "-w", "-m", "fast", "-D", s.data())
	}
}

// Setting is a row of pg_settings, with the value as SHOW prints it.
type Setting struct{ Value, Unit, Min, Max string }

// Start runs the server and asks for all of its settings.
func (s *Server) Start(t *testing.T, config map[string]string) map[string]Setting {
	t.Helper()
	require.NoError(t, s.Run(config))
	rows, err := s.output("psql", "-h", s.dir, "-U", "postgres", "-d", "postgres", "-AtX", "-F", "\t", "-c",
		"SELECT name, replace(current_setting(name), E'\\n', ' '), coalesce(unit, ''), coalesce(min_val, ''), coalesce(max_val, '') FROM pg_settings")
	require.NoError(t, err)
	settings := map[string]Setting{}
	for row := range strings.SplitSeq(rows, "\n") {
		f := strings.Split(row, "\t")
		require.Len(t, f, 5, row)
		settings[f[0]] = Setting{Value: f[1], Unit: f[2], Min: f[3], Max: f[4]}
	}
	return settings
}

// Show asks the binary what it would use for a parameter, without a server. The
// answer has no unit. A running server would hide runtime-computed values.
func (s *Server) Show(name string, config map[string]string) (string, error) {
	s.stop()
	if err := os.Remove(filepath.Join(s.data(), "tuned.conf")); err != nil && !os.IsNotExist(err) {
		return "", err
	}
	args := []string{"-D", s.data(), "-C", name}
	for parameter, value := range config {
		args = append(args, "-c", parameter+"="+value)
	}
	return s.output("postgres", args...)
}

// AvailableMemory is what this machine could give to a server, in bytes.
func AvailableMemory(t *testing.T) int64 {
	t.Helper()
	f, err := os.Open("/proc/meminfo")
	require.NoError(t, err)
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var n int64
		if _, err := fmt.Sscanf(lines.Text(), "MemAvailable: %d kB", &n); err == nil {
			return n * 1024
		}
	}
	t.Fatal("no MemAvailable in /proc/meminfo")
	return 0
}
