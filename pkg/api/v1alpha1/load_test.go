package v1alpha1_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
	"github.com/homelab-foundations/postgresapp/pkg/strict"
)

// fields parses the spec of a document, of the given kind.
func fields(t *testing.T, kind, spec string) v1alpha1.Fields {
	t.Helper()
	parsed, err := strict.Fields([]byte(spec))
	require.NoError(t, err)
	return v1alpha1.Fields{
		"apiVersion": v1alpha1.APIVersion, "kind": kind, "metadata": v1alpha1.Fields{"name": "shop"}, "spec": parsed,
	}
}

// TestLoadInherits merges an app's spec, its spec.defaults and the spec of PostgresDefaults. What is wanted is written by hand.
func TestLoadInherits(t *testing.T) {
	for name, test := range map[string]struct{ spec, defaults, want string }{
		"what only the defaults say": {
			spec:     "{storage: {size: 10Gi}}",
			defaults: "{storage: {storageClass: longhorn}, instances: 3}",
			want:     "{storage: {size: 10Gi, storageClass: longhorn}, instances: 3}",
		},
		"the app wins": {
			spec:     "{storage: {size: 10Gi}, instances: 1, hibernate: false}",
			defaults: "{storage: {size: 1Gi}, instances: 3}",
			want:     "{storage: {size: 10Gi}, instances: 1}",
		},
		"its own defaults win over the shared ones": {
			spec:     "{storage: {size: 10Gi}, defaults: {instances: 2, workload: web}}",
			defaults: "{instances: 3, workload: oltp, description: shared}",
			want:     "{storage: {size: 10Gi}, instances: 2, workload: web, description: shared}",
		},
		"objects at any depth": {
			spec:     "{storage: {size: 10Gi}, postgresql: {parameters: {work_mem: 8MB}}, monitoring: {alerts: {labels: {team: data}}}}",
			defaults: "{postgresql: {parameters: {work_mem: 4MB, jit: 'off'}, enableAlterSystem: true}, monitoring: {alerts: {labels: {team: ops, tier: '1'}}}}",
			want: "{storage: {size: 10Gi}, postgresql: {parameters: {work_mem: 8MB, jit: 'off'}, enableAlterSystem: true}, " +
				"monitoring: {alerts: {labels: {team: data, tier: '1'}}}}",
		},
		"lists are taken whole": {
			spec:     "{storage: {size: 10Gi}, extensions: [vector], poolers: []}",
			defaults: "{extensions: [pg_trgm, unaccent], poolers: [{type: rw}], imagePullSecrets: [{name: registry}]}",
			want:     "{storage: {size: 10Gi}, extensions: [vector], poolers: [], imagePullSecrets: [{name: registry}]}",
		},
		"null inherits nothing": {
			spec:     "{storage: {size: 10Gi, storageClass: null}, backup: null, postgresql: {parameters: {jit: null}}}",
			defaults: "{storage: {storageClass: longhorn}, backup: {bucket: backups}, postgresql: {parameters: {jit: 'off', work_mem: 4MB}}}",
			want:     "{storage: {size: 10Gi}, postgresql: {parameters: {work_mem: 4MB}}}",
		},
		"null in its own defaults refuses the shared ones": {
			spec:     "{storage: {size: 10Gi}, defaults: {backup: null, postgresql: {parameters: {jit: null}}}}",
			defaults: "{backup: {bucket: backups}, postgresql: {parameters: {jit: 'off'}}}",
			want:     "{storage: {size: 10Gi}, postgresql: {parameters: {}}}",
		},
		"a null of the defaults means nothing": {
			spec:     "{storage: {size: 10Gi}, instances: 2}",
			defaults: "{instances: null, backup: null, postgresql: {parameters: null}}",
			want:     "{storage: {size: 10Gi}, instances: 2, postgresql: {}}",
		},
		"null in a patch is a part of it": {
			spec:     "{storage: {size: 10Gi}, overrides: {cluster: {spec: {logLevel: null}}}}",
			defaults: "{overrides: {cluster: {spec: {logLevel: debug, startDelay: 30}}, pooler: {spec: {type: null}}}}",
			want:     "{storage: {size: 10Gi}, overrides: {cluster: {spec: {logLevel: null, startDelay: 30}}, pooler: {spec: {type: null}}}}",
		},
		"a patch can be refused": {
			spec:     "{storage: {size: 10Gi}, overrides: {cluster: null}}",
			defaults: "{overrides: {cluster: {spec: {logLevel: debug}}}}",
			want:     "{storage: {size: 10Gi}, overrides: {}}",
		},
		"an image sets the version aside": {
			spec:     "{storage: {size: 10Gi}, imageName: 'postgresql:16.4'}",
			defaults: "{version: '17', imageCatalogRef: {kind: ImageCatalog, name: pg, major: 17}}",
			want:     "{storage: {size: 10Gi}, imageName: 'postgresql:16.4'}",
		},
		"null chooses no version": {
			spec:     "{storage: {size: 10Gi}, version: null}",
			defaults: "{version: '17'}",
			want:     "{storage: {size: 10Gi}}",
		},
		"null sets nothing aside": {
			spec:     "{storage: {size: 10Gi}, version: null}",
			defaults: "{imageName: 'postgresql:16.4'}",
			want:     "{storage: {size: 10Gi}, imageName: 'postgresql:16.4'}",
		},
		"a secret sets a password aside": {
			spec:     "{storage: {size: 10Gi}, credentials: {existingSecret: {name: db}}}",
			defaults: "{credentials: {password: '${PASSWORD}'}}",
			want:     "{storage: {size: 10Gi}, credentials: {existingSecret: {name: db}}}",
		},
		"a full address sets bucket and path aside": {
			spec:     "{storage: {size: 10Gi}, backup: {destinationPath: 's3://mine/shop'}}",
			defaults: "{backup: {bucket: ours, path: all, retention: 7d}}",
			want:     "{storage: {size: 10Gi}, backup: {destinationPath: 's3://mine/shop', retention: 7d}}",
		},
		"a bucket sets a full address aside, and a path joins a bucket": {
			spec:     "{storage: {size: 10Gi}, defaults: {backup: {path: mine}}, backup: {bucket: mine}}",
			defaults: "{backup: {destinationPath: 's3://ours/all'}}",
			want:     "{storage: {size: 10Gi}, backup: {bucket: mine, path: mine}}",
		},
		"one way to open an archive sets the others aside, and their halves": {
			spec:     "{storage: {size: 10Gi}, backup: {credentials: {inheritFromIAMRole: true}}}",
			defaults: "{backup: {bucket: ours, credentials: {accessKeyId: '${ID}', secretAccessKey: '${KEY}'}}}",
			want:     "{storage: {size: 10Gi}, backup: {bucket: ours, credentials: {inheritFromIAMRole: true}}}",
		},
		"false chooses no way": {
			spec:     "{storage: {size: 10Gi}, backup: {credentials: {inheritFromIAMRole: false}}}",
			defaults: "{backup: {bucket: ours, credentials: {existingSecret: {name: keys}}}}",
			want:     "{storage: {size: 10Gi}, backup: {bucket: ours, credentials: {inheritFromIAMRole: false, existingSecret: {name: keys}}}}",
		},
		"a target sets another aside": {
			spec:     "{storage: {size: 10Gi}, restore: {to: {lsn: 0/3000060}}}",
			defaults: "{restore: {to: {time: '2026-11-20T08:00:00Z', timeline: latest}}}",
			want:     "{storage: {size: 10Gi}, restore: {to: {lsn: 0/3000060, timeline: latest}}}",
		},
		"a number of connections sets the parameter aside, and the other way round": {
			spec:     "{storage: {size: 10Gi}, maxConnections: 50, defaults: {postgresql: {parameters: {max_connections: '100', jit: 'off'}}}}",
			defaults: "{postgresql: {parameters: {max_connections: '200'}}}",
			want:     "{storage: {size: 10Gi}, maxConnections: 50, postgresql: {parameters: {jit: 'off'}}}",
		},
		"the newer way of synchronous replication sets the older one aside": {
			spec:     "{storage: {size: 10Gi}, postgresql: {synchronous: {method: any, number: 1}}}",
			defaults: "{minSyncReplicas: 1, maxSyncReplicas: 2}",
			want:     "{storage: {size: 10Gi}, postgresql: {synchronous: {method: any, number: 1}}}",
		},
		"a guest of a shared cluster inherits nothing of a Cluster": {
			spec:     "{cluster: {name: postgres}}",
			defaults: "{storage: {size: 10Gi}, backup: {bucket: ours}, monitoring: {type: None}, deletionProtection: false, cluster: {namespace: database}}",
			want:     "{cluster: {name: postgres, namespace: database}, deletionProtection: false}",
		},
		"a guest by the defaults": {
			spec:     "{database: orders}",
			defaults: "{cluster: {name: postgres}, storage: {size: 10Gi}}",
			want:     "{database: orders, cluster: {name: postgres}}",
		},
		"null refuses to be a guest": {
			spec:     "{cluster: null, storage: {size: 10Gi}}",
			defaults: "{cluster: {name: postgres}, instances: 3}",
			want:     "{storage: {size: 10Gi}, instances: 3}",
		},
	} {
		t.Run(name, func(t *testing.T) {
			app, defaults := fields(t, v1alpha1.KindPostgresApp, test.spec), fields(t, v1alpha1.KindPostgresDefaults, test.defaults)
			before, beforeDefaults := runtime.DeepCopyJSON(app), runtime.DeepCopyJSON(defaults)
			got, errs := v1alpha1.Load(app, defaults)
			require.Empty(t, errs)
			want, errs := v1alpha1.Load(fields(t, v1alpha1.KindPostgresApp, test.want), nil)
			require.Empty(t, errs)
			assert.Equal(t, want.PostgresApp, got.PostgresApp)
			assert.Equal(t, before, app, "the app's document is not changed")
			assert.Equal(t, beforeDefaults, defaults, "the defaults' document is not changed")
		})
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, test := range map[string]struct{ spec, defaults, want string }{
		"a parameter without a value where nothing is inherited": {
			spec: "{storage: {size: 10Gi}, postgresql: {parameters: {jit: null}}}", defaults: "{instances: 2}",
			want: "spec.postgresql.parameters[jit]: Required value: must have a value",
		},
		"storage of the app beside a shared cluster of the defaults": {
			spec: "{storage: {size: 10Gi}}", defaults: "{cluster: {name: postgres}}",
			want: "spec.storage: Forbidden: it belongs to the shared cluster postgres of PostgresDefaults shop: say it there, or write cluster: null for a " +
				"Cluster of the app's own",
		},
		"storage of the app beside a shared cluster of its own defaults": {
			spec: "{storage: {size: 10Gi}, defaults: {cluster: {name: postgres}}}", defaults: "{}",
			want: "spec.storage: Forbidden: it belongs to the shared cluster postgres of spec.defaults: say it there, or write cluster: null for a Cluster of " +
				"the app's own",
		},
		"poolers beside a shared cluster": {
			spec: "{cluster: {name: postgres}, poolers: []}", defaults: "{}",
			want: "spec.poolers: Forbidden: it belongs to the shared cluster postgres: say it in the PostgresApp or Cluster of that name",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, errs := v1alpha1.Load(fields(t, v1alpha1.KindPostgresApp, test.spec), fields(t, v1alpha1.KindPostgresDefaults, test.defaults))
			assert.Nil(t, got)
			require.Len(t, errs, 1)
			assert.Equal(t, test.want, errs[0].Error())
		})
	}
}

