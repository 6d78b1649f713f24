package change

import (
	"slices"
	"strings"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// clusterRules are what is to say about a Cluster that changes.
var clusterRules = []func(*comparison, Object){bootstrap, storage, version, configuration, instances, pods, identities, access, replication, restarts}

// cluster applies the rules to a Cluster that changes. One that is restored is made anew, so that only what keeps it from being applied counts.
func (c *comparison) cluster(o Object) {
	first := len(c.consequences)
	for _, rule := range clusterRules {
		rule(c, o)
	}
	if restored(o) {
		kept := slices.DeleteFunc(slices.Clone(c.consequences[first:]), func(made Consequence) bool {
			return made.Effect != Refused && made.Effect != Danger
		})
		c.consequences = append(c.consequences[:first], kept...)
	}
}

// instances is about how many there are.
func instances(c *comparison, o Object) {
	const hibernated = "on"
	before, after := text(o.Was, "metadata", "annotations", cnpg.HibernationKey), text(o.Is, "metadata", "annotations", cnpg.HibernationKey)
	switch {
	case before != hibernated && after == hibernated:
		c.say(Outage, o.Is, "", "hibernation: all instances stop, the volumes stay")
	case before == hibernated && after != hibernated:
		c.say(Note, o.Is, "", "the end of hibernation: the instances start again")
	}
	was, is := count(o.Was), count(o.Is)
	switch {
	case was == 0 || is == 0 || was == is:
	case is > was:
		c.say(Note, o.Is, "spec.instances", "%d more: each is cloned from the primary, and has volumes of its own", is-was)
	case is == 1:
		c.say(Danger, o.Is, "spec.instances", "nothing is left to take over when the primary or its node fails; the volumes of the other instances are deleted")
	default:
		c.say(Note, o.Is, "spec.instances", "%d fewer: they and their volumes are deleted", was-is)
	}
}

// count is the number of instances, or 0 where it is not written as one. CloudNativePG's default is 1.
func count(cluster Fields) int64 {
	switch n := jsontype.At(cluster, "spec", "instances").(type) {
	case nil:
		return 1
	case int64:
		return n
	}
	return 0
}

// podFields are the fields of a Cluster that end in the specification of its pods (ComparePodSpecs in pkg/specs/podspec_diff.go,
// CloudNativePG 1.30.0).
var podFields = []string{"affinity", "env", "envFrom", "ephemeralVolumeSource", "ephemeralVolumesSizeLimit", "livenessProbeTimeout", "logLevel",
	"monitoring.tls", "podSecurityContext", "postgresql.extensions", "probes", "projectedVolumeTemplate", "resources", "schedulerName",
	"seccompProfile", "securityContext", "stopDelay", "topologySpreadConstraints"}

// pods is about what replaces the pods.
func pods(c *comparison, o Object) {
	var changed []string
	for _, name := range podFields {
		if differs(o, "spec."+name) {
			changed = append(changed, name)
		}
	}
	if len(changed) > 0 {
		c.say(Restart, o.Is, "spec", "%s: part of the pods, which are replaced", strings.Join(changed, ", "))
	}
}

// identities are what the API server does not let change (validateUnixPermissionIdentifierChange and validateReplicationSlotsChange in
// cluster_webhook.go, the CEL rule of serviceAccountName in the definition, CloudNativePG 1.30.0).
func identities(c *comparison, o Object) {
	const usual = int64(26) // the default of the definition
	for _, name := range []string{"postgresUID", "postgresGID"} {
		was, is := jsontype.At(o.Was, "spec", name), jsontype.At(o.Is, "spec", name)
		if was == nil {
			was = usual
		}
		if is == nil {
			is = usual
		}
		if was != is {
			c.say(Refused, o.Is, "spec."+name, "the user and the group that own the files cannot change")
		}
	}
	if was, is := text(o.Was, "spec", "serviceAccountName"), text(o.Is, "spec", "serviceAccountName"); was != "" && is != "" && was != is {
		c.say(Refused, o.Is, "spec.serviceAccountName", "cannot change")
	}
	slots := []string{"spec", "replicationSlots", "highAvailability"}
	if jsontype.At(o.Was, append(slots, "enabled")...) != false && slotPrefix(o.Was) != slotPrefix(o.Is) {
		c.say(Refused, o.Is, "spec.replicationSlots.highAvailability.slotPrefix", "cannot change while the slots are in use: disable them first")
	}
}

// slotPrefix is the prefix of replication slots, with the default of CloudNativePG.
func slotPrefix(cluster Fields) string {
	if prefix := text(cluster, "spec", "replicationSlots", "highAvailability", "slotPrefix"); prefix != "" {
		return prefix
	}
	return "_cnpg_"
}

// access is about the superuser.
func access(c *comparison, o Object) {
	if jsontype.At(o.Was, "spec", "enableSuperuserAccess") == true && jsontype.At(o.Is, "spec", "enableSuperuserAccess") != true {
		c.say(Note, o.Is, "spec.enableSuperuserAccess", "postgres loses its password, and the operator deletes the Secret that it made: "+
			"what logs in as postgres over the network fails from now on")
	}
}

// replication is about a cluster that follows another one (replica_cluster.md of CloudNativePG 1.30.0).
func replication(c *comparison, o Object) {
	was, is := follows(o.Was), follows(o.Is)
	switch {
	case was && !is:
		c.say(Danger, o.Is, "spec.replica", "promotion: the cluster takes writes and no longer follows its source. Two primaries drift apart: "+
			"stop or demote the source first, and give its promotionToken where it still runs")
	case !was && is:
		c.say(Outage, o.Is, "spec.replica", "demotion: the cluster takes no more writes, and follows its source")
	}
}

// follows tells whether a Cluster is a replica of another one.
func follows(cluster Fields) bool {
	replica, _ := jsontype.At(cluster, "spec", "replica").(Fields)
	if replica["enabled"] != nil {
		return replica["enabled"] == true
	}
	if primary := text(replica, "primary"); primary != "" {
		self := text(replica, "self")
		if self == "" {
			self = text(cluster, "metadata", "name")
		}
		return primary != self
	}
	return false
}

// restarts says of the restarts that were found what they mean for this cluster.
func restarts(c *comparison, o Object) {
	name := title(o.Is)
	for i := range c.consequences {
		consequence := &c.consequences[i]
		if consequence.Object != name || consequence.Effect != Restart {
			continue
		}
		switch {
		case count(o.Is) == 1:
			consequence.Message += "; clients cannot connect while the only instance restarts"
		case text(o.Is, "spec", "primaryUpdateStrategy") == "supervised":
			consequence.Message += "; the primary waits until you switch over (kubectl cnpg promote)"
		}
	}
}
