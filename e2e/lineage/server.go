package lineage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// superuser is PostgreSQL's, and port the number in the name of the socket: nothing listens on the network.
const (
	superuser = "postgres"
	port      = "5432"
)

// Server is a PostgreSQL server: a data directory, and the process while it runs.
type Server struct {
	host    *Host
	dir     string // of the socket and the log
	data    string // PGDATA
	process *process
}

// create makes an empty database cluster.
func (s *Server) create(ctx context.Context, checksums bool) error {
	args := []string{"-D", s.data, "-U", superuser, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"}
	if checksums {
		args = append(args, "--data-checksums")
	}
	_, err := s.host.run(ctx, nil, s.host.program("initdb"), args...)
	return err
}

// configure replaces the whole configuration. A base backup brings the one of its server along, and the recovery target in
// it would cut the next recovery short.
func (s *Server) configure(settings map[string]string) error {
	lines := []string{
		"listen_addresses = ''",
		"unix_socket_directories = " + literal(s.dir),
		"port = " + port,
		"lc_messages = 'C'",
		"fsync = off", // a crash of the machine is not what is tested
		"archive_mode = on",
	}
	for name, value := range settings {
		lines = append(lines, name+" = "+literal(value))
	}
	return s.host.writeFile(filepath.Join(s.data, "postgresql.conf"), strings.Join(lines, "\n")+"\n", 0o600)
}

// literal quotes a value for postgresql.conf.
func literal(value string) string { return "'" + strings.ReplaceAll(value, "'", "''") + "'" }

// ready is what a server logs when it takes queries that write, which is when a recovery is over.
const ready = "database system is ready to accept connections"

// start starts the server and waits until it is ready. A server that gives up before is an error with the end of its log.
func (s *Server) start(ctx context.Context) error {
	cmd := s.host.command(context.WithoutCancel(ctx), nil, s.host.program("postgres"), "-D", s.data)
	// SIGQUIT rather than SIGKILL: the server takes the programs that it has started along.
	process, err := s.host.start(cmd, "PostgreSQL in "+s.dir, filepath.Join(s.dir, "postgresql.log"), syscall.SIGQUIT)
	if err != nil {
		return err
	}
	s.process = process
	return wait(ctx, "PostgreSQL in "+s.dir, func() (bool, error) {
		return strings.Contains(process.output(), ready), process.alive()
	})
}

// Stop ends the server as the deletion of its pod does: the last of its write-ahead log is archived on the way.
func (s *Server) Stop() error { return s.process.stop(syscall.SIGINT) }

// kill ends the server at once, as the loss of its node does.
func (s *Server) kill() error { return s.process.stop(syscall.SIGQUIT) }

// environment leads libpq to the server.
func (s *Server) environment() []string {
	return []string{"PGHOST=" + s.dir, "PGPORT=" + port, "PGUSER=" + superuser}
}

// Query runs one statement as the superuser and returns its result, one line for each row.
func (s *Server) Query(ctx context.Context, database, statement string) (string, error) {
	output, err := s.host.run(ctx, s.environment(), s.host.program("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement)
	return strings.TrimSuffix(output, "\n"), err
}

// Now is the server's time, in the form that an app's restore.to.time takes.
func (s *Server) Now(ctx context.Context) (time.Time, error) {
	now, err := s.Query(ctx, "postgres", `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`)
	if err != nil {
		return time.Time{}, err
	}
	return time.Parse(time.RFC3339Nano, now)
}

// Timeline is the number of the history that the server writes: 1 from initdb, and one more with each recovery.
func (s *Server) Timeline(ctx context.Context) (int64, error) {
	file, err := s.Query(ctx, "postgres", "select pg_walfile_name(pg_current_wal_lsn())")
	if err != nil {
		return 0, err
	}
	const digits = 8 // the timeline's in the name of a segment, hexadecimal
	return strconv.ParseInt(file[:min(digits, len(file))], 16, 32)
}

// ArchiveLog ends the current segment of the write-ahead log and waits until it is in the archive.
func (s *Server) ArchiveLog(ctx context.Context) error {
	segment, err := s.Query(ctx, "postgres", "select pg_walfile_name(pg_switch_wal())")
	if err != nil {
		return err
	}
	done := filepath.Join(s.data, "pg_wal", "archive_status", segment+".done")
	return wait(ctx, "segment "+segment+" to be archived", func() (bool, error) {
		_, err := os.Stat(done)
		if errors.Is(err, fs.ErrNotExist) {
			return false, s.process.alive()
		}
		return err == nil, err
	})
}

// ArchiverCounts are the files that the server has archived, and its failures to, since it was created.
func (s *Server) ArchiverCounts(ctx context.Context) (archived, failed int, err error) {
	counts, err := s.Query(ctx, "postgres", "select archived_count || ' ' || failed_count from pg_stat_archiver")
	if err != nil {
		return 0, 0, err
	}
	_, err = fmt.Sscan(counts, &archived, &failed)
	return archived, failed, err
}

// Lose ends the server at once and forgets its data, as the loss of its node and volume does.
func (s *Server) Lose() error {
	return errors.Join(s.kill(), os.RemoveAll(s.data))
}