func TestLoadedOrigin(t *testing.T) {
	loaded, errs := v1alpha1.Load(
		fields(t, v1alpha1.KindPostgresApp, `{storage: {size: 10Gi}, instances: null, postgresql: {parameters: {work_mem: 8MB}},
			databases: [{name: orders}], defaults: {workload: web, postgresql: {parameters: {pg_stat_statements.max: "100"}}}}`),
		fields(t, v1alpha1.KindPostgresDefaults, `{storage: {storageClass: longhorn}, instances: 3, workload: dw, backup: {bucket: ours},
			postgresql: {parameters: {jit: "off", work_mem: 4MB}}, roles: [{name: readonly}]}`))
	require.Empty(t, errs)
	for path, want := range map[string]string{
		"spec.storage.size":                                  "", // of the app
		"spec.storage.storageClass":                          "PostgresDefaults shop",
		"spec.workload":                                      "spec.defaults", // stronger than the shared ones
		"spec.instances":                                     "",              // the app refused it
		"spec.postgresql.parameters[work_mem]":               "",
		"spec.postgresql.parameters[jit]":                    "PostgresDefaults shop",
		"spec.postgresql.parameters[pg_stat_statements.max]": "spec.defaults",
		"spec.postgresql.parameters[max_wal_size]":           "",                      // derived: nobody wrote it
		"spec.backup.credentials":                            "PostgresDefaults shop", // missing in a block of theirs
		"spec.roles[0].name":                                 "PostgresDefaults shop",
		"spec.databases[0].owner":                            "", // missing in a block of the app's
		"spec.clusterName":                                   "",
		"metadata.name":                                      "",
		"":                                                   "",
		"spec.postgresql.parameters[":                        "",
	} {
		assert.Equal(t, want, loaded.Origin(path), path)
	}
}

