//go:build e2e

package guide

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/homelab-foundations/postgresapp/e2e/agreement"
)

// plans are the mistakes of the deployment plan that the rig can show, by their numbers in docs/deployment-plan.md: what the real
// programs make of them, and what comes out of a PostgresApp instead. The YAML says what the plan's says, as shortly as it can be said.
var plans = map[string]func(t *testing.T, s *scene){
	"1": func(t *testing.T, s *scene) {
		s.serverRefuses(t, planCluster("postgresql: {parameters: {shared_preload_libraries: pg_stat_statements}}"),
			`"pg_stat_statements": Can't set fixed configuration parameter`)
		s.buildRefuses(t, "postgresql: {parameters: {shared_preload_libraries: pg_stat_statements}}",
			"is set by CloudNativePG and cannot be changed: list libraries in postgresql.shared_preload_libraries")
		assert.Contains(t, s.build(t, `postgresql: {parameters: {pg_stat_statements.max: "5000"}}`), `pg_stat_statements.max: "5000"`)
	},
	"2": func(t *testing.T, s *scene) {
		s.serverRefuses(t, planCluster("monitoring: {enabled: true}"), ".spec.monitoring.enabled: field not declared in schema")
		s.buildRefuses(t, "monitoring: {enabled: true}", "spec.monitoring.enabled: Forbidden: unknown field")
	},
	"3": func(t *testing.T, s *scene) {
		monitor := `{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: cnpg-clusters, namespace: NS}, spec: {
			selector: {matchLabels: {cnpg.io/cluster: "LABEL"}}, endpoints: [{port: metrics}]}}`
		s.apply(t, planCluster(""))
		eventually(t, func(t *assert.CollectT) {
			for label, want := range map[string]string{
				"":         "selects no Service",
				"app-name": "selects Service app-name-", // right about the label, the operator's Services still have no such port
			} {
				found := s.disagreements(t, strings.ReplaceAll(strings.ReplaceAll(monitor, "NS", s.namespace), "LABEL", label))
				require.NotEmpty(t, found)
				assert.Contains(t, found[0], want)
			}
		})
		ours := s.build(t, "")
		assert.Contains(t, ours, "kind: ServiceMonitor")
		assert.Contains(t, ours, "clusterIP: None") // a Service of its own, with the port
	},
	"4": func(t *testing.T, s *scene) {
		// The chart's Service has the one port 443, webhook-server (templates/service.yaml of chart cloudnative-pg 0.29.0).
		for document := range strings.SplitSeq(s.platform(t), "\n---\n") {
			assert.NotContains(t, document, "kind: ServiceMonitor")
			if strings.Contains(document, "kind: PodMonitor\n") {
				assert.Contains(t, document, "port: metrics\n")
				assert.Contains(t, document, "matchLabels:\n      app.kubernetes.io/name: cloudnative-pg")
				return
			}
		}
		t.Error("nothing finds the operator's metrics")
	},
	"5": func(t *testing.T, s *scene) {
		s.applyWithWarnings(t, planCluster(planBackup))
		s.waitForInstance(t)
		var backups cnpgv1.BackupList
		require.NoError(t, cluster.Client.List(t.Context(), &backups, client.InNamespace(s.namespace)))
		assert.Empty(t, backups.Items, "what the plan calls automated backups takes none")
		assert.Contains(t, s.build(t, "backup: {bucket: b, credentials: {inheritFromIAMRole: true}}"), "kind: ScheduledBackup")
	},
	"6": func(t *testing.T, s *scene) {
		warnings := s.applyWithWarnings(t, planCluster(planBackup))
		assert.Contains(t, warnings, "removed in CloudNativePG 1.31.0")
		ours := s.build(t, "backup: {bucket: b, credentials: {inheritFromIAMRole: true}}")
		assert.Contains(t, ours, "kind: ObjectStore")
		assert.NotContains(t, ours, "barmanObjectStore:")
	},
	"7": func(t *testing.T, s *scene) {
		s.apply(t, "{apiVersion: v1, kind: ConfigMap, metadata: {name: cnpg-backup-config, namespace: cnpg-system}, data: {backup-config.yaml: 'backup: {retentionPolicy: 30d}'}}")
		s.apply(t, planCluster(""))
		s.waitForInstance(t)
		assert.Nil(t, s.planned(t).Spec.Backup, "nothing reads the ConfigMap")
	},
	"8": func(t *testing.T, s *scene) {
		s.serverRefuses(t, planCluster("backup: {barmanObjectStore: {destinationPath: s3://b, s3Credentials: {inheritFromIAMRole: true}, wal: {retention: 7d}, data: {retention: 30d}}}"),
			".spec.backup.barmanObjectStore.wal.retention: field not declared in schema")
		s.buildRefuses(t, "backup: {bucket: b, credentials: {inheritFromIAMRole: true}, wal: {retention: 7d}}", "are kept as long as backup.retention says")
		assert.Contains(t, s.build(t, "backup: {bucket: b, credentials: {inheritFromIAMRole: true}, retention: 14d}"), "retentionPolicy: 14d")
	},
	"9": func(t *testing.T, s *scene) {
		s.serverRefuses(t, planCluster("backup: {barmanObjectStore: {destinationPath: s3://b, s3Credentials: {accessKeyId: {name: minio-backup-credentials, namespace: cnpg-system, key: ID}, "+
			"secretAccessKey: {name: minio-backup-credentials, key: KEY}}}}"), "accessKeyId.namespace: field not declared in schema")
		// Each app brings its own, in its own namespace.
		for _, document := range strings.Split(s.build(t, "backup: {bucket: b, credentials: {accessKeyId: '${ID}', secretAccessKey: '${KEY}'}}"), "\n---\n") {
			assert.NotContains(t, document, "namespace:")
		}
	},
	"10": func(t *testing.T, s *scene) {
		s.apply(t, "{apiVersion: v1, kind: Secret, metadata: {name: minio-backup-credentials}, data: {ACCESS_KEY_ID: , SECRET_ACCESS_KEY: }}")
		var secret corev1.Secret
		require.NoError(t, cluster.Client.Get(t.Context(), client.ObjectKey{Namespace: s.namespace, Name: "minio-backup-credentials"}, &secret))
		assert.Empty(t, secret.Data["ACCESS_KEY_ID"], "it is accepted, and empty")
	},
	"11": func(t *testing.T, s *scene) {
		s.serverRefuses(t, "{apiVersion: helm.toolkit.fluxcd.io/v2beta1, kind: HelmRelease, metadata: {name: cloudnative-pg}, spec: {}}", `no matches for kind "HelmRelease"`)
		ours := s.platform(t)
		assert.Contains(t, ours, "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n")
		s.apply(t, ours)
	},
	"12": func(t *testing.T, s *scene) {
		s.serverRefuses(t, "{apiVersion: source.toolkit.fluxcd.io/v1beta2, kind: HelmRepository, metadata: {name: cnpg}, spec: {}}", `no matches for kind "HelmRepository"`)
		assert.Contains(t, s.platform(t), "apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\n")
	},
	"13": func(t *testing.T, s *scene) {
		s.buildRefuses(t, `operatorVersion: "1.24"`, "must be a supported version of the operator")
	},
	"14": func(t *testing.T, s *scene) {
		assert.Contains(t, s.platform(t), "version: \"0.29.0\"\n", "the chart of CloudNativePG 1.30.0, and no other")
	},
	"15": func(t *testing.T, s *scene) { assert.NotContains(t, s.platform(t), "webhook:") },
	"16": func(t *testing.T, s *scene) { assert.NotContains(t, s.platform(t), "    securityContext:") },
	"17": func(t *testing.T, s *scene) { assert.NotContains(t, s.platform(t), "createGrafanaDashboard") },
	"18": func(t *testing.T, s *scene) { assert.NotContains(t, s.platform(t), "MONITORING_ENABLED") },
	"19": func(t *testing.T, s *scene) {
		_, err := s.try(terminal, `kubectl create backup manual-backup --cluster=cluster-name -n "$NS"`)
		assert.ErrorContains(t, err, "Unexpected args: [backup manual-backup]")
	},
	"22": func(t *testing.T, s *scene) {
		s.write(t, "app.yaml", planApp("backup: {bucket: postgres-backups, credentials: {inheritFromIAMRole: true}}"))
		assert.Regexp(t, `archive +s3://postgres-backups/app-name/app-name-postgres `, s.shell(t, "postgresapp explain app.yaml"))
	},
	"25": func(t *testing.T, s *scene) {
		s.apply(t, planCluster(""))
		budget := client.ObjectKey{Namespace: s.namespace, Name: "app-name-primary"}
		eventually(t, func(t *assert.CollectT) {
			var pdb policyv1.PodDisruptionBudget
			require.NoError(t, cluster.Client.Get(context.Background(), budget, &pdb))
			assert.Equal(t, "1", pdb.Spec.MinAvailable.String(), "of one: no node can be drained")
		})
		s.apply(t, s.build(t, ""))
		eventually(t, func(t *assert.CollectT) {
			require.NoError(t, cluster.Client.Get(context.Background(), client.ObjectKey{Namespace: s.namespace, Name: "app-name-postgres-1"}, &corev1.Pod{}))
		})
		err := cluster.Client.Get(t.Context(), client.ObjectKey{Namespace: s.namespace, Name: "app-name-postgres-primary"}, &policyv1.PodDisruptionBudget{})
		assert.True(t, apierrors.IsNotFound(err), "%v", err)
	},
	"26": func(t *testing.T, s *scene) {
		s.apply(t, planCluster("resources: {requests: {memory: 500Mi, cpu: 250m}, limits: {memory: 500Mi, cpu: 500m}}"))
		assert.Equal(t, corev1.PodQOSBurstable, s.waitForInstance(t).Status.QOSClass)
		ours := s.build(t, "resources: {limits: {cpu: 500m, memory: 512Mi}, requests: {cpu: 500m}}")
		assert.Contains(t, ours, "requests:\n      cpu: 500m\n      memory: 512Mi\n", "the memory request follows the limit")
		s.apply(t, ours)
		eventually(t, func(t *assert.CollectT) {
			var pod corev1.Pod
			require.NoError(t, cluster.Client.Get(context.Background(), client.ObjectKey{Namespace: s.namespace, Name: "app-name-postgres-1"}, &pod))
			assert.Equal(t, corev1.PodQOSGuaranteed, pod.Status.QOSClass)
		})
	},
	"27": func(t *testing.T, s *scene) {
		s.apply(t, planCluster(""))
		assert.Contains(t, s.waitForInstance(t).Spec.Containers[0].Image, "-system-", "the operator's default, which moves with the operator")
		assert.Regexp(t, `imageName: ghcr.io/cloudnative-pg/postgresql:17\.\d+-standard-trixie\n`, s.build(t, ""))
		s.buildWarns(t, "imageName: ghcr.io/cloudnative-pg/postgresql:17", "moves on by itself")
	},
	"29": func(t *testing.T, s *scene) {
		assert.Contains(t, s.build(t, "backup: {bucket: b, endpointURL: 'https://minio:9000', endpointCA: {name: minio-ca, key: ca.crt}, credentials: {inheritFromIAMRole: true}}"),
			"endpointCA:\n      key: ca.crt\n      name: minio-ca\n")
	},
	"30": func(t *testing.T, s *scene) {
		// The Secret of the template does not exist: nobody says so, and the operator makes none either.
		s.apply(t, planCluster("bootstrap: {initdb: {database: app, owner: app, secret: {name: app-name-postgres-credentials}}}"))
		s.waitForInstance(t)
		err := cluster.Client.Get(t.Context(), client.ObjectKey{Namespace: s.namespace, Name: "app-name-app"}, &corev1.Secret{})
		assert.True(t, apierrors.IsNotFound(err), "%v", err)
		ours := s.build(t, "credentials: {password: '${PASSWORD}'}")
		for _, text := range []string{"type: kubernetes.io/basic-auth", "username: app_name", "uri: postgresql://app_name:${PASSWORD}@app-name-postgres-rw:5432/app_name"} {
			assert.Contains(t, ours, text)
		}
	},
	"34": func(t *testing.T, s *scene) {
		ours := s.build(t, "extensions: [pg_trgm]\n  databases: [{name: visibility}]\n  init: {job: {image: 'ghcr.io/acme/app:1'}}")
		for _, text := range []string{"kind: Database\n", "kind: Job\n"} {
			assert.Contains(t, ours, text)
		}
		s.apply(t, ours)
	},
	"35": func(t *testing.T, s *scene) {
		s.serverRefuses(t, "{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: APP_NAME-postgres}, spec: {instances: 1, storage: {size: 1Gi}}}",
			`metadata.name: Invalid value: "APP_NAME-postgres"`)
		s.write(t, "app.yaml", strings.Replace(planApp(""), "app-name", "APP_NAME", 1))
		_, err := s.try(terminal, "postgresapp build app.yaml")
		assert.ErrorContains(t, err, "did you mean app-name?")
	},
}

