//go:build e2e

package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/homelab-foundations/postgresapp/pkg/change"
	"github.com/homelab-foundations/postgresapp/pkg/render"
)

// TestServerRefusesWhatDiffSaysItDoes applies an app, then another state of it, and holds the server's answer against what diff says: each
// change that it calls refused is, and no other.
func TestServerRefusesWhatDiffSaysItDoes(t *testing.T) {
	const backup = "backup: {bucket: backups, credentials: {inheritFromIAMRole: true}}"
	tests := map[string]struct {
		was, is string // the lines of a spec
		refused bool
	}{
		"a volume shrinks":                    {"storage: {size: 2Gi}", "storage: {size: 1Gi}", true},
		"a volume grows":                      {"storage: {size: 1Gi}", "storage: {size: 2Gi}", false},
		"another storage class":               {"storage: {size: 1Gi, storageClass: a}", "storage: {size: 1Gi, storageClass: b}", false},
		"a WAL volume goes":                   {"storage: {size: 2Gi}\nwalStorage: {size: 2Gi}", "storage: {size: 2Gi}", true},
		"a WAL volume shrinks":                {"storage: {size: 2Gi}\nwalStorage: {size: 4Gi}", "storage: {size: 2Gi}\nwalStorage: {size: 2Gi}", true},
		"a WAL volume comes":                  {"storage: {size: 2Gi}", "storage: {size: 2Gi}\nwalStorage: {size: 2Gi}", false},
		"a tablespace goes":                   {"storage: {size: 1Gi}\ntablespaces: [{name: fast, storage: {size: 1Gi}}]", "storage: {size: 1Gi}", true},
		"one tablespace of two goes":          {"storage: {size: 1Gi}\ntablespaces: [{name: fast, storage: {size: 1Gi}}, {name: slow, storage: {size: 1Gi}}]", "storage: {size: 1Gi}\ntablespaces: [{name: slow, storage: {size: 1Gi}}]", true},
		"a major version down":                {"version: '17'\nstorage: {size: 1Gi}", "version: '16'\nstorage: {size: 1Gi}", true},
		"a major version up":                  {"version: '17'\nstorage: {size: 1Gi}", "version: '18'\nstorage: {size: 1Gi}", false},
		"an upgrade to 15":                    {"version: '14'\nstorage: {size: 1Gi}", "version: '15'\nstorage: {size: 1Gi}", true},
		"image and parameters":                {"storage: {size: 1Gi}\nimageName: a/postgresql:17.4", "storage: {size: 1Gi}\nimageName: a/postgresql:17.5\npostgresql: {parameters: {work_mem: 8MB}}", false},
		"image and parameters, by switchover": {"storage: {size: 1Gi}\ninstances: 2\nprimaryUpdateMethod: switchover\nimageName: a/postgresql:17.4", "storage: {size: 1Gi}\ninstances: 2\nprimaryUpdateMethod: switchover\nimageName: a/postgresql:17.5\npostgresql: {parameters: {work_mem: 8MB}}", true},
		"the image alone, by switchover":      {"storage: {size: 1Gi}\ninstances: 2\nprimaryUpdateMethod: switchover\nimageName: a/postgresql:17.4", "storage: {size: 1Gi}\ninstances: 2\nprimaryUpdateMethod: switchover\nimageName: a/postgresql:17.5", false},
		"wal_level minimal":                   {"storage: {size: 1Gi}\npostgresql: {parameters: {wal_level: replica}}", "storage: {size: 1Gi}\noverrides: {cluster: {metadata: {annotations: {cnpg.io/skipWalArchiving: enabled}}, spec: {postgresql: {parameters: {wal_level: minimal, max_wal_senders: '0'}}}}}", true},
		"another user of the files":           {"storage: {size: 1Gi}", "storage: {size: 1Gi}\npostgresUID: 1000", true},
		"the default user, said aloud":        {"storage: {size: 1Gi}", "storage: {size: 1Gi}\npostgresUID: 26", false},
		"another service account":             {"storage: {size: 1Gi}\nserviceAccountName: a", "storage: {size: 1Gi}\nserviceAccountName: b", true},
		"a first service account":             {"storage: {size: 1Gi}", "storage: {size: 1Gi}\nserviceAccountName: b", false},
		"another prefix of slots":             {"storage: {size: 1Gi}", "storage: {size: 1Gi}\nreplicationSlots: {highAvailability: {enabled: true, slotPrefix: x_}}", true},
		"fewer instances":                     {"storage: {size: 1Gi}\ninstances: 3", "storage: {size: 1Gi}\ninstances: 1", false},
		"another database":                    {"storage: {size: 1Gi}\ndatabase: a", "storage: {size: 1Gi}\ndatabase: b", false},
		"a database's locale":                 {"storage: {size: 1Gi}\noverrides: {database: {spec: {locale: C}}}\ndatabases: [{name: more}]", "storage: {size: 1Gi}\noverrides: {database: {spec: {locale: POSIX}}}\ndatabases: [{name: more}]", true},
		"a pooler's mode":                     {"storage: {size: 1Gi}\npoolers: [{type: rw}]", "storage: {size: 1Gi}\npoolers: [{type: rw, poolMode: transaction}]", false},
		"another archive":                     {"storage: {size: 1Gi}\n" + backup, "storage: {size: 1Gi}\n" + strings.Replace(backup, "backups", "others", 1), false},
		"the lineage is raised":               {"storage: {size: 1Gi}\n" + backup, "storage: {size: 1Gi}\nlineage: 2\n" + backup, false},
		"resources":                           {"storage: {size: 1Gi}", "storage: {size: 1Gi}\nresources: {limits: {memory: 1Gi}}", false},
		"hibernation":                         {"storage: {size: 1Gi}", "storage: {size: 1Gi}\nhibernate: true", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			was, is := expandSpec(t, test.was), expandSpec(t, test.is)
			changes := change.Compare(was, is)
			refused := false
			for _, consequence := range changes.Consequences {
				refused = refused || consequence.Effect == change.Refused
			}
			assert.Equal(t, test.refused, refused, "diff says %v", changes.Consequences)

			namespace := newNamespace(t)
			_, err := cluster.Apply(t.Context(), namespace, unstructuredOf(was)...)
			require.NoError(t, err)
			awaitDataImage(t, namespace)
			_, err = cluster.Apply(t.Context(), namespace, unstructuredOf(is)...)
			assert.Equal(t, test.refused, err != nil, "the server says %v", err)
		})
	}
}