// TestDedicatedOnly: whatever passes through to a Cluster belongs to an app that has one.
func TestDedicatedOnly(t *testing.T) {
	for _, name := range jsontype.Of(reflect.TypeFor[v1alpha1.ClusterSettings]()).Names {
		_, errs := v1alpha1.Load(fields(t, v1alpha1.KindPostgresApp, "{cluster: {name: postgres}, "+name+": []}"), nil)
		messages := make([]string, 0, len(errs))
		for _, err := range errs {
			messages = append(messages, err.Field+": "+string(err.Type))
		}
		assert.Contains(t, messages, "spec."+name+": FieldValueForbidden")
	}
}

// TestEveryTypeHasARule walks all types that a document can reach: none may be of a kind that the decoder does not know.
func TestEveryTypeHasARule(t *testing.T) {
	known := []reflect.Kind{reflect.String, reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64}
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type, string)
	walk = func(of reflect.Type, path string) {
		if seen[of] {
			return
		}
		seen[of] = true
		switch {
		case of.Kind() == reflect.Pointer:
			walk(of.Elem(), path)
		case jsontype.Decodes(of):
		case of.Kind() == reflect.Struct:
			for _, field := range jsontype.Of(of).Fields {
				walk(field.Type, path+"."+field.Name)
			}
		case of.Kind() == reflect.Slice:
			walk(of.Elem(), path+"[]")
		case of.Kind() == reflect.Map:
			assert.Equal(t, reflect.String, of.Key().Kind(), path)
			walk(of.Elem(), path+"[]")
		default:
			assert.True(t, slices.Contains(known, of.Kind()), "%s is a %s", path, of.Kind())
		}
	}
	walk(reflect.TypeFor[v1alpha1.PostgresApp](), "")
	walk(reflect.TypeFor[v1alpha1.PostgresDefaults](), "")
	assert.Greater(t, len(seen), 100, "a Cluster reaches the whole of a pod's specification")
}

// TestLoadWithoutSpec lets the defaults say everything.
func TestLoadWithoutSpec(t *testing.T) {
	app := v1alpha1.Fields{"apiVersion": v1alpha1.APIVersion, "kind": v1alpha1.KindPostgresApp, "metadata": v1alpha1.Fields{"name": "shop"}}
	defaults := v1alpha1.Fields{"apiVersion": v1alpha1.APIVersion, "kind": v1alpha1.KindPostgresDefaults, "metadata": v1alpha1.Fields{"name": "all"},
		"spec": v1alpha1.Fields{"storage": v1alpha1.Fields{"size": "5Gi"}}}
	loaded, errs := v1alpha1.Load(app, defaults)
	require.Empty(t, errs)
	assert.Equal(t, "5Gi", loaded.Spec.Storage.Size)
	_, errs = v1alpha1.Load(app, nil)
	require.Len(t, errs, 1)
	assert.Equal(t, "spec", errs[0].Field)
}
