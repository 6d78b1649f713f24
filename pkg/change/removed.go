package change

import (
	"strings"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// created is about a new object, which surprises in the place of another one.
func (c *comparison) created(object Fields) {
	switch {
	case is(object, helmGroup, "HelmRelease"):
		c.moved(object)
		return
	case is(object, networkGroup, "NetworkPolicy"):
		c.fenced(object)
		return
	case !is(object, postgresGroup, "Cluster"):
		return
	}
	was := c.renamed(object)
	if was == nil {
		return
	}
	with := "with an empty database"
	if jsontype.At(object, "spec", "bootstrap", "recovery") != nil {
		with = "from an archive"
	}
	c.say(Danger, object, "metadata", "a new cluster, created %s, takes the place of %s: the data does not move. "+
		"Keep clusterName and the namespace as they were; or restore the old cluster's archive into the new one (restore.from)", with, title(was))
}

// renamed is the Cluster that a new one takes the place of: one that is gone, of the same app, or of the same name in another namespace.
func (c *comparison) renamed(object Fields) Fields {
	app := text(object, "metadata", "annotations", v1alpha1.OwnerAnnotation)
	for _, was := range c.before.objects {
		if !is(was, postgresGroup, "Cluster") || c.after.same(was) != nil {
			continue
		}
		sameApp := app != "" && text(was, "metadata", "annotations", v1alpha1.OwnerAnnotation) == app
		if sameApp || text(was, "metadata", "name") == text(object, "metadata", "name") {
			return was
		}
	}
	return nil
}

// removed is about an object whose manifest is gone.
func (c *comparison) removed(object Fields) {
	if protected(object) {
		if is(object, postgresGroup, "Cluster") {
			c.say(Note, object, "", "deletionProtection: it goes on running although its manifest is gone, and Flux, Argo CD and kpt leave it; "+
				"delete it by hand when its data is no longer needed")
		}
		return
	}
	switch {
	case is(object, postgresGroup, "Cluster"):
		c.say(Danger, object, "", "deleted with its volumes and all data, because deletionProtection is off. The archive stays")
	case is(object, postgresGroup, "ScheduledBackup"):
		c.unscheduled(object)
	case is(object, postgresGroup, "Database"):
		if text(object, "spec", "databaseReclaimPolicy") == "delete" {
			c.say(Danger, object, "", "the database %s is dropped: to keep it, set databaseReclaimPolicy to retain and apply that first", text(object, "spec", "name"))
			return
		}
		c.say(Note, object, "", "the database %s stays in PostgreSQL, and nobody looks after it", text(object, "spec", "name"))
	case is(object, postgresGroup, "DatabaseRole"):
		if text(object, "spec", "databaseRoleReclaimPolicy") == "delete" {
			c.say(Danger, object, "", "the role %s is dropped: to keep it, set databaseRoleReclaimPolicy to retain and apply that first", text(object, "spec", "name"))
			return
		}
		c.say(Note, object, "", "the role %s stays in PostgreSQL with its password", text(object, "spec", "name"))
	case is(object, postgresGroup, "Pooler"):
		c.say(Outage, object, "", "its Service goes as well: what connects through it fails")
	case is(object, barmanGroup, "ObjectStore"):
		c.say(Note, object, "", "the backups in it stay")
	case is(object, "", "Secret") && c.referred(object):
		c.say(Outage, object, "", "something still refers to it")
	case is(object, "", "Namespace"):
		c.say(Danger, object, "", "deleted with everything in it: to keep it, annotate it with kustomize.toolkit.fluxcd.io/prune: disabled and apply that first")
	case is(object, "apiextensions.k8s.io", "CustomResourceDefinition"):
		c.say(Danger, object, "", "deleted with all %s of all namespaces", text(object, "spec", "names", "plural"))
	case is(object, helmGroup, "HelmRelease"):
		c.uninstalled(object)
	case is(object, networkGroup, "NetworkPolicy"):
		c.opened(object)
	case is(object, monitoringGroup, text(object, "kind")):
		c.unwatched(object)
	}
}

// unscheduled is a ScheduledBackup that is gone: what goes with it, and whether another one is left for its Cluster.
func (c *comparison) unscheduled(object Fields) {
	cluster, namespace := text(object, "spec", "cluster", "name"), text(object, "metadata", "namespace")
	was := c.before.by[id{postgresGroup, "Cluster", namespace, cluster}]
	if text(object, "spec", "backupOwnerReference") == "self" && text(was, "spec", "backup", "volumeSnapshot", "snapshotOwnerReference") == "backup" {
		c.say(Danger, object, "", "its Backups are deleted with it, and their volume snapshots with them: "+
			"to keep some, take the ownerReferences out of these VolumeSnapshots first")
	}
	left := false
	for _, other := range c.after.objects {
		if text(other, "metadata", "namespace") != namespace {
			continue
		}
		if is(other, postgresGroup, "ScheduledBackup") && text(other, "spec", "cluster", "name") == cluster {
			return
		}
		left = left || is(other, postgresGroup, "Cluster") && text(other, "metadata", "name") == cluster
	}
	if left {
		c.say(Danger, object, "", "no base backup of %s is taken any more", cluster)
	}
}

// referred tells whether an object of the state after names a Secret that is gone.
func (c *comparison) referred(secret Fields) bool {
	name, namespace := text(secret, "metadata", "name"), text(secret, "metadata", "namespace")
	for _, object := range c.after.objects {
		if text(object, "metadata", "namespace") != namespace {
			continue
		}
		for path, value := range Leaves(object) {
			path = strings.ToLower(path)
			if value == name && (strings.HasSuffix(path, "secret.name") || strings.HasSuffix(path, "secretkeyref.name") || strings.HasSuffix(path, "secretname") ||
				strings.Contains(path, "credentials.")) {
				return true
			}
		}
	}
	return false
}

// protected tells whether Flux leaves an object when its manifest goes. Argo CD's and kpt's annotations stand beside Flux's.
func protected(object Fields) bool {
	return text(object, "metadata", "annotations", "kustomize.toolkit.fluxcd.io/prune") == "disabled"
}
