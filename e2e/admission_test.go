//go:build e2e

package e2e

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/homelab-foundations/postgresapp/e2e/rig"
)

// The answers below are those of kube-apiserver v1.36.3 and CloudNativePG v1.30.0. They prove that the rig's
// admission is theirs: a rig that had lost its webhooks or its schemas would accept what these tests send.

func TestServerRejects(t *testing.T) {
	tests := map[string]struct {
		manifest string
		want     string
	}{
		// CloudNativePG's validating webhooks
		"a parameter the operator sets itself": {
			manifest: cluster1("{storage: {size: 1Gi}, postgresql: {parameters: {shared_preload_libraries: pg_stat_statements}}}"),
			want: `admission webhook "vcluster.cnpg.io" denied the request: Cluster.postgresql.cnpg.io "pg" is invalid: ` +
				`spec.postgresql.parameters.shared_preload_libraries: Invalid value: "pg_stat_statements": ` +
				`Can't set fixed configuration parameter`,
		},
		"no storage size": {
			manifest: cluster1("{storage: {}}"),
			want: `spec.storage.size: Invalid value: "": Size not configured. ` +
				`Please add it, or a storage request in the pvcTemplate.`,
		},
		"a PgBouncer parameter the operator sets itself": {
			manifest: `{apiVersion: postgresql.cnpg.io/v1, kind: Pooler, metadata: {name: pool},
				spec: {cluster: {name: pg}, pgbouncer: {poolMode: session, parameters: {bogus: "1"}}}}`,
			want: `admission webhook "vpooler.cnpg.io" denied the request: ` +
				`Pooler.postgresql.cnpg.io "pool" is invalid: ` +
				`spec.cluster.parameters: Invalid value: "bogus": Invalid or reserved parameter`,
		},

		// the CRDs' schemas and rules
		"a field the Cluster does not have": {
			manifest: cluster1("{storage: {size: 1Gi}, monitoring: {enabled: true}}"),
			want:     `.spec.monitoring.enabled: field not declared in schema`,
		},
		"no instances": {
			manifest: cluster1("{storage: {size: 1Gi}, instances: 0}"),
			want:     `spec.instances in body should be greater than or equal to 1`,
		},
		"a server name in an ObjectStore": {
			manifest: `{apiVersion: barmancloud.cnpg.io/v1, kind: ObjectStore, metadata: {name: store},
				spec: {configuration: {destinationPath: s3://backups/pg, serverName: pg,
				s3Credentials: {inheritFromIAMRole: true}}}}`,
			want: `use the 'serverName' plugin parameter in the Cluster resource`,
		},
		"a duration Prometheus does not know": {
			manifest: `{apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: {name: alerts},
				spec: {groups: [{name: pg, rules: [{alert: Down, expr: up == 0, for: 5minutes}]}]}}`,
			want: `Invalid value: "5minutes": spec.groups[0].rules[0].for in body should match`,
		},
		"an ExternalSecret key that is no text": {
			manifest: `{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: secret},
				spec: {data: [{secretKey: password, remoteRef: {key: 5}}]}}`,
			want: `.spec.data[0].remoteRef.key: expected string, got &value.valueUnstructured{Value:5}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := cluster.Apply(t.Context(), newNamespace(t), parse(t, test.manifest)...)
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestServerRejectsChange(t *testing.T) {
	namespace := newNamespace(t)
	_, err := cluster.Apply(t.Context(), namespace, parse(t, cluster1("{storage: {size: 1Gi}}"))...)
	require.NoError(t, err)
	_, err = cluster.Apply(t.Context(), namespace, parse(t, cluster1("{storage: {size: 512Mi}}"))...)
	assert.ErrorContains(t, err, `spec.storage: Invalid value: "512Mi": can't shrink existing storage from 1Gi to 512Mi`)
}

func TestServerWarns(t *testing.T) {
	tests := map[string]struct {
		manifest string
		want     []string
	}{
		"a schedule of five fields": {
			manifest: `{apiVersion: postgresql.cnpg.io/v1, kind: ScheduledBackup, metadata: {name: nightly},
				spec: {cluster: {name: pg}, schedule: 0 2 * * *}}`,
			want: []string{"Schedule parameter may not have the right number of arguments " +
				"(usually six arguments are needed)"},
		},
		"a schedule of six fields": {
			manifest: `{apiVersion: postgresql.cnpg.io/v1, kind: ScheduledBackup, metadata: {name: nightly},
				spec: {cluster: {name: pg}, schedule: 0 0 2 * * *}}`,
		},
		"a sound Cluster": {
			manifest: cluster1("{instances: 3, storage: {size: 1Gi}}"),
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			warnings, err := cluster.Apply(t.Context(), newNamespace(t), parse(t, test.manifest)...)
			require.NoError(t, err)
			var texts []string
			for _, warning := range warnings {
				texts = append(texts, warning.Text)
			}
			assert.Equal(t, test.want, texts)
		})
	}
}

// cluster1 returns a Cluster pg with one instance, unless spec, in flow style, says otherwise.
func cluster1(spec string) string {
	if !strings.Contains(spec, "instances:") {
		spec = "{instances: 1, " + strings.TrimPrefix(spec, "{")
	}
	return "{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: pg}, spec: " + spec + "}"
}

func parse(t *testing.T, manifests string) []*unstructured.Unstructured {
	t.Helper()
	objects, err := rig.Parse([]byte(manifests))
	require.NoError(t, err)
	require.NotEmpty(t, objects)
	return objects
}

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// newNamespace creates a namespace for a test and returns its name, which tells the test's.
func newNamespace(t *testing.T) string {
	t.Helper()
	return newNamespaceOn(t, cluster)
}

// newNamespaceOn does the same on another rig.
func newNamespaceOn(t *testing.T, on *rig.Rig) string {
	t.Helper()
	prefix := notInNames.ReplaceAllString(strings.ToLower(strings.TrimPrefix(t.Name(), "Test")), "-")
	prefix = strings.Trim(prefix[:min(len(prefix), 30)], "-") // of 63 characters, some are for what is appended
	name, err := on.NewNamespace(t.Context(), prefix)
	require.NoError(t, err)
	retire(t, on, name)
	return name
}

// retire has namespaces cleared of what the operator works on when the test is over.
func retire(t *testing.T, on *rig.Rig, namespaces ...string) {
	t.Helper()
	t.Cleanup(func() { assert.NoError(t, on.Retire(context.Background(), namespaces...)) })
}
