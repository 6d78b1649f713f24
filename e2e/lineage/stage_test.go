//go:build e2e

package lineage

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cloudnative-pg/barman-cloud/pkg/catalog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// limit bounds a test. Both together take 85 s of processor time, most of it for Python to start a hundred times.
const limit = 8 * time.Minute

// programs are the same for all tests.
var programs Programs

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "lineage-programs-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	// Whom the programs run as may be another user.
	if err := os.Chmod(dir, 0o755); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if programs, err = FindPrograms(context.Background(), dir); err != nil {
		fmt.Fprintln(os.Stderr, "FAIL:", err)
		return 1
	}
	return m.Run()
}

// stage is where one story plays: a bucket, and servers one after the other.
type stage struct {
	*Host
	ctx   context.Context
	store *Store
}

func newStage(t *testing.T) *stage {
	t.Helper()
	host, err := NewHost(programs)
	require.NoError(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(host.Logs())
		}
		assert.NoError(t, host.Close())
	})
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	store, err := host.StartStore(ctx, "backups")
	require.NoError(t, err)
	return &stage{Host: host, ctx: ctx, store: store}
}

// app is a PostgresApp as its user writes it. What changes from step to step are the last lines of its spec.
func (s *stage) app(name string, lines ...string) string {
	return strings.Join(append([]string{`apiVersion: postgresapp.dev/v1alpha1
kind: PostgresApp
metadata: {name: ` + name + `}
spec:
  storage: {size: 1Gi}
  backup:
    bucket: ` + s.store.bucket + `
    endpointURL: ` + s.store.Endpoint + `
    credentials: {existingSecret: {name: s3}}
    data: {immediateCheckpoint: true}  # at its leisure, the checkpoint before a base backup takes minutes`}, lines...), "\n  ") + "\n"
}

// step is one scene. However it goes, the only objects of the bucket that are added, changed or deleted are those of one
// archive, or of none if the folder is "". It returns their keys. The story ends with a scene that fails.
func (s *stage) step(t *testing.T, name, folder string, scene func(t *testing.T)) (changed []string) {
	t.Helper()
	before, err := s.store.Objects(s.ctx)
	require.NoError(t, err)
	if !t.Run(name, scene) {
		t.FailNow()
	}
	after, err := s.store.Objects(s.ctx)
	require.NoError(t, err)
	var expected []string
	if folder != "" {
		expected = []string{folder}
	}
	changed = after.ChangedSince(before)
	require.Equal(t, expected, Folders(changed), "archives that were written when %s: %q", name, changed)
	return changed
}

// expand makes the manifests of an app.
func (s *stage) expand(t *testing.T, app string) Manifests {
	t.Helper()
	manifests, err := Expand(app)
	require.NoError(t, err)
	return manifests
}

// archive is what a cluster writes to.
func archive(t *testing.T, m Manifests) Archive {
	t.Helper()
	archive, err := m.Archive()
	require.NoError(t, err)
	return archive
}

// source is what a cluster is restored from.
func source(t *testing.T, m Manifests) Archive {
	t.Helper()
	source, err := m.Source()
	require.NoError(t, err)
	return source
}

// begin makes a cluster of nothing or of a backup, as the manifests say. One that starts empty gets a journal.
func (s *stage) begin(t *testing.T, m Manifests) *Instance {
	t.Helper()
	if m.Cluster.Spec.Bootstrap.Recovery != nil {
		instance, err := s.Recover(s.ctx, m)
		require.NoError(t, err)
		return instance
	}
	instance, err := s.Create(s.ctx, m)
	require.NoError(t, err)
	s.query(t, instance, "create table journal (id serial primary key, entry text not null)")
	return instance
}

// firstBackup takes the base backup that the operator takes as soon as it sees a new ScheduledBackup.
func (s *stage) firstBackup(t *testing.T, i *Instance, m Manifests) {
	t.Helper()
	require.NotNil(t, m.Schedule.Spec.Immediate)
	require.True(t, *m.Schedule.Spec.Immediate)
	require.Equal(t, m.Cluster.Name, m.Schedule.Spec.Cluster.Name)
	require.NoError(t, i.Backup(s.ctx, m))
}

func (s *stage) query(t *testing.T, i *Instance, statement string) string {
	t.Helper()
	result, err := i.Query(s.ctx, i.Database, statement)
	require.NoError(t, err)
	return result
}

// write adds to the journal.
func (s *stage) write(t *testing.T, i *Instance, entry string) {
	t.Helper()
	s.query(t, i, "insert into journal (entry) values ("+literal(entry)+")")
}

// journal is all that was ever written to it, as far as the server knows.
func (s *stage) journal(t *testing.T, i *Instance) []string {
	t.Helper()
	return strings.FieldsFunc(s.query(t, i, "select entry from journal order by id"), func(r rune) bool { return r == '\n' })
}

// now is a moment between two entries of the journal.
func (s *stage) now(t *testing.T, i *Instance) string {
	t.Helper()
	now, err := i.Now(s.ctx)
	require.NoError(t, err)
	return now.Format(time.RFC3339Nano)
}

// timeline is the number of the history that the server writes.
func (s *stage) timeline(t *testing.T, i *Instance) int64 {
	t.Helper()
	timeline, err := i.Timeline(s.ctx)
	require.NoError(t, err)
	return timeline
}

// assertRefused asserts that a server's archiver is refused the archive, and always was.
func (s *stage) assertRefused(t *testing.T, i *Instance) {
	t.Helper()
	require.NoError(t, wait(s.ctx, "the archiver to be refused", func() (bool, error) {
		_, failed, err := i.ArchiverCounts(s.ctx)
		return failed > 0 && strings.Contains(i.process.output(), inUse), err
	}))
	archived, _, err := i.ArchiverCounts(s.ctx)
	require.NoError(t, err)
	assert.Zero(t, archived, "files archived")
}

// backups are the base backups of an archive that a restore may choose.
func (s *stage) backups(t *testing.T, a Archive) []catalog.BarmanBackup {
	t.Helper()
	all, err := s.Catalog(s.ctx, a)
	require.NoError(t, err)
	// One that failed has no end (isBackupDone of the library).
	return slices.DeleteFunc(all.List, func(b catalog.BarmanBackup) bool { return b.EndTime.IsZero() })
}
