package adopt

import (
	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/cnpg"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

// archive is where a cluster writes its write-ahead log and base backups to, or is restored from.
type archive struct {
	// store is the manifest that describes it: the ObjectStore, or the Cluster itself.
	store *source

	// at is the path of the description within.
	at []string

	// settings are the description in the words of a PostgresApp's backup.
	settings Fields

	// serverName is the cluster's folder within the store.
	serverName string
}

// backup takes over the archive, the schedule, and the restore that the cluster was made by.
func (a *adopter) backup() {
	written := a.written()
	a.set(a.cluster.take("spec", "backup", "volumeSnapshot"), "backup", "volumeSnapshot")
	a.set(a.cluster.take("spec", "backup", "target"), "backup", "target")
	if written != nil {
		a.retention(written)
		a.compression(written)
		for name, value := range written.settings {
			a.set(value, "backup", name)
		}
		if written.serverName != a.cluster.name() {
			a.set(written.serverName, "backup", "serverName")
		}
	} else if a.cluster.take("spec", "backup", "retentionPolicy") != nil {
		a.note(a.cluster, "spec.backup.retentionPolicy", "is gone: there is no archive that it could be about")
	}
	a.schedule(written)
	a.recovery(written)
	a.unusedExternals()
	if written != nil {
		if written.store != a.cluster {
			a.override("objectStore", written.store.rest())
		}
	}
}

// written is the archive that the cluster writes, or nil.
func (a *adopter) written() *archive {
	if _, ok := jsontype.At(a.cluster.fields, "spec", "backup", "barmanObjectStore").(Fields); ok {
		at := []string{"spec", "backup", "barmanObjectStore"}
		found := &archive{store: a.cluster, at: at, serverName: orDefault(a.cluster.takeText(append(at, "serverName")...), a.cluster.name())}
		a.set(v1alpha1.MethodBarmanObjectStore, "backup", "method")
		found.settings = takeStore(found.store, at...)
		return found
	}
	plugins, _ := jsontype.At(a.cluster.fields, "spec", "plugins").([]any)
	for i, entry := range plugins {
		plugin, ok := archiver(entry)
		if !ok {
			continue
		}
		object, server := pluginArchive(plugin, a.cluster.name())
		store, index := a.objectStore(object)
		if store == nil {
			return nil
		}
		a.taken = append(a.taken, index)
		if rest := append(append([]any{}, plugins[:i]...), plugins[i+1:]...); len(rest) > 0 {
			put(a.cluster.fields, rest, "spec", "plugins")
		} else {
			a.cluster.take("spec", "plugins")
		}
		if a.cluster.take("spec", "backup", "retentionPolicy") != nil {
			a.note(a.cluster, "spec.backup.retentionPolicy", "is gone: with the plugin the ObjectStore's counts")
		}
		found := &archive{store: store, at: []string{"spec", "configuration"}, serverName: server}
		found.settings = takeStore(store, found.at...)
		a.sidecar(found)
		return found
	}
	return nil
}

// archiver is an entry of a Cluster's plugins, if it is the Barman Cloud plugin that archives the write-ahead log.
func archiver(entry any) (Fields, bool) {
	plugin, ok := entry.(Fields)
	return plugin, ok && plugin["name"] == cnpg.BarmanPlugin && plugin["enabled"] != false && plugin["isWALArchiver"] == true
}

// pluginArchive reads the parameters of the Barman Cloud plugin. Without a server name it takes the name of the cluster that it runs for,
// in externalClusters too.
func pluginArchive(plugin Fields, cluster string) (object, server string) {
	object, _ = jsontype.At(plugin, "parameters", cnpg.BarmanObjectParameter).(string)
	server, _ = jsontype.At(plugin, "parameters", cnpg.BarmanServerParameter).(string)
	return object, orDefault(server, cluster)
}

// objectStore finds an ObjectStore among the other objects.
func (a *adopter) objectStore(name string) (*source, int) {
	for i, object := range a.around {
		if is(object, "ObjectStore") && jsontype.At(object, "metadata", "name") == name && sameNamespace(object, a.cluster.fields) {
			return newSource(object), i
		}
	}
	return nil, 0
}

// takeStore takes the description of a store and returns it in the words of a PostgresApp's backup.
func takeStore(s *source, at ...string) Fields {
	settings := Fields{}
	for _, name := range []string{"destinationPath", "endpointURL", "endpointCA", "wal", "data", "tags", "historyTags"} {
		if value := s.take(append(at, name)...); value != nil {
			settings[name] = value
		}
	}
	if credentials := takeCredentials(s, at...); len(credentials) > 0 {
		settings["credentials"] = credentials
	}
	return settings
}

// takeCredentials takes how a store is opened.
func takeCredentials(s *source, at ...string) Fields {
	for _, name := range []string{"azureCredentials", "googleCredentials"} {
		if value := s.take(append(at, name)...); value != nil {
			return Fields{name: value}
		}
	}
	s3, _ := jsontype.At(s.fields, append(at, "s3Credentials")...).(Fields)
	if s3["inheritFromIAMRole"] == true {
		s.take(append(at, "s3Credentials", "inheritFromIAMRole")...)
		return Fields{"inheritFromIAMRole": true}
	}
	secret, existing := "", Fields{}
	for _, key := range []struct{ theirs, ours, usual string }{
		{"accessKeyId", "accessKeyIdKey", v1alpha1.DefaultAccessKeyIDKey},
		{"secretAccessKey", "secretAccessKeyKey", v1alpha1.DefaultSecretKeyKey},
		{"region", "regionKey", ""},
		{"sessionToken", "sessionTokenKey", ""},
	} {
		reference, ok := s3[key.theirs].(Fields)
		if !ok {
			continue
		}
		name := text(reference["name"])
		if secret == "" {
			secret = name
		}
		if name != secret {
			continue // A key in another Secret stays an override.
		}
		s.take(append(at, "s3Credentials", key.theirs)...)
		if reference["key"] != key.usual {
			existing[key.ours] = reference["key"]
		}
	}
	if secret == "" {
		return nil
	}
	existing["name"] = secret
	return Fields{"existingSecret": existing}
}

// retention takes over how long backups are kept. Without a policy they are kept for ever, and the default must not change that.
func (a *adopter) retention(written *archive) {
	path := []string{"spec", "retentionPolicy"}
	if written.store == a.cluster {
		path = []string{"spec", "backup", "retentionPolicy"}
	}
	if policy := written.store.take(path...); policy != nil {
		a.set(policy, "backup", "retention")
		return
	}
	put(written.store.fields, nil, path...)
}

// compression says in one word what holds for both the log and the base backups.
func (a *adopter) compression(written *archive) {
	wal, data := jsontype.At(written.settings, "wal", "compression"), jsontype.At(written.settings, "data", "compression")
	switch {
	case wal == nil && data == nil, wal == nil || data == nil:
		a.set("none", "backup", "compression")
	case wal == data:
		a.set(wal, "backup", "compression")
		takeFrom(written.settings, "wal", "compression")
		takeFrom(written.settings, "data", "compression")
	}
}

// sidecar takes over the resources and the environment of the plugin's container. The two variables that S3-compatible stores need come
// by themselves.
func (a *adopter) sidecar(written *archive) {
	store, at := written.store, []string{"spec", "instanceSidecarConfiguration"}
	a.set(store.take(append(at, "resources")...), "backup", "sidecarResources")
	variables, _ := store.take(append(at, "env")...).([]any)
	var own []any
	for _, variable := range variables {
		fields, _ := variable.(Fields)
		if checksums[text(fields["name"])] && fields["value"] == "when_required" && written.settings["endpointURL"] != nil {
			continue
		}
		own = append(own, variable)
	}
	if own != nil {
		a.set(own, "backup", "sidecarEnv")
	}
}

// checksums are the variables that the S3 client of the plugin gets for every store with an address of its own.
var checksums = map[string]bool{"AWS_REQUEST_CHECKSUM_CALCULATION": true, "AWS_RESPONSE_CHECKSUM_VALIDATION": true}
