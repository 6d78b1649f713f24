package lineage

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	pgtime "github.com/cloudnative-pg/machinery/pkg/postgres/time"
)

// emptyArchiveMarker is a file in PGDATA. While it is there, the cluster has archived nothing yet, and its archive has to be
// empty (CheckEmptyWalArchiveFile in pkg/management/postgres/constants of CloudNativePG).
const emptyArchiveMarker = ".check-empty-wal-archive"

// Instance imitates CloudNativePG's instance manager and the plugin beside it, as far as they decide what reaches an archive.
type Instance struct {
	*Server

	// Database is the application's, as the manifests have it.
	Database string
}

// Create is bootstrap.initdb: an empty cluster. It does not look at the archive; nor does CloudNativePG's bootstrap
// (pkg/management/postgres/initdb.go).
func (h *Host) Create(ctx context.Context, m Manifests) (*Instance, error) {
	initdb := m.Cluster.Spec.Bootstrap.InitDB
	if initdb == nil {
		return nil, fmt.Errorf("Cluster %s is not created by initdb", m.Cluster.Name)
	}
	i, err := h.newInstance(m)
	if err != nil {
		return nil, err
	}
	if err := i.create(ctx, initdb.DataChecksums != nil && *initdb.DataChecksums); err != nil {
		return nil, err
	}
	if err := i.begin(ctx, m, nil); err != nil {
		return nil, err
	}
	for _, statement := range []string{"create role " + initdb.Owner + " login", "create database " + initdb.Database + " owner " + initdb.Owner} {
		if _, err := i.Query(ctx, "postgres", statement); err != nil {
			return nil, err
		}
	}
	return i, nil
}

// Recover is bootstrap.recovery. Before anything is fetched, the archive that the new cluster will write to has to be empty:
// ErrInUse if not (Restore in internal/cnpgi/restore/restore.go of the plugin).
func (h *Host) Recover(ctx context.Context, m Manifests) (*Instance, error) {
	archive, err := m.Archive()
	if err != nil {
		return nil, err
	}
	if err := h.CheckEmpty(ctx, archive); err != nil {
		return nil, err
	}
	return h.RecoverUnchecked(ctx, m)
}

// RecoverUnchecked is what follows that first check.
func (h *Host) RecoverUnchecked(ctx context.Context, m Manifests) (*Instance, error) {
	source, err := m.Source()
	if err != nil {
		return nil, err
	}
	target := m.Cluster.Spec.Bootstrap.Recovery.RecoveryTarget
	settings, err := recoverySettings(target)
	if err != nil {
		return nil, err
	}
	chosen, err := h.chooseBackup(ctx, source, target)
	if err != nil {
		return nil, err
	}
	i, err := h.newInstance(m)
	if err != nil {
		return nil, err
	}
	if err := h.fetchBackup(ctx, source, chosen.ID, i.data); err != nil {
		return nil, err
	}
	fetch, err := source.restoreCommand(ctx)
	if err != nil {
		return nil, err
	}
	script := filepath.Join(i.dir, "restore-wal")
	if err := h.writeScript(script, source.env(), `exec `+shell(fetch)+` "$1" "$2"`); err != nil {
		return nil, err
	}
	settings["restore_command"] = script + " %f %p"
	if err := h.writeFile(filepath.Join(i.data, "recovery.signal"), "", 0o600); err != nil {
		return nil, err
	}
	if err := i.begin(ctx, m, settings); err != nil {
		return nil, err
	}
	return i, nil
}

// recoverySettings are PostgreSQL's for a target (BuildPostgresOptions in api/v1/cluster_funcs.go of CloudNativePG, which
// also always promotes).
func recoverySettings(target *cnpgv1.RecoveryTarget) (map[string]string, error) {
	settings := map[string]string{"recovery_target_action": "promote"}
	if target == nil {
		return settings, nil
	}
	rest := *target
	rest.TargetTime = ""
	if rest != (cnpgv1.RecoveryTarget{}) {
		return nil, fmt.Errorf("recoveryTarget %+v: only targetTime is imitated", rest)
	}
	settings["recovery_target_time"] = pgtime.ConvertToPostgresFormat(target.TargetTime)
	return settings, nil
}