// TestPlan plays them.
func TestPlan(t *testing.T) {
	for number, play := range plans {
		t.Run(number, func(t *testing.T) {
			t.Parallel()
			play(t, newScene(t))
		})
	}
}

// planBackup is the backup section of the plan's template.
const planBackup = "backup: {retentionPolicy: 30d, barmanObjectStore: {destinationPath: 's3://postgres-backups/app-name', endpointURL: 'http://minio:9000', s3Credentials: {" +
	"accessKeyId: {name: minio-backup-credentials, key: ACCESS_KEY_ID}, secretAccessKey: {name: minio-backup-credentials, key: SECRET_ACCESS_KEY}}}}"

// planCluster is a Cluster app-name as the plan's template has it, as far as a mistake needs it: one instance and the given fields.
func planCluster(fields string) string {
	if fields != "" {
		fields = ", " + fields
	}
	return "{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: app-name}, spec: {instances: 1, storage: {size: 1Gi}" + fields + "}}"
}

// planApp is the same as a PostgresApp.
func planApp(fields string) string {
	if !strings.Contains(fields, "backup:") {
		fields += "\n  backup: {enabled: false}"
	}
	return fmt.Sprintf("apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresApp\nmetadata: {name: app-name}\nspec:\n  storage: {size: 1Gi}\n  %s\n", strings.TrimLeft(fields, "\n "))
}

