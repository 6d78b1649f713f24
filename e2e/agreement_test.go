//go:build e2e

package e2e

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	batchv1 "k8s.io/api/batch/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/homelab-foundations/postgresapp/e2e/agreement"
	"github.com/homelab-foundations/postgresapp/e2e/rig"
)

// patience bounds the waiting for what the operator does within seconds on an idle machine.
const patience = 2 * time.Minute

// settle waits until the operator has made all that the objects count on, finishing the Jobs of its bootstraps as
// they appear, and returns what exists then.
func settle(t *testing.T, on *rig.Rig, objects []*unstructured.Unstructured, namespaces []string) agreement.World {
	t.Helper()
	var world agreement.World
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		for _, namespace := range namespaces {
			require.NoError(t, finishBootstraps(context.Background(), on, namespace))
		}
		var err error
		world, err = agreement.Observe(context.Background(), on.Client, namespaces...)
		require.NoError(t, err)
		assert.Empty(t, agreement.Check(objects, world))
	}, patience, 500*time.Millisecond)
	return world
}

// finishBootstraps finishes the Jobs by which the operator creates instances.
func finishBootstraps(ctx context.Context, on *rig.Rig, namespace string) error {
	var jobs batchv1.JobList
	err := on.Client.List(ctx, &jobs, client.InNamespace(namespace), client.HasLabels{"cnpg.io/jobRole"})
	if err != nil {
		return err
	}
	for i := range jobs.Items {
		if jobs.Items[i].Status.CompletionTime != nil {
			continue
		}
		// A Job that has changed in between is finished the next time.
		if err := on.FinishJob(ctx, &jobs.Items[i]); client.IgnoreNotFound(err) != nil && !apierrors.IsConflict(err) {
			return err
		}
	}
	return nil
}

