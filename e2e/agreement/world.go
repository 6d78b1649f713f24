// Package agreement compares a set of manifests with what runs because of them. The API server judges every object
// by itself; nobody there notices a monitor that selects nothing, a Service whose target port no container has, or
// a Secret key that the operator never writes. Check does.
package agreement

import (
	"context"
	"fmt"
	"slices"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// World is what exists in some namespaces.
type World struct {
	Clusters   []cnpgv1.Cluster
	Backups    []cnpgv1.Backup
	Services   []corev1.Service
	Secrets    []corev1.Secret
	ConfigMaps []corev1.ConfigMap
	Budgets    []policyv1.PodDisruptionBudget
	Pods       []Pod
}

// Pod is a pod, or the template of pods that would be there if something ran them.
type Pod struct {
	Origin    string // kind and name of what it was read from
	Namespace string
	Labels    map[string]string
	Ports     []corev1.ContainerPort
}

// Observe reads the namespaces.
func Observe(ctx context.Context, from client.Reader, namespaces ...string) (World, error) {
	var world World
	for _, namespace := range namespaces {
		var (
			clusters    cnpgv1.ClusterList
			backups     cnpgv1.BackupList
			services    corev1.ServiceList
			secrets     corev1.SecretList
			configMaps  corev1.ConfigMapList
			budgets     policyv1.PodDisruptionBudgetList
			pods        corev1.PodList
			jobs        batchv1.JobList
			deployments appsv1.DeploymentList
		)
		for _, list := range []client.ObjectList{
			&clusters, &backups, &services, &secrets, &configMaps, &budgets, &pods, &jobs, &deployments,
		} {
			if err := from.List(ctx, list, client.InNamespace(namespace)); err != nil {
				return World{}, fmt.Errorf("list in namespace %s: %w", namespace, err)
			}
		}
		world.Clusters = append(world.Clusters, clusters.Items...)
		world.Backups = append(world.Backups, backups.Items...)
		world.Services = append(world.Services, services.Items...)
		world.Secrets = append(world.Secrets, secrets.Items...)
		world.ConfigMaps = append(world.ConfigMaps, configMaps.Items...)
		world.Budgets = append(world.Budgets, budgets.Items...)
		for _, pod := range pods.Items {
			world.addPod("Pod "+pod.Name, namespace, pod.Labels, pod.Spec)
		}
		for _, job := range jobs.Items {
			world.addPod("Job "+job.Name, namespace, job.Spec.Template.Labels, job.Spec.Template.Spec)
		}
		for _, d := range deployments.Items {
			world.addPod("Deployment "+d.Name, namespace, d.Spec.Template.Labels, d.Spec.Template.Spec)
		}
	}
	return world, nil
}

func (w *World) addPod(origin, namespace string, podLabels map[string]string, spec corev1.PodSpec) {
	pod := Pod{Origin: origin, Namespace: namespace, Labels: podLabels}
	for _, container := range slices.Concat(spec.InitContainers, spec.Containers) {
		pod.Ports = append(pod.Ports, container.Ports...)
	}
	w.Pods = append(w.Pods, pod)
}

// pods returns the pods of a namespace that a selector selects. An empty namespace stands for all.
func (w World) pods(namespace string, selector labels.Selector) []Pod {
	var selected []Pod
	for _, pod := range w.Pods {
		if (namespace == "" || pod.Namespace == namespace) && selector.Matches(labels.Set(pod.Labels)) {
			selected = append(selected, pod)
		}
	}
	return selected
}

func (w World) secret(namespace, name string) *corev1.Secret {
	i := slices.IndexFunc(w.Secrets, func(s corev1.Secret) bool { return s.Namespace == namespace && s.Name == name })
	if i < 0 {
		return nil
	}
	return &w.Secrets[i]
}

func (w World) configMap(namespace, name string) *corev1.ConfigMap {
	i := slices.IndexFunc(w.ConfigMaps, func(c corev1.ConfigMap) bool {
		return c.Namespace == namespace && c.Name == name
	})
	if i < 0 {
		return nil
	}
	return &w.ConfigMaps[i]
}

func (w World) cluster(namespace, name string) *cnpgv1.Cluster {
	i := slices.IndexFunc(w.Clusters, func(c cnpgv1.Cluster) bool { return c.Namespace == namespace && c.Name == name })
	if i < 0 {
		return nil
	}
	return &w.Clusters[i]
}

// The labels by which CloudNativePG tells its pods apart. The pods of a Pooler carry the cluster's label too, and
// a port named metrics: only the role sets instances apart.
const (
	clusterLabel         = "cnpg.io/cluster"
	podRoleLabel         = "cnpg.io/podRole"
	jobRoleLabel         = "cnpg.io/jobRole"
	poolerNameLabel      = "cnpg.io/poolerName"
	scheduledBackupLabel = "cnpg.io/scheduled-backup"
)

// role returns what kind of pod it is: instance, pooler, job, or other.
func (p Pod) role() string {
	switch {
	case p.Labels[podRoleLabel] != "":
		return p.Labels[podRoleLabel]
	case p.Labels[jobRoleLabel] != "":
		return "job"
	default:
		return "other"
	}
}
