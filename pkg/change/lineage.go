package change

import (
	"strings"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// bootstrap is about how a Cluster is created, which CloudNativePG reads once (recovery.md and bootstrap.md of its documentation).
func bootstrap(c *comparison, o Object) {
	if !differs(o, "spec.bootstrap") {
		return
	}
	if restored(o) {
		c.restore(o)
		return
	}
	if was, is := bootstrapped(o.Was, "database"), bootstrapped(o.Is, "database"); was != is && was != "" && is != "" {
		c.say(Danger, o.Is, "spec.bootstrap", "the database is named when a cluster is created: the running one keeps %s, and has no %s. "+
			"What connects by the new name fails; to have both, keep the name and add a database", was, is)
		return
	}
	if was, is := bootstrapped(o.Was, "owner"), bootstrapped(o.Is, "owner"); was != is && was != "" && is != "" {
		c.say(Danger, o.Is, "spec.bootstrap", "the owner is named when a cluster is created: the running one keeps %s, and has no %s. "+
			"What logs in by the new name fails; to have both, keep the owner and add a role", was, is)
		return
	}
	c.say(Ignored, o.Is, "spec.bootstrap", "how a cluster is created is read once: the running one does not see it")
}

// restored tells whether a Cluster is to be created from an archive, or from another one than before.
func restored(o Object) bool {
	return jsontype.At(o.Is, "spec", "bootstrap", "recovery") != nil && differs(o, "spec.bootstrap.recovery")
}

// restore is a Cluster that is to be created from an archive although it exists.
func (c *comparison) restore(o Object) {
	namespace := ""
	if n := text(o.Is, "metadata", "namespace"); n != "" {
		namespace = " -n " + n
	}
	name := text(o.Is, "metadata", "name")
	c.say(Danger, o.Is, "spec.bootstrap", "a restore, which only a Cluster that does not exist takes. In this order:\n"+
		"1. Suspend what applies this (flux suspend kustomization), and let the last write-ahead log arrive in the archive.\n"+
		"2. kubectl delete clusters.postgresql.cnpg.io %s%s: it deletes the volumes, and leaves the archive.\n"+
		"3. Apply this, and resume.\n"+
		"Applied to the Cluster as it is, its last log lands in the new archive and the restore is refused: "+
		"the way out is one more lineage with restore.fromLineage.", name, namespace)
	if from, to := major(o.Was), major(o.Is); from != 0 && to != 0 && from != to {
		c.say(Danger, o.Is, "spec.imageName", "a base backup of version %d is restored by version %d alone: restore first, upgrade then", from, from)
	}
}

// bootstrapped is the database or the owner that a Cluster is created with.
func bootstrapped(cluster Fields, field string) string {
	for _, method := range []string{"initdb", "recovery"} {
		if value := text(cluster, "spec", "bootstrap", method, field); value != "" {
			return value
		}
	}
	return ""
}

// archiving is about where the write-ahead log goes, unless a restore makes a new archive.
func (c *comparison) archiving(o Object) {
	if jsontype.At(o.Is, "spec", "backup", "barmanObjectStore") != nil {
		c.kept(o, "spec.backup.retentionPolicy")
	}
	was, is := c.archive(c.before, o.Was), c.archive(c.after, o.Is)
	switch {
	case restored(o) || was == is:
	case is == "":
		c.say(Danger, o.Is, "spec", "nothing is archived any more: what is written from now on cannot be restored")
	case was == "":
		c.say(Note, o.Is, "spec", "the log is archived to %s from now on, where nothing may be yet; restores are possible once a base backup is there", is)
	default:
		c.say(Danger, o.Is, "spec", "the archive moves from %s to %s, where nothing may be yet. Take a base backup as soon as it has: "+
			"until then only the old place can be restored from, up to the move", was, is)
	}
}

// archive is where a Cluster archives to, or "".
func (c *comparison) archive(in state, cluster Fields) string {
	name := text(cluster, "metadata", "name")
	if store, ok := jsontype.At(cluster, "spec", "backup", "barmanObjectStore").(Fields); ok {
		return folder(store, text(store, "serverName"), name)
	}
	plugins, _ := jsontype.At(cluster, "spec", "plugins").([]any)
	for _, entry := range plugins {
		plugin, _ := entry.(Fields)
		if plugin["name"] != cnpg.BarmanPlugin || plugin["enabled"] == false || plugin["isWALArchiver"] != true {
			continue
		}
		server := text(plugin, "parameters", cnpg.BarmanServerParameter)
		object := text(plugin, "parameters", cnpg.BarmanObjectParameter)
		if store := in.by[id{barmanGroup, "ObjectStore", text(cluster, "metadata", "namespace"), object}]; store != nil {
			configuration, _ := jsontype.At(store, "spec", "configuration").(Fields)
			return folder(configuration, server, name)
		}
		return folder(Fields{"destinationPath": "ObjectStore " + object + ","}, server, name)
	}
	return ""
}

// folder is a place in an object store. Two stores may have buckets of one name.
func folder(store Fields, server, cluster string) string {
	if server == "" {
		server = cluster
	}
	place := strings.TrimSuffix(text(store, "destinationPath"), "/") + "/" + server
	if endpoint := text(store, "endpointURL"); endpoint != "" {
		place += " at " + endpoint
	}
	return place
}
