package lineage

import (
	"fmt"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/expand"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// barmanPlugin and its parameters, by which the plugin's config package finds an archive
// (internal/cnpgi/operator/config/config.go).
const (
	barmanPlugin    = "barman-cloud.cloudnative-pg.io"
	objectParameter = "barmanObjectName"
	serverParameter = "serverName"
)

// Manifests are those of an app's objects that decide where bytes go.
type Manifests struct {
	Cluster  *cnpgv1.Cluster
	Schedule *cnpgv1.ScheduledBackup
	Stores   map[string]*expand.ObjectStore // by name
}

// Expand makes the manifests of one app, as every door of the product does.
func Expand(app string) (Manifests, error) {
	result := render.Apps([]render.Document{{YAML: []byte(app)}}, nil)
	if result.Findings.Failed() {
		return Manifests{}, fmt.Errorf("expand:\n%s", result.Findings.Errors())
	}
	m := Manifests{Stores: map[string]*expand.ObjectStore{}}
	for _, object := range result.Expansions[0].Objects {
		text, err := object.YAML()
		if err != nil {
			return Manifests{}, err
		}
		switch object.Kind {
		case "Cluster":
			m.Cluster = &cnpgv1.Cluster{}
			err = yaml.UnmarshalStrict(text, m.Cluster)
		case "ScheduledBackup":
			m.Schedule = &cnpgv1.ScheduledBackup{}
			err = yaml.UnmarshalStrict(text, m.Schedule)
		case "ObjectStore":
			store := &expand.ObjectStore{}
			err = yaml.UnmarshalStrict(text, store)
			m.Stores[object.Name] = store
		}
		if err != nil {
			return Manifests{}, fmt.Errorf("read %s %s: %w", object.Kind, object.Name, err)
		}
	}
	if m.Cluster == nil || m.Schedule == nil {
		return Manifests{}, fmt.Errorf("the app has no Cluster, or no ScheduledBackup")
	}
	return m, nil
}

// Archive is what the cluster writes to: the parameters of the plugin that is its WAL archiver.
func (m Manifests) Archive() (Archive, error) {
	for _, plugin := range m.Cluster.Spec.Plugins {
		if plugin.Name == barmanPlugin && plugin.IsWALArchiver != nil && *plugin.IsWALArchiver {
			return m.archive(plugin)
		}
	}
	return Archive{}, fmt.Errorf("Cluster %s archives nothing", m.Cluster.Name)
}

// Source is what the cluster is restored from: the external cluster that bootstrap.recovery names.
func (m Manifests) Source() (Archive, error) {
	bootstrap := m.Cluster.Spec.Bootstrap
	if bootstrap == nil || bootstrap.Recovery == nil {
		return Archive{}, fmt.Errorf("Cluster %s is not restored from anything", m.Cluster.Name)
	}
	for _, external := range m.Cluster.Spec.ExternalClusters {
		if external.Name == bootstrap.Recovery.Source && external.PluginConfiguration != nil {
			return m.archive(*external.PluginConfiguration)
		}
	}
	return Archive{}, fmt.Errorf("Cluster %s: no external cluster %q with a plugin", m.Cluster.Name, bootstrap.Recovery.Source)
}

// archive follows the parameters of the plugin. The plugin would take the cluster's name for a missing serverName, for the
// source too, which is never right there: the manifests have to say it.
func (m Manifests) archive(plugin cnpgv1.PluginConfiguration) (Archive, error) {
	name, server := plugin.Parameters[objectParameter], plugin.Parameters[serverParameter]
	store := m.Stores[name]
	if store == nil || server == "" {
		return Archive{}, fmt.Errorf("Cluster %s: plugin parameters %v: no such ObjectStore, or no %s", m.Cluster.Name, plugin.Parameters, serverParameter)
	}
	return Archive{Store: store, ServerName: server}, nil
}

// Database is the application's database and its owner.
func (m Manifests) Database() (name, owner string, err error) {
	switch bootstrap := m.Cluster.Spec.Bootstrap; {
	case bootstrap != nil && bootstrap.InitDB != nil:
		return bootstrap.InitDB.Database, bootstrap.InitDB.Owner, nil
	case bootstrap != nil && bootstrap.Recovery != nil:
		return bootstrap.Recovery.Database, bootstrap.Recovery.Owner, nil
	}
	return "", "", fmt.Errorf("Cluster %s: bootstrap is neither initdb nor recovery", m.Cluster.Name)
}
