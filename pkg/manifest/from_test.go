package manifest

import (
	"testing"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"

	"github.com/homelab-foundations/postgresapp/pkg/jsontype"
)

func meta(apiVersion, kind string) (metav1.TypeMeta, metav1.ObjectMeta) {
	return metav1.TypeMeta{APIVersion: apiVersion, Kind: kind}, metav1.ObjectMeta{Name: "shop"}
}

func cluster(spec cnpgv1.ClusterSpec) metav1.Object {
	t, o := meta("postgresql.cnpg.io/v1", "Cluster")
	return &cnpgv1.Cluster{TypeMeta: t, ObjectMeta: o, Spec: spec}
}

func database(spec cnpgv1.DatabaseSpec) metav1.Object {
	t, o := meta("postgresql.cnpg.io/v1", "Database")
	return &cnpgv1.Database{TypeMeta: t, ObjectMeta: o, Spec: spec}
}

func pooler(spec cnpgv1.PoolerSpec) metav1.Object {
	t, o := meta("postgresql.cnpg.io/v1", "Pooler")
	return &cnpgv1.Pooler{TypeMeta: t, ObjectMeta: o, Spec: spec}
}

func networkPolicy(spec networkingv1.NetworkPolicySpec) metav1.Object {
	t, o := meta("networking.k8s.io/v1", "NetworkPolicy")
	return &networkingv1.NetworkPolicy{TypeMeta: t, ObjectMeta: o, Spec: spec}
}

