//go:build e2e

package guide

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/homelab-foundations/postgresapp/e2e/rig"
)

const team = repository + "/examples/team-namespace"

// newTeam applies the example in a namespace of the test's own, without its database.
func newTeam(t *testing.T) *scene {
	t.Helper()
	s := newScene(t)
	for _, object := range parse(t, strings.ReplaceAll(readFile(t, team+"/expected.yaml"), "namespace: shop", "namespace: "+s.namespace)) {
		switch object.GetKind() {
		case "ClusterRole", "RoleBinding", "ServiceAccount":
			_, err := cluster.Apply(t.Context(), s.namespace, object)
			require.NoError(t, err)
		}
	}
	return s
}

// as returns a client with the rights of somebody else.
func as(t *testing.T, who rest.ImpersonationConfig) client.Client {
	t.Helper()
	config := rest.CopyConfig(cluster.Config)
	config.Impersonate = who
	c, err := client.New(config, client.Options{Scheme: cluster.Client.Scheme(), Mapper: cluster.Client.RESTMapper()})
	require.NoError(t, err)
	return c
}

// TestTeamMayApplyItsDatabases applies what every example becomes with the rights of a team, each in the team's namespace.
func TestTeamMayApplyItsDatabases(t *testing.T) {
	t.Parallel()
	s := newTeam(t)
	lead := as(t, rest.ImpersonationConfig{UserName: "ada", Groups: []string{"team-shop-leads", "system:authenticated"}})
	applied := map[string]int{}
	require.NoError(t, filepath.WalkDir(repository+"/examples", func(path string, entry fs.DirEntry, err error) error {
		// The team's own namespace is made by others, and so are applications.
		if err != nil || entry.Name() != "expected.yaml" || strings.Contains(path, "team-namespace") {
			return err
		}
		for _, object := range parse(t, readFile(t, path)) {
			if object.GetAnnotations()["postgresapp.dev/owner"] == "" || strings.HasPrefix(object.GetAnnotations()["postgresapp.dev/owner"], "PostgresPlatform/") {
				continue
			}
			variables, err := rig.Variables(object)
			require.NoError(t, err)
			values := map[string]string{}
			for _, name := range variables {
				values[name] = "example"
			}
			object, err := rig.Substitute(object, values)
			require.NoError(t, err)
			object.SetNamespace(s.namespace)
			// Two examples may have an app of one name; here only the right to apply counts.
			object.SetName(fmt.Sprintf("%s-%d", object.GetName()[:min(len(object.GetName()), 40)], len(applied)))
			err = lead.Patch(t.Context(), object, client.Apply, client.FieldOwner("team"), client.ForceOwnership, client.DryRunAll) //nolint:staticcheck
			assert.False(t, apierrors.IsForbidden(err), "%s: %v", path, err)
			applied[object.GetKind()]++
		}
		return nil
	}))
	// What expand lists, but for what no example has.
	for _, kind := range []string{"Cluster", "Database", "DatabaseRole", "Secret", "ExternalSecret", "ObjectStore", "ScheduledBackup", "Pooler", "Service",
		"ServiceMonitor", "PrometheusRule", "ConfigMap", "NetworkPolicy", "Job"} {
		assert.NotZero(t, applied[kind], "no example has a %s", kind)
	}
}

