package lineage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	"github.com/cloudnative-pg/barman-cloud/pkg/archiver"
	"github.com/cloudnative-pg/barman-cloud/pkg/backup"
	"github.com/cloudnative-pg/barman-cloud/pkg/catalog"
	"github.com/cloudnative-pg/barman-cloud/pkg/command"

	"github.com/homelab-foundations/postgresapp/pkg/expand"
)

// ErrInUse is the refusal to write into a folder that already holds write-ahead log.
var ErrInUse = errors.New("the archive is in use")

// inUse is what barman-cloud-check-wal-archive says then.
const inUse = "Expected empty archive"

// Archive is one folder of an object store: what one lineage writes its write-ahead log and base backups to, and what a
// later one is restored from.
type Archive struct {
	Store      *expand.ObjectStore
	ServerName string
}

// Folder is the archive's key in the bucket, such as shop/shop-postgres-2.
func (a Archive) Folder() string {
	_, path, _ := strings.Cut(strings.TrimPrefix(a.Store.Spec.Configuration.DestinationPath, "s3://"), "/")
	return strings.TrimSuffix(path, "/") + "/" + a.ServerName
}

// env is what the ObjectStore adds to the environment of the plugin's container.
func (a Archive) env() (env []string) {
	if sidecar := a.Store.Spec.InstanceSidecarConfiguration; sidecar != nil {
		for _, variable := range sidecar.Env {
			env = append(env, variable.Name+"="+variable.Value)
		}
	}
	return env
}

// checkCommand fails if the folder holds write-ahead log.
func (a Archive) checkCommand(ctx context.Context) ([]string, error) {
	options, err := new(archiver.WALArchiver).BarmanCloudCheckWalArchiveOptions(ctx, &a.Store.Spec.Configuration, a.ServerName)
	return append([]string{"barman-cloud-check-wal-archive"}, options...), err
}

// archiveCommand archives the file whose path follows.
func (a Archive) archiveCommand(ctx context.Context) ([]string, error) {
	options, err := new(archiver.WALArchiver).BarmanCloudWalArchiveOptions(ctx, &a.Store.Spec.Configuration, a.ServerName)
	return append([]string{"barman-cloud-wal-archive"}, options...), err
}

// restoreCommand fetches the file whose name follows to the path after it.
func (a Archive) restoreCommand(ctx context.Context) ([]string, error) {
	options, err := command.CloudWalRestoreOptions(ctx, &a.Store.Spec.Configuration, a.ServerName)
	return append([]string{"barman-cloud-wal-restore"}, options...), err
}

// backupCommand takes a base backup of the server that libpq's environment leads to.
func (a Archive) backupCommand(ctx context.Context, name string) ([]string, error) {
	options, err := backup.NewBackupCommand(&a.Store.Spec.Configuration).GetBarmanCloudBackupOptions(ctx, name, a.ServerName)
	return append([]string{"barman-cloud-backup"}, options...), err
}

// place is how the programs that the library has no options for name the archive. internal/cnpgi/restore/restore.go of the
// plugin builds the same for barman-cloud-restore.
func (a Archive) place(ctx context.Context) ([]string, error) {
	configuration := &a.Store.Spec.Configuration
	options, err := command.AppendCloudProviderOptionsFromConfiguration(ctx, nil, configuration)
	if configuration.EndpointURL != "" {
		options = append(options, "--endpoint-url", configuration.EndpointURL)
	}
	return append(options, configuration.DestinationPath, a.ServerName), err
}

// CheckEmpty is Barman Cloud's judgement whether a new cluster may write to the archive: ErrInUse if not.
func (h *Host) CheckEmpty(ctx context.Context, a Archive) error {
	check, err := a.checkCommand(ctx)
	if err != nil {
		return err
	}
	_, err = h.run(ctx, a.env(), check[0], check[1:]...)
	if err != nil && strings.Contains(err.Error(), inUse) {
		return fmt.Errorf("%w: %w", ErrInUse, err)
	}
	return err
}

// Catalog lists the base backups of an archive.
func (h *Host) Catalog(ctx context.Context, a Archive) (*catalog.Catalog, error) {
	place, err := a.place(ctx)
	if err != nil {
		return nil, err
	}
	list, err := h.run(ctx, a.env(), "barman-cloud-backup-list", append([]string{"--format", "json"}, place...)...)
	if err != nil {
		return nil, err
	}
	return catalog.NewCatalogFromBarmanCloudBackupList(list)
}

// chooseBackup finds the base backup to start a recovery from, as loadBackupObjectFromExternalCluster of
// internal/cnpgi/restore/restore.go does.
func (h *Host) chooseBackup(ctx context.Context, source Archive, target *cnpgv1.RecoveryTarget) (*catalog.BarmanBackup, error) {
	backups, err := h.Catalog(ctx, source)
	if err != nil {
		return nil, err
	}
	chosen := backups.LatestBackupInfo()
	if target != nil {
		if chosen, err = backups.FindBackupInfo(recoveryTarget{target}); err != nil {
			return nil, err
		}
	}
	if chosen == nil {
		return nil, fmt.Errorf("no target backup found in %s", source.Folder())
	}
	return chosen, nil
}

// fetchBackup puts a base backup into a new directory.
func (h *Host) fetchBackup(ctx context.Context, source Archive, id, dir string) error {
	place, err := source.place(ctx)
	if err != nil {
		return err
	}
	if _, err := h.run(ctx, source.env(), "barman-cloud-restore", append(place, id, dir)...); err != nil {
		return err
	}
	return os.Chmod(dir, 0o700) // PostgreSQL refuses a data directory that others can read
}

// recoveryTarget lets the library read a target of the API, whose own accessors are the operator's.
type recoveryTarget struct{ *cnpgv1.RecoveryTarget }

func (t recoveryTarget) GetBackupID() string   { return t.BackupID }
func (t recoveryTarget) GetTargetTime() string { return t.TargetTime }
func (t recoveryTarget) GetTargetLSN() string  { return t.TargetLSN }
func (t recoveryTarget) GetTargetTLI() string  { return t.TargetTLI }