// newInstance gives an instance a directory of its own: that of its predecessor is lost.
func (h *Host) newInstance(m Manifests) (*Instance, error) {
	h.instances++
	dir := filepath.Join(h.Dir, fmt.Sprint(h.instances))
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	if h.credential != nil {
		if err := os.Chown(dir, int(h.credential.Uid), int(h.credential.Gid)); err != nil {
			return nil, err
		}
	}
	database, _, err := m.Database()
	if err != nil {
		return nil, err
	}
	return &Instance{Server: &Server{host: h, dir: dir, data: filepath.Join(dir, "data")}, Database: database}, nil
}

// begin starts a new cluster, however it was made: with the marker (Bootstrap in pkg/management/postgres/initdb.go and
// concludeRestore in restore.go).
func (i *Instance) begin(ctx context.Context, m Manifests, settings map[string]string) error {
	if err := i.host.writeFile(filepath.Join(i.data, emptyArchiveMarker), "", 0o600); err != nil {
		return err
	}
	if err := i.Apply(ctx, m); err != nil {
		return err
	}
	all := map[string]string{"archive_command": i.archiver() + " %p"}
	maps.Copy(all, settings)
	if err := i.configure(all); err != nil {
		return err
	}
	return i.start(ctx)
}

// Apply is a change of the manifests under a cluster that exists. Its bootstrap is not read again. Where it archives to is read
// for every file anew (Archive in internal/cnpgi/common/wal.go of the plugin): a change holds from the next one on, and as
// the marker went with the first, nobody asks whether the new place is empty.
func (i *Instance) Apply(ctx context.Context, m Manifests) error {
	archive, err := m.Archive()
	if err != nil {
		return err
	}
	check, err := archive.checkCommand(ctx)
	if err != nil {
		return err
	}
	put, err := archive.archiveCommand(ctx)
	if err != nil {
		return err
	}
	// PostgreSQL runs it in PGDATA.
	return i.host.writeScript(i.archiver(), archive.env(),
		"if [ -e "+emptyArchiveMarker+" ]; then "+shell(check)+"; fi",
		shell(put)+` "$1"`,
		"rm -f "+emptyArchiveMarker)
}

// archiver is the program that PostgreSQL archives a file with.
func (i *Instance) archiver() string { return filepath.Join(i.dir, "archive-wal") }

// Backup takes the base backup that the ScheduledBackup asks for. It ends when its write-ahead log is archived.
func (i *Instance) Backup(ctx context.Context, m Manifests) error {
	backup, err := i.startBackup(ctx, m)
	if err != nil {
		return err
	}
	return backup.wait()
}

// startBackup begins a base backup (Take in pkg/backup of the library).
func (i *Instance) startBackup(ctx context.Context, m Manifests) (*process, error) {
	archive, err := m.Archive()
	if err != nil {
		return nil, err
	}
	backup, err := archive.backupCommand(ctx, m.Schedule.Name)
	if err != nil {
		return nil, err
	}
	cmd := i.host.command(ctx, append(i.environment(), archive.env()...), backup[0], backup[1:]...)
	// SIGINT rather than SIGKILL: Barman ends its workers.
	return i.host.start(cmd, "base backup", filepath.Join(i.dir, "backup.log"), syscall.SIGINT)
}

// writeScript writes a program for sh.
func (h *Host) writeScript(path string, env []string, lines ...string) error {
	script := []string{"#!/bin/sh", "set -e"}
	for _, variable := range env {
		script = append(script, "export "+shell([]string{variable}))
	}
	return h.writeFile(path, strings.Join(append(script, lines...), "\n")+"\n", 0o700)
}

// shell quotes a command for sh.
func shell(command []string) string {
	quoted := make([]string, len(command))
	for i, word := range command {
		quoted[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return strings.Join(quoted, " ")
}