// TestTeamRights asks the API server what people of a team may do. The rights of the example are real RBAC; nothing else is bound to them.
func TestTeamRights(t *testing.T) {
	t.Parallel()
	s := newTeam(t)
	elsewhere := newScene(t).namespace
	who := map[string]rest.ImpersonationConfig{
		"lead":     {UserName: "ada", Groups: []string{"team-shop-leads", "system:authenticated"}},
		"member":   {UserName: "bob", Groups: []string{"team-shop", "system:authenticated"}},
		"stranger": {UserName: "eve", Groups: []string{"system:authenticated"}},
		"deployer": {UserName: "system:serviceaccount:" + s.namespace + ":deployer", Groups: []string{"system:serviceaccounts", "system:authenticated"}},
	}
	tests := []struct {
		who, verb, resource, namespace string
		want                           bool
	}{
		{"lead", "create", "clusters.postgresql.cnpg.io", s.namespace, true},
		{"lead", "delete", "clusters.postgresql.cnpg.io", s.namespace, true},
		{"lead", "create", "backups.postgresql.cnpg.io", s.namespace, true},
		{"lead", "patch", "objectstores.barmancloud.cnpg.io", s.namespace, true},
		{"lead", "get", "secrets", s.namespace, true},
		{"deployer", "patch", "clusters.postgresql.cnpg.io", s.namespace, true},
		{"deployer", "patch", "podmonitors.monitoring.coreos.com", s.namespace, true},
		{"deployer", "delete", "networkpolicies.networking.k8s.io", s.namespace, true},
		{"member", "get", "clusters.postgresql.cnpg.io", s.namespace, true},
		{"member", "get", "pods/log", s.namespace, true},

		{"lead", "create", "clusters.postgresql.cnpg.io", elsewhere, false},
		{"lead", "get", "secrets", elsewhere, false},
		{"lead", "update", "clusters.postgresql.cnpg.io/status", s.namespace, false},
		{"lead", "create", "clusterimagecatalogs.postgresql.cnpg.io", "", false},
		{"lead", "create", "deployments.apps", s.namespace, false},
		{"lead", "create", "pods/exec", s.namespace, false},
		{"lead", "create", "roles.rbac.authorization.k8s.io", s.namespace, false},
		{"lead", "create", "rolebindings.rbac.authorization.k8s.io", s.namespace, false},
		{"lead", "update", "resourcequotas", s.namespace, false},
		{"lead", "delete", "namespaces", "", false},
		{"lead", "delete", "persistentvolumeclaims", s.namespace, false},
		{"deployer", "create", "serviceaccounts", s.namespace, false},
		{"deployer", "create", "clusters.postgresql.cnpg.io", elsewhere, false},
		{"member", "get", "secrets", s.namespace, false},
		{"member", "patch", "clusters.postgresql.cnpg.io", s.namespace, false},
		{"member", "create", "backups.postgresql.cnpg.io", s.namespace, false},
		{"stranger", "get", "clusters.postgresql.cnpg.io", s.namespace, false},
	}
	for _, test := range tests {
		t.Run(strings.Join([]string{test.who, test.verb, test.resource}, " "), func(t *testing.T) {
			resource, group, _ := strings.Cut(test.resource, ".")
			name, subresource, nested := strings.Cut(test.resource, "/")
			if nested {
				resource, group, _ = strings.Cut(name, ".")
			}
			review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{
				ResourceAttributes: &authorizationv1.ResourceAttributes{
					Verb: test.verb, Group: group, Resource: resource, Subresource: subresource, Namespace: test.namespace,
				},
			}}
			require.NoError(t, as(t, who[test.who]).Create(t.Context(), review))
			assert.Equal(t, test.want, review.Status.Allowed, review.Status.Reason)
		})
	}
}

// TestFluxAppliesWithTheTeamsRights has the real kustomize-controller apply as the team's service account: the database goes through, and
// a Deployment beside it does not.
func TestFluxAppliesWithTheTeamsRights(t *testing.T) {
	t.Parallel()
	s := newTeam(t)
	s.apply(t, "{apiVersion: source.toolkit.fluxcd.io/v1, kind: ExternalArtifact, metadata: {name: shop}}")
	s.apply(t, "{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: {name: shop}, spec: {interval: 10m, retryInterval: 1s, path: ./, "+
		"prune: true, serviceAccountName: deployer, targetNamespace: "+s.namespace+", sourceRef: {kind: ExternalArtifact, name: shop}}}")
	database := readFile(t, repository+"/examples/quickstart/expected.yaml")
	database = strings.ReplaceAll(database, "${TEMPORAL_DB_PASSWORD}", "example")
	publish := func(revision string, files map[string]string) {
		stop, err := cluster.Publish(t.Context(), client.ObjectKey{Namespace: s.namespace, Name: "shop"}, revision, files)
		require.NoError(t, err)
		t.Cleanup(stop)
	}
	publish("main@sha1:1", map[string]string{"postgres.yaml": database})
	eventually(t, func(t *assert.CollectT) {
		assert.Contains(t, s.condition(t), "Applied revision: main@sha1:1")
	})
	s.shell(t, `kubectl get clusters.postgresql.cnpg.io temporal-postgres -n "$NS"`)

	publish("main@sha1:2", map[string]string{"postgres.yaml": database, "app.yaml": readFile(t, repository+"/examples/database-app/deployment.yaml")})
	eventually(t, func(t *assert.CollectT) {
		message := s.condition(t)
		assert.Contains(t, message, `cannot patch resource "deployments" in API group "apps"`)
		assert.Contains(t, message, "system:serviceaccount:"+s.namespace+":deployer")
	})
}

// condition returns what the Kustomization says about being ready.
func (s *scene) condition(t require.TestingT) string {
	return s.shell(t, `kubectl get kustomizations.kustomize.toolkit.fluxcd.io shop -n "$NS" -o jsonpath='{.status.conditions[?(@.type=="Ready")].message}'`)
}

