//go:build e2e

package lineage

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRestoreIsOneNumber is the life of the app shop: its first cluster, a mistake undone, two losses, and another app that begins
// with its data. What goes wrong between the scenes must not harm the ones that follow.
func TestRestoreIsOneNumber(t *testing.T) {
	t.Parallel()
	s := newStage(t)

	first := s.expand(t, s.app("shop")) // lineage 1 is the default and need not be written
	var beforeMistake string
	s.step(t, "lineage 1 starts empty and archives under its cluster's name", "shop/shop-postgres", func(t *testing.T) {
		require.NoError(t, s.CheckEmpty(s.ctx, archive(t, first)))
		instance := s.begin(t, first)
		s.write(t, instance, "opened the shop")
		s.firstBackup(t, instance, first)
		s.write(t, instance, "sold a bicycle")
		beforeMistake = s.now(t, instance)
		s.write(t, instance, "threw the price list away")
		assert.EqualValues(t, 1, s.timeline(t, instance))
		require.NoError(t, instance.ArchiveLog(s.ctx))
		require.NoError(t, instance.Lose())
	})
	assert.ErrorIs(t, s.CheckEmpty(s.ctx, archive(t, first)), ErrInUse)

	// The Kubernetes cluster is lost, and everything applied again from Git with the number unchanged.
	changed := s.step(t, "the same manifests make an empty cluster, which the archive is closed to", "shop/shop-postgres", func(t *testing.T) {
		instance := s.begin(t, first)
		assert.Empty(t, s.journal(t, instance), "CloudNativePG starts it: initdb does not look at the archive")
		s.write(t, instance, "who has been here before?")
		backup, err := instance.startBackup(s.ctx, first)
		require.NoError(t, err)
		s.assertRefused(t, instance)
		require.NoError(t, wait(s.ctx, "the base backup to wait for its log", func() (bool, error) {
			waiting, err := instance.Query(s.ctx, "postgres", "select count(*) from pg_stat_activity where wait_event = 'BackupWaitWalArchive'")
			return waiting == "1", err
		}))
		require.NoError(t, instance.Lose())
		assert.Error(t, backup.wait(), "a base backup whose log is nowhere")
	})
	// All that it leaves is what there is of a failed base backup, beside the one that is good.
	good := s.backups(t, archive(t, first))
	require.Len(t, good, 1)
	for _, key := range changed {
		assert.Regexp(t, `^shop/shop-postgres/base/[0-9T]+/`, key)
		assert.NotContains(t, key, good[0].ID)
	}

	undo := []string{"lineage: 2", "restore: {to: {time: " + beforeMistake + "}}"}
	s.step(t, "a restore into the archive that it comes from is refused three times", "", func(t *testing.T) {
		_, err := Expand(s.app("shop", "restore: {from: {serverName: "+archive(t, first).ServerName+"}}"))
		assert.ErrorContains(t, err, "spec.restore.from", "the product does not make such manifests")

		wrong := s.expand(t, s.app("shop", undo...))
		wrong.Cluster.Spec.Plugins[0].Parameters[serverParameter] = source(t, wrong).ServerName
		_, err = s.Recover(s.ctx, wrong)
		assert.ErrorIs(t, err, ErrInUse, "CloudNativePG does not begin the restore")

		instance, err := s.RecoverUnchecked(s.ctx, wrong)
		require.NoError(t, err)
		s.assertRefused(t, instance)
		require.NoError(t, instance.Lose())
	})

	second := s.expand(t, s.app("shop", undo...))
	s.step(t, "lineage 2 is lineage 1 up to the moment, and archives under a name of its own", "shop/shop-postgres-2", func(t *testing.T) {
		assert.Equal(t, archive(t, first), source(t, second))
		instance := s.begin(t, second)
		assert.Equal(t, []string{"opened the shop", "sold a bicycle"}, s.journal(t, instance))
		assert.EqualValues(t, 2, s.timeline(t, instance))
		s.write(t, instance, "sold a bell")
		s.firstBackup(t, instance, second)
		s.write(t, instance, "ordered more bells")
		require.NoError(t, instance.ArchiveLog(s.ctx))
		require.NoError(t, instance.Lose())
	})
	assert.ErrorIs(t, s.CheckEmpty(s.ctx, archive(t, second)), ErrInUse)

	// Without restore.to: everything that was archived.
	third := s.expand(t, s.app("shop", "lineage: 3"))
	s.step(t, "lineage 3 is lineage 2 to its end", "shop/shop-postgres-3", func(t *testing.T) {
		assert.Equal(t, archive(t, second), source(t, third))
		instance := s.begin(t, third)
		assert.Equal(t, []string{"opened the shop", "sold a bicycle", "sold a bell", "ordered more bells"}, s.journal(t, instance))
		assert.EqualValues(t, 3, s.timeline(t, instance))
		s.firstBackup(t, instance, third)
		s.write(t, instance, "sold the shop")
		require.NoError(t, instance.Stop())
	})
	assert.ErrorIs(t, s.CheckEmpty(s.ctx, archive(t, third)), ErrInUse)

	from := archive(t, third)
	database, owner, err := third.Database()
	require.NoError(t, err)
	reports := s.expand(t, s.app("reports", "restore:", "  from:",
		"    destinationPath: "+from.Store.Spec.Configuration.DestinationPath,
		"    serverName: "+from.ServerName,
		"    database: "+database,
		"    owner: "+owner))
	s.step(t, "another app begins with the data of the shop, and leaves its archive alone", "reports/reports-postgres", func(t *testing.T) {
		assert.Equal(t, from.Folder(), source(t, reports).Folder())
		assert.Empty(t, source(t, reports).Store.Spec.RetentionPolicy, "another app's backups are not for this one to expire")
		instance := s.begin(t, reports)
		assert.Equal(t, []string{"opened the shop", "sold a bicycle", "sold a bell", "ordered more bells", "sold the shop"}, s.journal(t, instance))
		assert.Equal(t, owner, s.query(t, instance, "select pg_get_userbyid(datdba) from pg_database where datname = current_database()"))
		require.NoError(t, instance.Stop())
	})

	// A ScheduledBackup of a new name takes its first base backup at once: every lineage has its own from the beginning.
	for _, m := range []Manifests{first, second, third} {
		backups := s.backups(t, archive(t, m))
		require.Len(t, backups, 1, archive(t, m).Folder())
		assert.Equal(t, m.Schedule.Name, backups[0].BackupName)
	}
	assert.NotEqual(t, first.Schedule.Name, second.Schedule.Name)
	assert.NotEqual(t, second.Schedule.Name, third.Schedule.Name)
}