func (s *scene) serverRefuses(t *testing.T, manifest, want string) {
	t.Helper()
	_, err := cluster.Apply(t.Context(), s.namespace, parse(t, manifest)...)
	assert.ErrorContains(t, err, want)
}

func (s *scene) build(t *testing.T, fields string) string {
	t.Helper()
	s.write(t, "app.yaml", planApp(fields))
	return s.shell(t, "postgresapp build app.yaml")
}

// platform is what a PostgresPlatform that says nothing becomes.
func (s *scene) platform(t *testing.T) string {
	t.Helper()
	s.write(t, "platform.yaml", "apiVersion: postgresapp.dev/v1alpha1\nkind: PostgresPlatform\nmetadata: {name: cnpg}\nspec: {}\n")
	return s.shell(t, "postgresapp build platform.yaml")
}

func (s *scene) buildRefuses(t *testing.T, fields, want string) {
	t.Helper()
	s.write(t, "app.yaml", planApp(fields))
	_, err := s.try(terminal, "postgresapp build app.yaml")
	assert.ErrorContains(t, err, want)
}

func (s *scene) buildWarns(t *testing.T, fields, want string) {
	t.Helper()
	s.write(t, "app.yaml", planApp(fields))
	assert.Contains(t, s.shell(t, "postgresapp build app.yaml 2>&1"), want)
}