// expandSpec gives the objects of an app with the lines of a spec.
func expandSpec(t *testing.T, lines string) []change.Fields {
	t.Helper()
	text := "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresApp\nmetadata: {name: pg}\nspec:\n  clusterName: pg\n  " + strings.ReplaceAll(lines, "\n", "\n  ")
	result := render.Apps([]render.Document{{YAML: []byte(text)}}, nil)
	require.False(t, result.Findings.Failed(), "%s", result.Findings)
	var objects []change.Fields
	for _, expansion := range result.Expansions {
		for _, object := range expansion.Objects {
			objects = append(objects, object.Fields)
		}
	}
	return objects
}

func unstructuredOf(objects []change.Fields) []*unstructured.Unstructured {
	var list []*unstructured.Unstructured
	for _, fields := range objects {
		list = append(list, &unstructured.Unstructured{Object: fields})
	}
	return list
}

// awaitDataImage waits until the operator has noted the version of the data directory, which its admission compares with.
func awaitDataImage(t *testing.T, namespace string) {
	t.Helper()
	object := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "postgresql.cnpg.io/v1", "kind": "Cluster"}}
	require.Eventually(t, func() bool {
		if err := cluster.Client.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: "pg"}, object); err != nil {
			return false
		}
		major, _, _ := unstructured.NestedInt64(object.Object, "status", "pgDataImageInfo", "majorVersion")
		return major > 0
	}, 30*time.Second, 200*time.Millisecond, "the operator notes no version")
}
