package adopt

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// improvement is a difference that is meant.
type improvement struct {
	// field is a regular expression of the whole path.
	field string

	// holds tells whether the difference is this one. Nil is true.
	holds func(d Difference, was, is *form) bool

	// reason is why.
	reason string
}

func added(d Difference, _, _ *form) bool   { return d.Was == nil }
func removed(d Difference, _, _ *form) bool { return d.Is == nil }
func single(_ Difference, _, is *form) bool { return is.spec["instances"] == nil }
func unread(_ Difference, _, is *form) bool { return is.archive == nil }

// improvements are all differences that are meant.
var improvements = []improvement{
	{`metadata\.(labels|annotations)\..*`, added, "standard labels, the owner, and protection from deletion"},
	{`metadata\.(labels|annotations)\.cnpg\.io/skipEmptyWalArchiveCheck`, removed, "no cluster may overwrite the archive that it was made from"},
	{`metadata\.labels\.app\.kubernetes\.io/(component|managed-by)`, nil, "standard labels"},
	{`metadata\.annotations\.argocd\.argoproj\.io/sync-options`, longer, "protection from deletion beside what was there"},

	{`spec\.postgresql\.parameters\.max_connections`, func(d Difference, was, is *form) bool {
		return added(d, was, is) && d.Is == strconv.Itoa(serverMaxConnections)
	}, "PostgreSQL's default, said aloud"},
	{`spec\.postgresql\.parameters\..*`, func(d Difference, was, is *form) bool {
		return added(d, was, is) && !strings.HasSuffix(d.Field, ".max_connections")
	}, "tuned to the memory, the volumes and the workload, or needed by an extension"},
	{`spec\.postgresql\.synchronous\..*|spec\.(min|max)SyncReplicas`, func(d Difference, was, is *form) bool {
		return removed(d, was, is) && single(d, was, is)
	}, "a single instance has no standby to wait for"},
	{`spec\.enablePDB`, func(d Difference, was, is *form) bool {
		return added(d, was, is) && single(d, was, is) && d.Is == false
	},
		"a disruption budget for a single instance blocks the draining of its node"},
	{`spec\.topologySpreadConstraints\[\d+\]\..*`, func(d Difference, was, _ *form) bool { return was.spec["topologySpreadConstraints"] == nil },
		"three instances are spread over zones where there are some"},
	{`spec\.resources\.requests\.memory`, func(d Difference, was, _ *form) bool {
		return d.Was == nil && d.Is == jsontype.At(was.spec, "resources", "limits", "memory")
	}, "Kubernetes makes the request equal to the limit where there is none"},
	{`spec\.bootstrap\.initdb\.dataChecksums`, added, "checksums find damage of the disk; the default since PostgreSQL 18"},
	{`spec\.imageName`, added, "a major version must not change by itself"},
	{`spec\.nodeMaintenanceWindow\..*`, func(d Difference, was, is *form) bool {
		return removed(d, was, is) && jsontype.At(was.spec, "nodeMaintenanceWindow", "inProgress") != true
	}, "without maintenance in progress it says nothing"},
	{`spec\.superuserSecret\.name`, func(d Difference, was, is *form) bool {
		return removed(d, was, is) && is.spec["enableSuperuserAccess"] == nil
	},
		"the operator ignores it without enableSuperuserAccess"},
	{`roles\..*`, func(d Difference, was, is *form) bool {
		return removed(d, was, is) && strings.HasPrefix(d.Field, "roles."+text(jsontype.At(is.spec, "bootstrap", "initdb", "owner"))+".")
	}, "the owner exists, may log in and has the password of its Secret by itself"},
	{`spec\.bootstrap\.initdb\.secret\.name`, func(d Difference, was, is *form) bool {
		return jsontype.At(was.roles, text(jsontype.At(is.spec, "bootstrap", "initdb", "owner")), "passwordSecret", "name") == d.Is
	}, "the Secret that the owner's role had"},
	{`spec\.externalClusters\[.*`, removed, "nothing refers to it"},
	{`spec\.externalClusters\[import\]\..*|spec\.bootstrap\.initdb\.import\.source\.externalCluster`, nil, "the name of the source is internal"},
	{`spec\.monitoring\.podMonitor.*`, func(d Difference, was, is *form) bool { return removed(d, was, is) && was.monitor == nil },
		"without a PodMonitor there is nothing to relabel"},
	{`spec\.backup\.retentionPolicy`, func(d Difference, was, is *form) bool { return removed(d, was, is) },
		"with the plugin the ObjectStore's counts"},

	{`archive\.sidecarResources\..*`, added, "without a limit the plugin's container can exhaust the node"},
	{`archive\.serverName`, func(d Difference, was, _ *form) bool {
		return jsontype.At(was.recovery, "from", "serverName") == d.Was && d.Is == text(d.Was)+"-2"
	}, "a cluster must not write the archive that it was made from"},
	{`recovery\.from\.store\.(wal|data)\..*`, nil, "how a source was written is its own matter"},
	{`recovery\.from\.store\.(tags|historyTags)\..*`, nil, "how a source was written is its own matter"},
	{`schedule\..*`, func(d Difference, was, _ *form) bool {
		return d.Was == nil && was.schedule == nil && (was.archive != nil || snapshots(was))
	},
		"without base backups nothing can be restored"},
	{`schedule\..*`, func(d Difference, was, is *form) bool {
		return removed(d, was, is) && unread(d, was, is) && !snapshots(was)
	}, "the cluster has no backup to take"},
	{`schedule\.backupOwnerReference`, added, "backups go with their schedule"},
}

func snapshots(f *form) bool { return jsontype.At(f.spec, "backup", "volumeSnapshot") != nil }

// longer tells whether a list of options still holds those that it held.
func longer(d Difference, _, _ *form) bool {
	for _, option := range strings.Split(text(d.Was), ",") {
		if !strings.Contains(","+text(d.Is)+",", ","+option+",") {
			return false
		}
	}
	return d.Was != nil
}

// matchers are the compiled expressions of improvements. They are compiled when they are needed: every run of the function would pay for
// them otherwise.
var matchers = sync.OnceValue(func() []*regexp.Regexp {
	var compiled []*regexp.Regexp
	for _, i := range improvements {
		compiled = append(compiled, regexp.MustCompile("^(?:"+i.field+")$"))
	}
	return compiled
})

// reason is why a difference is meant, or "".
func reason(d Difference, was, is *form) string {
	for n, i := range improvements {
		if matchers()[n].MatchString(d.Field) && (i.holds == nil || i.holds(d, was, is)) {
			return i.reason
		}
	}
	return ""
}