func (s *scene) applyWithWarnings(t *testing.T, manifest string) string {
	t.Helper()
	warnings, err := cluster.Apply(t.Context(), s.namespace, parse(t, manifest)...)
	require.NoError(t, err)
	return fmt.Sprint(warnings)
}

// planned reads the Cluster app-name.
func (s *scene) planned(t *testing.T) cnpgv1.Cluster {
	t.Helper()
	var c cnpgv1.Cluster
	require.NoError(t, cluster.Client.Get(t.Context(), client.ObjectKey{Namespace: s.namespace, Name: "app-name"}, &c))
	return c
}

// waitForInstance waits until the operator has made the first instance of the Cluster app-name, and what it makes before.
func (s *scene) waitForInstance(t *testing.T) corev1.Pod {
	t.Helper()
	var pod corev1.Pod
	eventually(t, func(t *assert.CollectT) {
		require.NoError(t, cluster.Client.Get(context.Background(), client.ObjectKey{Namespace: s.namespace, Name: "app-name-1"}, &pod))
	})
	return pod
}

// disagreements compares a manifest with what exists.
func (s *scene) disagreements(t require.TestingT, manifest string) []string {
	var object map[string]any
	document, err := yamlToJSON(manifest)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(document, &object))
	world, err := agreement.Observe(context.Background(), cluster.Client, s.namespace)
	require.NoError(t, err)
	return agreement.Check(wrap(object), world)
}

// TestScheduleOfFiveFields proves what a ScheduledBackup with the schedule that everybody writes does: the operator takes it, with a
// warning, and reads the first field as the second. The plan has no schedule at all; this is what would have been written next.
func TestScheduleOfFiveFields(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.apply(t, planCluster("plugins: [{name: barman-cloud.cloudnative-pg.io}]"))
	s.waitForInstance(t)
	warnings := s.applyWithWarnings(t, "{apiVersion: postgresql.cnpg.io/v1, kind: ScheduledBackup, metadata: {name: nightly}, spec: {schedule: '0 2 * * *', immediate: true, "+
		"method: plugin, pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}, cluster: {name: app-name}}}")
	assert.Contains(t, warnings, "usually six arguments are needed")
	eventually(t, func(t *assert.CollectT) {
		var nightly cnpgv1.ScheduledBackup
		require.NoError(t, cluster.Client.Get(context.Background(), client.ObjectKey{Namespace: s.namespace, Name: "nightly"}, &nightly))
		require.NotNil(t, nightly.Status.NextScheduleTime)
		next := nightly.Status.NextScheduleTime.Time
		assert.LessOrEqual(t, time.Until(next), time.Hour, "in the next hour, not at two in the night")
		assert.Equal(t, 2, next.Minute())
	})
	assert.Contains(t, s.build(t, "backup: {bucket: b, schedule: '0 2 * * *', credentials: {inheritFromIAMRole: true}}"), "schedule: 0 0 2 * * *")
}
