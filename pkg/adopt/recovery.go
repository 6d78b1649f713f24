package adopt

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// recovery takes over what the cluster was restored from.
func (a *adopter) recovery(written *archive) {
	at := []string{"spec", "bootstrap", "recovery"}
	if jsontype.At(a.cluster.fields, at...) == nil {
		return
	}
	name := text(jsontype.At(a.cluster.fields, append(at, "source")...))
	from, snapshots := a.restoredFrom(name), jsontype.At(a.cluster.fields, append(at, "volumeSnapshots")...)
	if from == nil && (name != "" || snapshots == nil) {
		return
	}
	a.target(append(at, "recoveryTarget"))
	a.set(a.cluster.take(append(at, "volumeSnapshots")...), "restore", "volumeSnapshots")
	if from == nil {
		return
	}
	a.cluster.take(append(at, "source")...)
	a.dropExternal(name)
	if written != nil && samePlace(written, from) {
		if base, lineage, earlier, ok := lineages(from.serverName, written.serverName); ok {
			a.set(int64(lineage), "lineage")
			if earlier != lineage-1 {
				a.set(int64(earlier), "restore", "fromLineage")
			}
			takeFrom(a.spec, "backup", "serverName")
			if base != a.cluster.name() {
				a.set(base, "backup", "serverName")
			}
			if from.serverName == written.serverName {
				a.note(a.cluster, "spec.bootstrap.recovery", "read and wrote one archive, %s, which destroys it: from now on it is the first lineage, "+
					"and the cluster writes the second", from.serverName)
			}
			return
		}
	} else {
		for _, name := range []string{"objectStore", "destinationPath", "endpointURL", "endpointCA", "credentials"} {
			a.set(from.settings[name], "restore", "from", name)
		}
	}
	a.set(from.serverName, "restore", "from", "serverName")
}

// target takes over the point to recover to.
func (a *adopter) target(at []string) {
	for _, name := range []struct{ theirs, ours string }{
		{"targetTime", "time"}, {"targetLSN", "lsn"}, {"targetXID", "xid"}, {"targetName", "name"}, {"targetImmediate", "immediate"},
		{"backupID", "backupID"}, {"targetTLI", "timeline"}, {"exclusive", "exclusive"},
	} {
		a.set(a.cluster.take(append(at, name.theirs)...), "restore", "to", name.ours)
	}
}

// restoredFrom is the archive that an entry of externalClusters leads to, or nil.
func (a *adopter) restoredFrom(name string) *archive {
	entry := a.external(name)
	if entry == nil {
		return nil
	}
	if store, ok := entry["barmanObjectStore"].(Fields); ok {
		s := &source{fields: Fields{"store": store}}
		// The operator's own Barman takes the name of the external cluster where none is given.
		server := orDefault(s.takeText("store", "serverName"), name)
		return &archive{serverName: server, settings: takeStore(s, "store")}
	}
	plugin, ok := entry["plugin"].(Fields)
	if !ok || plugin["name"] != cnpg.BarmanPlugin {
		return nil
	}
	object, server := pluginArchive(plugin, a.cluster.name())
	store, _ := a.objectStore(object)
	if store == nil {
		return &archive{serverName: server, settings: Fields{"objectStore": object}}
	}
	return &archive{serverName: server, settings: takeStore(store, "spec", "configuration")}
}

// samePlace tells whether two archives lie in one store.
func samePlace(a, b *archive) bool {
	for _, name := range []string{"destinationPath", "endpointURL", "endpointCA", "credentials"} {
		if !reflect.DeepEqual(a.settings[name], b.settings[name]) {
			return false
		}
	}
	return true
}

// lineages reads two folders of one store as lineages of one name: base, base-2, base-3 and so on. A cluster that reads and writes one
// folder is taken as the second lineage of it.
func lineages(from, to string) (base string, lineage, earlier int, ok bool) {
	if from == to {
		return to, 2, 1, true
	}
	cut := strings.LastIndexByte(to, '-')
	if cut < 1 {
		return "", 0, 0, false
	}
	base = to[:cut]
	lineage, err := strconv.Atoi(to[cut+1:])
	if err != nil || lineage < 2 || strconv.Itoa(lineage) != to[cut+1:] {
		return "", 0, 0, false
	}
	if from == base {
		return base, lineage, 1, true
	}
	number, ok := strings.CutPrefix(from, base+"-")
	earlier, err = strconv.Atoi(number)
	if !ok || err != nil || earlier < 2 || earlier >= lineage || strconv.Itoa(earlier) != number {
		return "", 0, 0, false
	}
	return base, lineage, earlier, true
}
