// Package lineage proves with real bytes what an app's lineage promises: that a restore is one number, and that no step,
// right or wrong, lets one cluster write over another's backups. Read TestRestoreIsOneNumber and
// TestNumberRaisedOnALivingCluster as the story; the rest is the stage.
//
// # What is real
//
// Apps are expanded by the product, and every name, folder, address and target that decides where bytes go is read from
// the manifests it makes. The server is a real PostgreSQL. Its write-ahead log and base backups are written, checked and
// restored by the programs of Barman Cloud, with the options that CloudNativePG's own library derives from an
// ObjectStore (cloudnative-pg/barman-cloud, which the plugin and the operator use too); the same library picks the base
// backup to restore. They talk to an S3 server on the loopback interface.
//
// # What is imitated
//
// There is no Kubernetes here, so type Instance does what the instance manager and the plugin do around those programs,
// and nothing else: it makes the marker .check-empty-wal-archive when a cluster is created, refuses to archive into a
// folder in use while the marker is there, and refuses to begin a restore whose destination is in use. Each imitated
// rule names the place in CloudNativePG 1.30.0 or plugin-barman-cloud 0.15.0 it was read from.
//
// A bootstrap Job and the pod after it are one run of the server here: in a cluster, the Job promotes with archiving held
// back, and the pod archives first what the Job left. The order of what reaches the archive is the same.
//
// # What is not covered
//
// The plugin's way alone is played, not the operator's own deprecated Barman Cloud, nor volume snapshots. Of the recovery
// targets it is the time; of several instances the primary.
//
// # What it needs
//
// Linux, PostgreSQL's server programs below /usr/lib/postgresql or in $PGBIN, and Barman Cloud's in $PATH:
//
//	apt-get install --no-install-recommends postgresql-15 barman-cli-cloud
//
// Without them the tests fail: a proof that did not run is none. The S3 server is built by the tests from the module in
// s3. PostgreSQL refuses to run as root; if the tests do, it and everything around it runs as the user postgres.
package lineage