// TestQuotaIsTheSum holds the example's quota against what its app asks for, computed from the manifests, and against the real quota
// controller: the operator's first pod and volumes fit, and the quota counts as the README does.
func TestQuotaIsTheSum(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	var instances int64
	var container, sidecar corev1.ResourceRequirements
	var quota corev1.ResourceQuota
	var storage, walStorage string
	objects := parse(t, strings.ReplaceAll(readFile(t, team+"/expected.yaml"), "namespace: shop", "namespace: "+s.namespace))
	for _, object := range objects {
		switch object.GetKind() {
		case "Cluster":
			instances = nested[int64](t, object.Object, "spec", "instances")
			container = resources(t, nested[map[string]any](t, object.Object, "spec", "resources"))
			storage = nested[string](t, object.Object, "spec", "storage", "size")
			walStorage = nested[string](t, object.Object, "spec", "walStorage", "size")
		case "ObjectStore":
			sidecar = resources(t, nested[map[string]any](t, object.Object, "spec", "instanceSidecarConfiguration", "resources"))
		case "ResourceQuota":
			convert(t, object.Object, &quota)
		}
	}
	total := func(quantities ...string) string { return sum(t, int(instances), quantities...) }
	memory := func(list corev1.ResourceList) string { return list.Memory().String() }
	want := map[corev1.ResourceName]string{
		"requests.cpu":                      total(container.Requests.Cpu().String(), sidecar.Requests.Cpu().String()),
		"requests.memory":                   total(memory(container.Requests), memory(sidecar.Requests)),
		"limits.memory":                     total(memory(container.Limits), memory(sidecar.Limits)),
		"requests.storage":                  total(storage, walStorage),
		"persistentvolumeclaims":            total("1", "1"),
		"count/clusters.postgresql.cnpg.io": "1",
	}
	require.Len(t, quota.Spec.Hard, len(want))
	for name, hard := range quota.Spec.Hard {
		assert.Equal(t, want[name], hard.String(), name)
	}
	readme := readFile(t, team+"/README.md")
	for _, name := range []corev1.ResourceName{"requests.cpu", "requests.memory", "limits.memory", "requests.storage", "persistentvolumeclaims"} {
		assert.Regexp(t, "(?m)^\\| `"+regexp.QuoteMeta(string(name))+"` .*\\| "+want[name]+" \\|$", readme)
	}

	for _, object := range objects {
		if object.GetKind() != "Namespace" {
			_, err := cluster.Apply(t.Context(), s.namespace, object)
			require.NoError(t, err)
		}
	}
	eventually(t, func(t *assert.CollectT) {
		var pod corev1.Pod
		require.NoError(t, cluster.Client.Get(context.Background(), client.ObjectKey{Namespace: s.namespace, Name: "orders-postgres-1"}, &pod))
		var counted corev1.ResourceQuota
		require.NoError(t, cluster.Client.Get(context.Background(), client.ObjectKey{Namespace: s.namespace, Name: "databases"}, &counted))
		used := func(name corev1.ResourceName) string { q := counted.Status.Used[name]; return q.String() }
		// The plugin adds its sidecar in a cluster; here it has none, so that PostgreSQL's container is all there is.
		assert.Equal(t, container.Requests.Cpu().String(), used("requests.cpu"))
		assert.Equal(t, memory(container.Requests), used("requests.memory"))
		assert.Equal(t, memory(container.Limits), used("limits.memory"))
		assert.Equal(t, "25Gi", used("requests.storage"))
		assert.Equal(t, "2", used("persistentvolumeclaims"))
		assert.Equal(t, "1", used("count/clusters.postgresql.cnpg.io"))
	})

	second := `{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: second}, spec: {instances: 1, storage: {size: 1Gi}}}`
	_, err := cluster.Apply(t.Context(), s.namespace, parse(t, second)...)
	assert.ErrorContains(t, err, "exceeded quota: databases")
}

// TestQuotaRefusesPodsWithoutRequests proves the README's warning, on the pod that the operator would make.
func TestQuotaRefusesPodsWithoutRequests(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.apply(t, "{apiVersion: v1, kind: ResourceQuota, metadata: {name: databases}, spec: {hard: {requests.memory: 8Gi}}}")
	eventually(t, func(t *assert.CollectT) {
		pod := &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: "migration"},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "init", Image: "example"}}},
		}
		assert.ErrorContains(t, cluster.Client.Create(context.Background(), pod), "must specify requests.memory")
	})
}

// TestRoleHasTheKindsOfTheExamples finds a kind that an app can become and the role forgot, and one that the role has for nothing.
func TestRoleHasTheKindsOfTheExamples(t *testing.T) {
	var resources []string
	for _, object := range parse(t, readFile(t, team+"/cluster-roles.yaml")) {
		if object.GetName() != "postgresapp-editor" {
			continue
		}
		for _, rule := range nested[[]any](t, object.Object, "rules") {
			rule := rule.(map[string]any)
			for _, resource := range rule["resources"].([]any) {
				resources = append(resources, fmt.Sprintf("%s/%s", rule["apiGroups"].([]any)[0], resource))
			}
		}
	}
	// pkg/expand's list of builders, in the API server's words, and the Backups that people take.
	assert.ElementsMatch(t, slices.Concat([]string{
		"postgresql.cnpg.io/clusters", "postgresql.cnpg.io/databases", "postgresql.cnpg.io/databaseroles", "/secrets", "external-secrets.io/externalsecrets",
		"barmancloud.cnpg.io/objectstores", "postgresql.cnpg.io/scheduledbackups", "postgresql.cnpg.io/poolers", "/services",
		"monitoring.coreos.com/servicemonitors", "monitoring.coreos.com/podmonitors", "monitoring.coreos.com/prometheusrules", "/configmaps",
		"networking.k8s.io/networkpolicies", "batch/jobs",
	}, []string{"postgresql.cnpg.io/backups"}), resources)
}