// TestAgreement proves that the comparison with the operator's work sees what it is there to see: a complete
// application agrees, and each of the classic mistakes between documents does not.
func TestAgreement(t *testing.T) {
	content, err := os.ReadFile("testdata/app.yaml")
	require.NoError(t, err)
	app := string(content)
	namespace := newNamespace(t)
	objectsOf := func(t *testing.T, manifests string) []*unstructured.Unstructured {
		objects := substitute(t, parse(t, manifests))
		for _, object := range objects {
			object.SetNamespace(namespace)
		}
		return objects
	}
	warnings, err := cluster.Apply(t.Context(), namespace, objectsOf(t, app)...)
	require.NoError(t, err)
	require.Empty(t, warnings)
	world := settle(t, cluster, objectsOf(t, app), []string{namespace})

	// Each mistake changes the manifests from the first old on. What exists stays: Check compares the two.
	mistakes := map[string]struct {
		from     string // where in the manifests to look for old
		old, new string
		want     string
	}{
		"a metrics Service for another cluster": {
			from: "kind: Service\n", old: "cnpg.io/cluster: shop-postgres", new: "cnpg.io/cluster: shop",
			want: `Service NS/shop-postgres-metrics: "cnpg.io/cluster=shop,cnpg.io/podRole=instance" selects no pod`,
		},
		"a metrics Service that takes the poolers too": {
			from: "kind: Service\n", old: "    cnpg.io/podRole: instance\n", new: "",
			want: "Service NS/shop-postgres-metrics: selects pods of different kinds: ",
		},
		"a target port no container has": {
			from: "kind: Service\n", old: "targetPort: metrics", new: "targetPort: http-metrics",
			want: "Service NS/shop-postgres-metrics: none of the pods it selects has the port http-metrics",
		},
		"a monitor of the operator's Services": {
			from: "kind: ServiceMonitor", old: "matchLabels:\n      app.kubernetes.io/component: metrics\n" +
				"      app.kubernetes.io/name: shop\n", new: "matchLabels:\n      cnpg.io/cluster: shop-postgres\n",
			want: "ServiceMonitor NS/shop-postgres: selects Service shop-postgres-rw, which has no port metrics",
		},
		"a monitor with an empty cluster label": {
			from: "kind: ServiceMonitor", old: "app.kubernetes.io/name: shop", new: `cnpg.io/cluster: ""`,
			want: "ServiceMonitor NS/shop-postgres: selects no Service",
		},
		"a monitor of a pooler that is called otherwise": {
			from: "kind: PodMonitor", old: "cnpg.io/poolerName: shop-pooler", new: "cnpg.io/poolerName: pooler",
			want: `PodMonitor NS/shop-pooler: "cnpg.io/poolerName=pooler" selects no pod`,
		},
		"a network policy for a port nobody listens on": {
			from: "kind: NetworkPolicy", old: "port: 8000", new: "port: 8080",
			want: "NetworkPolicy NS/shop-postgres: none of the pods it selects has the port 8080",
		},
		"a network policy that protects nothing": {
			from: "kind: NetworkPolicy", old: "podRole: instance", new: "podRole: primary",
			want: `NetworkPolicy NS/shop-postgres: "cnpg.io/cluster=shop-postgres,cnpg.io/podRole=primary" selects no pod`,
		},
		"a network policy that lets no instance join": {
			from: "kind: NetworkPolicy", old: "              cnpg.io/cluster: shop-postgres\n", new: "              cnpg.io/cluster: shop\n",
			want: "NetworkPolicy NS/shop-postgres: does not let ",
		},
		"a network policy for another port": {
			from: "matchLabels:\n              cnpg.io/cluster", old: "port: 5432", new: "port: 8000",
			want: "NetworkPolicy NS/shop-postgres: does not let ",
		},
		"a host that nobody answers at": {
			from: "kind: Secret\n", old: "host: shop-postgres-ro", new: "host: shop-ro",
			want: "Secret NS/shop-reporting: no Service shop-ro answers at its host",
		},
		"a host in another namespace": {
			from: "kind: Secret\n", old: "host: shop-postgres-ro", new: "host: shop-postgres-ro.elsewhere",
			want: "Secret NS/shop-reporting: no Service shop-postgres-ro.elsewhere answers at its host",
		},
		"a port that its Service does not have": {
			from: "kind: Secret\n", old: `port: "5432"`, new: `port: "6432"`,
			want: "Secret NS/shop-reporting: Service shop-postgres-ro has no port 6432",
		},
		"a disruption budget that is not wanted": {
			old: "  instances: 2\n", new: "  instances: 2\n  enablePDB: false\n",
			want: "Cluster NS/shop-postgres: the operator made a PodDisruptionBudget, and none is wanted",
		},
		"a backup of another cluster": {
			from: "kind: ScheduledBackup", old: "cluster:\n    name: shop-postgres", new: "cluster:\n    name: shop",
			want: "ScheduledBackup NS/shop-postgres: its Cluster shop is not among those beside it",
		},
		"a backup the operator has not taken": {
			from: "kind: ScheduledBackup", old: "name: shop-postgres", new: "name: shop-nightly",
			want: "ScheduledBackup NS/shop-nightly: the operator made no immediate Backup",
		},
		"a pooler the operator has not made": {
			from: "kind: Pooler", old: "name: shop-pooler", new: "name: pooler",
			want: "Pooler NS/pooler: the operator made no Deployment",
		},
		"a database in another cluster": {
			from: "kind: Database", old: "name: shop-postgres", new: "name: shop",
			want: "Database NS/shop-events: its Cluster shop is not among those beside it",
		},
		"a plugin with another object store": {
			old: "barmanObjectName: shop-backup", new: "barmanObjectName: backup",
			want: "Cluster NS/shop-postgres: the ObjectStore backup of its plugin is not beside it",
		},
		"a cluster the operator has not made": {
			old: "name: shop-postgres", new: "name: shop",
			want: "Cluster NS/shop: does not exist",
		},
		"a role with another's credentials": {
			old: "- name: reporting", new: "- name: reports",
			want: `Cluster NS/shop-postgres: Secret shop-reporting is for user "reporting", not for "reports"`,
		},
		"a role with credentials of the wrong type": {
			old: "name: shop-reporting", new: "name: shop-backup",
			want: "Cluster NS/shop-postgres: Secret shop-backup is of type Opaque, not kubernetes.io/basic-auth",
		},
		"a credential under another key": {
			from: "kind: ObjectStore", old: "key: ACCESS_KEY_ID", new: "key: access-key-id",
			want: "ObjectStore NS/shop-backup: Secret shop-backup has no key access-key-id",
		},
		"a connection under a key the operator does not write": {
			from: "kind: Job", old: "key: host", new: "key: hostname",
			want: "Job NS/shop-migration: Secret shop-postgres-app has no key hostname",
		},
		"a connection the operator does not give": {
			from: "kind: Job", old: "name: shop-postgres-app", new: "name: shop-postgres-superuser",
			want: "Job NS/shop-migration: the operator made no Secret shop-postgres-superuser",
		},
		"a script under another key": {
			from: "kind: Job", old: "key: migrate.sql", new: "key: migrate",
			want: "Job NS/shop-migration: ConfigMap shop-migration has no key migrate",
		},
	}
	for name, mistake := range mistakes {
		t.Run(name, func(t *testing.T) {
			before, after, found := strings.Cut(app, mistake.from)
			require.True(t, found)
			require.Contains(t, after, mistake.old)
			wrong := before + mistake.from + strings.Replace(after, mistake.old, mistake.new, 1)
			want := strings.Replace(mistake.want, "NS", namespace, 1)
			disagreements := agreement.Check(objectsOf(t, wrong), world)
			assert.Condition(t, func() bool {
				return slices.ContainsFunc(disagreements, func(s string) bool { return strings.HasPrefix(s, want) })
			}, "%q is not said in %q", want, disagreements)
		})
	}
}