// TestFrom writes objects whose types hold what nobody said, and what somebody said although it looks empty.
func TestFrom(t *testing.T) {
	no, yes, zero := false, true, int32(0)
	job := func(spec batchv1.JobSpec) metav1.Object {
		t, o := meta("batch/v1", "Job")
		return &batchv1.Job{TypeMeta: t, ObjectMeta: o, Spec: spec}
	}
	podMonitor := func(spec monitoringv1.PodMonitorSpec) metav1.Object {
		t, o := meta("monitoring.coreos.com/v1", "PodMonitor")
		return &monitoringv1.PodMonitor{TypeMeta: t, ObjectMeta: o, Spec: spec}
	}
	serviceMonitor := func(spec monitoringv1.ServiceMonitorSpec) metav1.Object {
		t, o := meta("monitoring.coreos.com/v1", "ServiceMonitor")
		return &monitoringv1.ServiceMonitor{TypeMeta: t, ObjectMeta: o, Spec: spec}
	}
	service := func(spec corev1.ServiceSpec) metav1.Object {
		t, o := meta("v1", "Service")
		return &corev1.Service{TypeMeta: t, ObjectMeta: o, Spec: spec}
	}
	port := "metrics"
	tests := map[string]struct {
		object metav1.Object
		want   string // the spec
	}{
		"a Cluster that says nothing": {cluster(cnpgv1.ClusterSpec{}), "instances: 0\nstorage: {}\n"},
		"false where true is the default": {
			cluster(cnpgv1.ClusterSpec{
				Instances: 1, EnablePDB: &no, EnableSuperuserAccess: &no, StorageConfiguration: cnpgv1.StorageConfiguration{Size: "1Gi", ResizeInUseVolumes: &no},
				SmartShutdownTimeout: &zero,
			}),
			"instances: 1\nenablePDB: false\nenableSuperuserAccess: false\nsmartShutdownTimeout: 0\nstorage: {size: 1Gi, resizeInUseVolumes: false}\n",
		},
		"quantities as Kubernetes writes them": {
			cluster(cnpgv1.ClusterSpec{Instances: 1, Resources: corev1.ResourceRequirements{
				Limits: corev1.ResourceList{"memory": resource.MustParse("1024Mi"), "cpu": resource.MustParse("0.1")},
			}}),
			"instances: 1\nstorage: {}\nresources: {limits: {memory: 1Gi, cpu: 100m}}\n",
		},
		// CloudNativePG 1.27 does not know failoverQuorum.
		"failoverQuorum only where it is on": {
			cluster(cnpgv1.ClusterSpec{Instances: 3, PostgresConfiguration: cnpgv1.PostgresConfiguration{
				Synchronous: &cnpgv1.SynchronousReplicaConfiguration{Method: "any", Number: 1},
			}}),
			"instances: 3\nstorage: {}\npostgresql: {synchronous: {method: any, number: 1}}\n",
		},
		"failoverQuorum where it is on": {
			cluster(cnpgv1.ClusterSpec{Instances: 3, PostgresConfiguration: cnpgv1.PostgresConfiguration{
				Synchronous: &cnpgv1.SynchronousReplicaConfiguration{Method: "any", Number: 1, FailoverQuorum: true},
			}}),
			"instances: 3\nstorage: {}\npostgresql: {synchronous: {method: any, number: 1, failoverQuorum: true}}\n",
		},
		"a constraint on standbys": {
			cluster(cnpgv1.ClusterSpec{Instances: 3, PostgresConfiguration: cnpgv1.PostgresConfiguration{
				SyncReplicaElectionConstraint: cnpgv1.SyncReplicaElectionConstraints{Enabled: true, NodeLabelsAntiAffinity: []string{"zone"}},
			}}),
			"instances: 3\nstorage: {}\npostgresql: {syncReplicaElectionConstraint: {enabled: true, nodeLabelsAntiAffinity: [zone]}}\n",
		},
		"a snapshot's options": {
			cluster(cnpgv1.ClusterSpec{Instances: 1, Backup: &cnpgv1.BackupConfiguration{VolumeSnapshot: &cnpgv1.VolumeSnapshotConfiguration{
				ClassName: "csi", Online: &no,
			}}}),
			"instances: 1\nstorage: {}\nbackup: {volumeSnapshot: {className: csi, online: false}}\n",
		},
		"a snapshot's online options": {
			cluster(cnpgv1.ClusterSpec{Instances: 1, Backup: &cnpgv1.BackupConfiguration{VolumeSnapshot: &cnpgv1.VolumeSnapshotConfiguration{
				ClassName: "csi", OnlineConfiguration: cnpgv1.OnlineConfiguration{WaitForArchive: &no, ImmediateCheckpoint: &yes},
			}}}),
			"instances: 1\nstorage: {}\nbackup: {volumeSnapshot: {className: csi, onlineConfiguration: {waitForArchive: false, immediateCheckpoint: true}}}\n",
		},
		"tablespaces with an owner and without": {
			cluster(cnpgv1.ClusterSpec{Instances: 1, Tablespaces: []cnpgv1.TablespaceConfiguration{
				{Name: "a", Storage: cnpgv1.StorageConfiguration{Size: "1Gi"}},
				{Name: "b", Storage: cnpgv1.StorageConfiguration{Size: "1Gi"}, Owner: cnpgv1.DatabaseRoleRef{Name: "web"}, Temporary: true},
			}}),
			"instances: 1\nstorage: {}\ntablespaces: [{name: a, storage: {size: 1Gi}}, {name: b, storage: {size: 1Gi}, owner: {name: web}, temporary: true}]\n",
		},
		"a Service that says only its name": {
			cluster(cnpgv1.ClusterSpec{Instances: 1, Managed: &cnpgv1.ManagedConfiguration{Services: &cnpgv1.ManagedServices{Additional: []cnpgv1.ManagedService{
				{SelectorType: "rw", ServiceTemplate: cnpgv1.ServiceTemplateSpec{ObjectMeta: cnpgv1.Metadata{Name: "lb"}}},
				{SelectorType: "r", ServiceTemplate: cnpgv1.ServiceTemplateSpec{ObjectMeta: cnpgv1.Metadata{Name: "r"}, Spec: corev1.ServiceSpec{Type: "NodePort"}}},
			}}}}),
			`
instances: 1
storage: {}
managed:
  services:
    additional:
    - {selectorType: rw, serviceTemplate: {metadata: {name: lb}}}
    - {selectorType: r, serviceTemplate: {metadata: {name: r}, spec: {type: NodePort}}}
`,
		},
		"slots": {
			cluster(cnpgv1.ClusterSpec{Instances: 3, ReplicationSlots: &cnpgv1.ReplicationSlotsConfiguration{
				HighAvailability:    &cnpgv1.ReplicationSlotsHAConfiguration{Enabled: &no},
				SynchronizeReplicas: &cnpgv1.SynchronizeReplicasConfiguration{Enabled: &yes, ExcludePatterns: []string{"^a"}},
			}}),
			"instances: 3\nstorage: {}\nreplicationSlots: {highAvailability: {enabled: false}, synchronizeReplicas: {enabled: true, excludePatterns: [\"^a\"]}}\n",
		},
		"a replica cluster": {
			cluster(cnpgv1.ClusterSpec{Instances: 1, ReplicaCluster: &cnpgv1.ReplicaClusterConfiguration{Source: "a", Enabled: &no}}),
			"instances: 1\nstorage: {}\nreplica: {source: a, enabled: false}\n",
		},
		"extensions without an ensure, which must not be empty": {
			database(cnpgv1.DatabaseSpec{
				Name: "shop", Owner: "shop", ClusterRef: corev1.LocalObjectReference{Name: "shop"},
				Extensions: []cnpgv1.ExtensionSpec{{DatabaseObjectSpec: cnpgv1.DatabaseObjectSpec{Name: "vector"}}},
				Schemas:    []cnpgv1.SchemaSpec{{DatabaseObjectSpec: cnpgv1.DatabaseObjectSpec{Name: "old", Ensure: "absent"}}},
			}),
			"cluster: {name: shop}\nname: shop\nowner: shop\nextensions: [{name: vector}]\nschemas: [{name: old, ensure: absent}]\n",
		},
		"a Pooler without a template": {
			pooler(cnpgv1.PoolerSpec{Cluster: cnpgv1.LocalObjectReference{Name: "shop"}, Type: "rw", PgBouncer: &cnpgv1.PgBouncerSpec{PoolMode: "session", Paused: &no}}),
			"cluster: {name: shop}\ntype: rw\npgbouncer: {poolMode: session, paused: false}\n",
		},
		"a Pooler with templates": {
			pooler(cnpgv1.PoolerSpec{
				Cluster: cnpgv1.LocalObjectReference{Name: "shop"}, Type: "rw",
				Template:        &cnpgv1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{}}},
				ServiceTemplate: &cnpgv1.ServiceTemplateSpec{ObjectMeta: cnpgv1.Metadata{Labels: map[string]string{"a": "b"}}},
			}),
			"cluster: {name: shop}\ntype: rw\ntemplate: {spec: {containers: []}}\nserviceTemplate: {metadata: {labels: {a: b}}}\n",
		},
		"a Job": {
			job(batchv1.JobSpec{BackoffLimit: &zero, Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "init"}}}}}),
			"backoffLimit: 0\ntemplate: {spec: {containers: [{name: init}]}}\n",
		},
		// An empty selector of a NetworkPolicy means everything, a selector of a monitor nothing but its own namespace.
		"everybody may connect": {
			networkPolicy(networkingv1.NetworkPolicySpec{Ingress: []networkingv1.NetworkPolicyIngressRule{{From: []networkingv1.NetworkPolicyPeer{
				{NamespaceSelector: &metav1.LabelSelector{}}, {PodSelector: &metav1.LabelSelector{}},
			}}}}),
			"podSelector: {}\ningress: [{from: [{namespaceSelector: {}}, {podSelector: {}}]}]\n",
		},
		"monitors of their own namespace": {
			podMonitor(monitoringv1.PodMonitorSpec{PodMetricsEndpoints: []monitoringv1.PodMetricsEndpoint{{Port: &port}}}),
			"selector: {}\npodMetricsEndpoints: [{port: metrics}]\n",
		},
		"monitors of every namespace": {
			serviceMonitor(monitoringv1.ServiceMonitorSpec{NamespaceSelector: monitoringv1.NamespaceSelector{Any: true}, Endpoints: []monitoringv1.Endpoint{{Port: port}}}),
			"selector: {}\nnamespaceSelector: {any: true}\nendpoints: [{port: metrics}]\n",
		},
		"monitors by TLS": {
			serviceMonitor(monitoringv1.ServiceMonitorSpec{Endpoints: []monitoringv1.Endpoint{{Port: port, HTTPConfigWithProxyAndTLSFiles: tlsOf("ca")}}}),
			"selector: {}\nendpoints: [{port: metrics, tlsConfig: {ca: {secret: {name: ca, key: ca.crt}}}}]\n",
		},
		"a port by its name": {
			service(corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 9187, TargetPort: intstr.FromString("metrics")}, {Port: 1, TargetPort: intstr.FromInt32(2)}}}),
			"ports: [{port: 9187, targetPort: metrics}, {port: 1, targetPort: 2}]\n",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			object, err := From(test.object)
			require.NoError(t, err)
			assert.Equal(t, "shop", object.Name)
			assert.NotEmpty(t, object.Kind)
			assert.NotContains(t, object.Fields, "status")
			assert.Equal(t, map[string]any{"name": "shop"}, object.Fields["metadata"])
			assert.Equal(t, parse(t, test.want), object.Fields["spec"])
		})
	}
}

func TestFromErrors(t *testing.T) {
	for name, object := range map[string]metav1.Object{
		"no kind": &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "a"}},
		"no name": &corev1.Secret{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"}},
	} {
		_, err := From(object)
		assert.ErrorContains(t, err, "*v1.Secret", name)
	}
}

func tlsOf(secret string) monitoringv1.HTTPConfigWithProxyAndTLSFiles {
	var config monitoringv1.HTTPConfigWithProxyAndTLSFiles
	config.TLSConfig = &monitoringv1.TLSConfig{SafeTLSConfig: monitoringv1.SafeTLSConfig{CA: monitoringv1.SecretOrConfigMap{
		Secret: &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: secret}, Key: "ca.crt"},
	}}}
	return config
}

// parse reads what a test expects, whole numbers as int64.
func parse(t *testing.T, text string) map[string]any {
	t.Helper()
	asJSON, err := yaml.YAMLToJSONStrict([]byte(text))
	require.NoError(t, err, text)
	value, err := jsontype.Parse(asJSON)
	require.NoError(t, err, text)
	return value.(map[string]any)
}
