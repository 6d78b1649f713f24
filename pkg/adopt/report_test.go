package adopt

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/diag"
)

// adoptAll adopts the one Cluster among documents and reports it.
func adoptAll(t *testing.T, documents ...string) (Adopted, Proof, string) {
	t.Helper()
	families, errs := Families(given(t, documents...))
	require.Empty(t, errs)
	require.Len(t, families, 1)
	adopted, err := Cluster(families[0].Objects...)
	require.NoError(t, err)
	proof, err := Prove(families[0].Objects, adopted)
	require.NoError(t, err)
	var text strings.Builder
	Report(&text, families[0], adopted, proof)
	Unadopted(&text, families, []Adopted{adopted})
	return adopted, proof, text.String()
}

func TestReport(t *testing.T) {
	_, proof, text := adoptAll(t, archiving("  backup: {retentionPolicy: 30d}\n  monitoring: {enablePodMonitor: true}\n"), store, nightly,
		"apiVersion: v1\nkind: Secret\nmetadata: {name: nas-keys}\nstringData: {secret: hunter2}",
		"apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: by-hand}")
	assert.True(t, proof.Holds())
	for _, line := range []string{
		"Cluster shop (a.yaml) becomes PostgresApp shop\n",
		"\n    Cluster shop keeps its name\n",
		"\n    ObjectStore nas goes, shop-backup takes its place\n",
		"\n    ScheduledBackup nightly goes, shop-backup takes its place\n",
		"\n    Cluster shop: spec.backup.retentionPolicy is gone: with the plugin the ObjectStore's counts\n",
		"\n      spec.enablePDB: absent -> false\n",
		"\n  new:\n    PodMonitor shop\n    PrometheusRule shop\n",
		"\n  proven: ",
		"\n  PrometheusRule by-hand\n  1 that are neither of CloudNativePG nor of Prometheus\n",
	} {
		assert.Contains(t, text, line)
	}
	assert.NotContains(t, text, "hunter2")
}

func TestReportTellsWhatIsNoApps(t *testing.T) {
	_, _, text := adoptAll(t, smallest, operatorRelease, platform,
		"apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: barman}\nspec: {chartRef: {kind: OCIRepository, name: plugin-barman-cloud}}",
		"apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: redis}\nspec: {chart: {spec: {chart: redis}}}")
	assert.Contains(t, text, "No app replaces these; they stay by hand\n  1 that are neither of CloudNativePG nor of Prometheus\n"+
		"Not adopted: these install the operator, which a PostgresPlatform describes\n  HelmRelease cnpg-system/cnpg\n  HelmRelease barman\n"+
		"Not adopted: these are no manifests of CloudNativePG, but what such are made from\n  PostgresPlatform postgres\n")
}

func TestReportSaysWhatTakesDataAlong(t *testing.T) {
	_, _, text := adoptAll(t, smallest,
		"apiVersion: postgresql.cnpg.io/v1\nkind: Database\nmetadata: {name: orders}\nspec: {name: orders, owner: app, cluster: {name: shop}, databaseReclaimPolicy: delete}",
		"apiVersion: postgresql.cnpg.io/v1\nkind: DatabaseRole\nmetadata: {name: reader}\nspec: {name: reader, cluster: {name: shop}, databaseRoleReclaimPolicy: retain}")
	assert.Contains(t, text, "danger: Database orders: the database orders is dropped: to keep it, set databaseReclaimPolicy to retain")
	assert.NotContains(t, text, "danger: DatabaseRole reader")

	_, _, text = adoptAll(t, smallest+"  backup: {volumeSnapshot: {className: csi, snapshotOwnerReference: backup}}\n",
		strings.NewReplacer("method: plugin", "method: volumeSnapshot", "  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}\n", "").Replace(nightly))
	assert.Contains(t, text, "danger: ScheduledBackup nightly: its Backups are deleted with it")
}

func TestReportKeepsSecrets(t *testing.T) {
	_, proof, text := adoptAll(t, smallest+`  env: [{name: OLD_PASSWORD, value: hunter2}]
  externalClusters:
  - name: old
    connectionParameters: {host: old, password: hunter2}
`)
	assert.True(t, proof.Holds())
	assert.Contains(t, text, "spec.externalClusters[old].connectionParameters.password\n")
	assert.NotContains(t, text, "hunter2")
}

func TestReportOfARefusedApp(t *testing.T) {
	adopted, proof, text := adoptAll(t, smallest+"  instances: ${INSTANCES}\n")
	assert.False(t, proof.Holds())
	assert.Contains(t, text, "error: spec.instances: ")
	assert.Contains(t, text, "REFUSED")
	assert.Contains(t, text, "flux build")
	draft, err := adopted.YAML()
	require.NoError(t, err)
	assert.Contains(t, string(draft), "instances: ${INSTANCES}", "the draft is what the user finishes")
}

func TestReportOfALossNamesIt(t *testing.T) {
	var text strings.Builder
	family := Family{Objects: parse(t, smallest), Source: "a.yaml"}
	adopted, err := Cluster(family.Objects...)
	require.NoError(t, err)
	Report(&text, family, adopted, Proof{Differences: []Difference{{Field: "spec.instances", Was: int64(3), Is: int64(1)}}})
	assert.Contains(t, text.String(), "NOT PROVEN: expanded again, the app does not say this\n    spec.instances: 3 -> 1\n")
	assert.False(t, Proof{Findings: diag.Findings{{Severity: diag.Error}}}.Holds())
}

// TestYAML writes the fields in the order of the reference, which begins with what runs and where it lives.
func TestYAML(t *testing.T) {
	adopted, err := Cluster(parse(t, smallest+"  instances: 2\n")...)
	require.NoError(t, err)
	text, err := adopted.YAML()
	require.NoError(t, err)
	assert.Equal(t, `apiVersion: postgresapp.dev/v1alpha1
kind: PostgresApp
metadata:
  name: shop
spec:
  imageName: ghcr.io/cloudnative-pg/postgresql:17.5
  clusterName: shop
  instances: 2
  database: app
  storage:
    size: 1Gi
  maxConnections: 100
  monitoring:
    type: None
`, string(text))
}

// FuzzAdopt gives whatever can be read as a manifest: an answer, or an error, and never a panic.
func FuzzAdopt(f *testing.F) {
	for _, test := range adoptions() {
		for _, object := range test.objects {
			f.Add(object)
		}
	}
	f.Add("apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: a}\nspec: {storage: {size: 1Gi}, managed: {roles: [1]}, plugins: [x], externalClusters: [y]}")
	f.Add("apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: {name: shop}\nspec: {podMetricsEndpoints: []}")
	f.Fuzz(func(t *testing.T, document string) {
		object, ok := fuzzed(document)
		if !ok {
			t.Skip("no object")
		}
		families, _ := Families([]Manifest{{Object: object}, {Object: parse(t, smallest)[0]}, {Object: parse(t, store)[0]}, {Object: parse(t, nightly)[0]}})
		for _, family := range families {
			adopted, err := Cluster(family.Objects...)
			if err != nil {
				continue
			}
			proof, err := Prove(family.Objects, adopted)
			if err == nil {
				Report(new(strings.Builder), family, adopted, proof)
			}
		}
	})
}