// TestNumberRaisedOnALivingCluster is the wrong order: whoever raises the number has to delete the old cluster first. Nothing is
// lost by it but the number.
func TestNumberRaisedOnALivingCluster(t *testing.T) {
	t.Parallel()
	s := newStage(t)

	first := s.expand(t, s.app("shop"))
	var instance *Instance
	var beforeMistake string
	s.step(t, "a mistake is made in lineage 1", "shop/shop-postgres", func(t *testing.T) {
		instance = s.begin(t, first)
		s.write(t, instance, "opened the shop")
		s.firstBackup(t, instance, first)
		s.write(t, instance, "sold a bicycle")
		beforeMistake = s.now(t, instance)
		s.write(t, instance, "threw the price list away")
		require.NoError(t, instance.ArchiveLog(s.ctx))
	})

	undo := "restore: {to: {time: " + beforeMistake + "}}"
	second := s.expand(t, s.app("shop", "lineage: 2", undo))
	s.step(t, "the number is raised while the cluster lives: its last log goes to the new archive", "shop/shop-postgres-2", func(t *testing.T) {
		require.NoError(t, s.CheckEmpty(s.ctx, archive(t, second)))
		require.NoError(t, instance.Apply(s.ctx, second))
		s.write(t, instance, "wondered why nothing happened")
		assert.EqualValues(t, 1, s.timeline(t, instance), "the bootstrap is not read again")
		require.NoError(t, instance.Stop())
	})

	s.step(t, "the cluster is deleted too late: the restore is refused", "", func(t *testing.T) {
		_, err := s.Recover(s.ctx, second)
		assert.ErrorIs(t, err, ErrInUse)
	})

	s.step(t, "one more number alone finds no base backup in the archive of the one before", "", func(t *testing.T) {
		_, err := s.Recover(s.ctx, s.expand(t, s.app("shop", "lineage: 3", undo)))
		assert.ErrorContains(t, err, "no target backup found")
	})

	third := s.expand(t, s.app("shop", "lineage: 3", "restore: {fromLineage: 1, to: {time: "+beforeMistake+"}}"))
	s.step(t, "the way out is one more number that names the lineage to restore from", "shop/shop-postgres-3", func(t *testing.T) {
		assert.Equal(t, archive(t, first), source(t, third))
		instance := s.begin(t, third)
		assert.Equal(t, []string{"opened the shop", "sold a bicycle"}, s.journal(t, instance))
		assert.EqualValues(t, 2, s.timeline(t, instance), "the first one after that of lineage 1")
		require.NoError(t, instance.Stop())
	})
}
