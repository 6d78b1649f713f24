package agreement

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// Check returns a sentence for everything that objects expect and world does not hold, in the order of the
// objects. Some of it the operator only makes after a while: repeat until nothing is left. Namespaced objects must
// have their namespace.
//
// What objects refer to by name and nobody here makes, such as a Secret that the user provides, is left alone.
func Check(objects []*unstructured.Unstructured, world World) []string {
	c := &checker{objects: objects, world: world}
	for _, object := range objects {
		c.object = object
		switch object.GetKind() {
		case "Cluster":
			check(c, (*checker).cluster)
		case "Service":
			check(c, (*checker).service)
		case "ServiceMonitor":
			check(c, (*checker).serviceMonitor)
		case "PodMonitor":
			check(c, (*checker).podMonitor)
		case "NetworkPolicy":
			check(c, (*checker).networkPolicy)
		case "ScheduledBackup":
			check(c, (*checker).scheduledBackup)
		case "Pooler":
			check(c, (*checker).pooler)
		case "Secret":
			c.connection("stringData")
		case "ExternalSecret":
			c.connection("spec", "target", "template", "data")
		case "Database":
			check(c, (*checker).database)
		case "DatabaseRole":
			check(c, (*checker).databaseRole)
		}
		c.keyReferences(object.Object, "")
	}
	return c.found
}

// checker collects what disagrees.
type checker struct {
	objects []*unstructured.Unstructured
	world   World
	object  *unstructured.Unstructured // the one under examination
	found   []string
}

// check runs a check on the object under examination as its type.
func check[T any](c *checker, run func(*checker, *T)) {
	typed := new(T)
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(c.object.Object, typed); err != nil {
		c.disagree("cannot be read: %v", err)
		return
	}
	run(c, typed)
}

func (c *checker) disagree(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf("%s %s/%s: ", c.object.GetKind(), c.object.GetNamespace(), c.object.GetName())+
		fmt.Sprintf(format, args...))
}

// has tells whether the objects hold one of this kind and name in the namespace of the object under examination.
func (c *checker) has(kind, name string) bool {
	return slices.ContainsFunc(c.objects, func(o *unstructured.Unstructured) bool {
		return o.GetKind() == kind && o.GetName() == name && o.GetNamespace() == c.object.GetNamespace()
	})
}

// clusterReference checks the name of a Cluster, unless it can only be somebody else's.
func (c *checker) clusterReference(name string) {
	ours := slices.ContainsFunc(c.objects, func(o *unstructured.Unstructured) bool {
		return o.GetKind() == "Cluster" && o.GetNamespace() == c.object.GetNamespace()
	})
	if ours && !c.has("Cluster", name) {
		c.disagree("its Cluster %s is not among those beside it", name)
	}
}

// applicationKeys are the keys of the Secret <cluster>-app in CloudNativePG 1.30 (pkg/specs/secrets.go).
var applicationKeys = []string{
	"dbname", "fqdn-jdbc-uri", "fqdn-uri", "host", "jdbc-uri", "password", "pgpass", "port", "uri", "user", "username",
}

func (c *checker) cluster(cluster *cnpgv1.Cluster) {
	live := c.world.cluster(cluster.Namespace, cluster.Name)
	if live == nil {
		c.disagree("does not exist")
		return
	}
	if !slices.ContainsFunc(c.world.Pods, func(p Pod) bool {
		return p.Namespace == cluster.Namespace && p.Labels[clusterLabel] == cluster.Name && p.role() == "instance"
	}) {
		c.disagree("it has no instance; its phase is %q %s", live.Status.Phase, live.Status.PhaseReason)
	}
	c.applicationSecret(live)
	c.budgets(cluster)
	if cluster.Spec.SuperuserSecret != nil {
		c.credentials(cluster.Spec.SuperuserSecret.Name, "postgres")
	}
	if cluster.Spec.Managed != nil {
		for _, role := range cluster.Spec.Managed.Roles {
			if role.PasswordSecret != nil {
				c.credentials(role.PasswordSecret.Name, role.Name)
			}
		}
	}
	for _, plugin := range cluster.Spec.Plugins {
		if store := plugin.Parameters["barmanObjectName"]; store != "" && !c.has("ObjectStore", store) {
			c.disagree("the ObjectStore %s of its plugin is not beside it", store)
		}
	}
}

// applicationSecret checks the Secret with the owner's password: the operator's where the manifest names none.
// The defaults that the admission webhook filled in decide, so it takes the Cluster as the server has it.
func (c *checker) applicationSecret(live *cnpgv1.Cluster) {
	database, owner, secret, ok := application(live)
	if !ok {
		return
	}
	if secret != "" {
		c.credentials(secret, owner)
		return
	}
	name := live.Name + "-app"
	made := c.world.secret(live.Namespace, name)
	if made == nil {
		c.disagree("the operator made no Secret %s", name)
		return
	}
	keys := slices.Sorted(maps.Keys(made.Data))
	if !slices.Equal(keys, applicationKeys) {
		c.disagree("Secret %s has the keys %v, not %v", name, keys, applicationKeys)
	}
	for key, want := range map[string]string{"username": owner, "dbname": database, "host": live.Name + "-rw"} {
		if got := string(made.Data[key]); got != want {
			c.disagree("Secret %s has %s %q, not %q", name, key, got, want)
		}
	}
}

// application returns the database that the bootstrap of a Cluster is for, and the Secret it names, if it names one.
func application(cluster *cnpgv1.Cluster) (database, owner, secret string, ok bool) {
	bootstrap := cluster.Spec.Bootstrap
	if bootstrap == nil || cluster.Spec.ReplicaCluster != nil {
		return "", "", "", false
	}
	var ref *cnpgv1.LocalObjectReference
	switch {
	case bootstrap.InitDB != nil:
		database, owner, ref = bootstrap.InitDB.Database, bootstrap.InitDB.Owner, bootstrap.InitDB.Secret
	case bootstrap.Recovery != nil:
		database, owner, ref = bootstrap.Recovery.Database, bootstrap.Recovery.Owner, bootstrap.Recovery.Secret
	case bootstrap.PgBaseBackup != nil:
		database, owner, ref = bootstrap.PgBaseBackup.Database, bootstrap.PgBaseBackup.Owner, bootstrap.PgBaseBackup.Secret
	}
	if ref != nil {
		secret = ref.Name
	}
	return database, owner, secret, database != "" && owner != ""
}

// credentials checks a Secret with a role's password. The instance manager refuses one for another user.
func (c *checker) credentials(name, role string) {
	secret := c.world.secret(c.object.GetNamespace(), name)
	if secret == nil {
		return
	}
	if secret.Type != corev1.SecretTypeBasicAuth {
		c.disagree("Secret %s is of type %s, not %s", name, secret.Type, corev1.SecretTypeBasicAuth)
	}
	if got := string(secret.Data["username"]); got != role {
		c.disagree("Secret %s is for user %q, not for %q", name, got, role)
	}
}

func (c *checker) scheduledBackup(scheduled *cnpgv1.ScheduledBackup) {
	c.clusterReference(scheduled.Spec.Cluster.Name)
	immediate := scheduled.Spec.Immediate != nil && *scheduled.Spec.Immediate
	suspended := scheduled.Spec.Suspend != nil && *scheduled.Spec.Suspend
	// The operator takes a first snapshot only of a healthy cluster (reconcileScheduledBackup in internal/controller, 1.30.0), which
	// needs a kubelet.
	if !immediate || suspended || scheduled.Spec.Method == cnpgv1.BackupMethodVolumeSnapshot {
		return
	}
	i := slices.IndexFunc(c.world.Backups, func(b cnpgv1.Backup) bool {
		return b.Namespace == scheduled.Namespace && b.Labels[scheduledBackupLabel] == scheduled.Name
	})
	if i < 0 {
		c.disagree("the operator made no immediate Backup")
		return
	}
	backup := c.world.Backups[i]
	if backup.Spec.Cluster.Name != scheduled.Spec.Cluster.Name || backup.Spec.Method != scheduled.Spec.Method {
		c.disagree("its Backup %s is of Cluster %s by method %s", backup.Name, backup.Spec.Cluster.Name, backup.Spec.Method)
	}
}

func (c *checker) pooler(pooler *cnpgv1.Pooler) {
	c.clusterReference(pooler.Spec.Cluster.Name)
	if !slices.ContainsFunc(c.world.Pods, func(p Pod) bool {
		return p.Namespace == pooler.Namespace && p.Labels[poolerNameLabel] == pooler.Name
	}) {
		c.disagree("the operator made no Deployment")
	}
}

func (c *checker) database(database *cnpgv1.Database) {
	c.clusterReference(database.Spec.ClusterRef.Name)
}

func (c *checker) databaseRole(role *cnpgv1.DatabaseRole) {
	c.clusterReference(role.Spec.ClusterRef.Name)
	if role.Spec.PasswordSecret != nil {
		c.credentials(role.Spec.PasswordSecret.Name, role.Spec.Name)
	}
}

// keyReferences checks the keys of Secrets and ConfigMaps that anything below value names, in the form
// {name: ..., key: ...} that all of Kubernetes and CloudNativePG share. field is where value stands.
func (c *checker) keyReferences(value any, field string) {
	switch value := value.(type) {
	case map[string]any:
		name, isName := value["name"].(string)
		key, isKey := value["key"].(string)
		if isName && isKey {
			c.keyReference(field, name, key)
		}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			c.keyReferences(value[name], name)
		}
	case []any:
		for _, element := range value {
			c.keyReferences(element, field)
		}
	}
}

func (c *checker) keyReference(field, name, key string) {
	namespace := c.object.GetNamespace()
	if strings.Contains(strings.ToLower(field), "configmap") {
		if configMap := c.world.configMap(namespace, name); configMap != nil {
			if _, ok := configMap.Data[key]; !ok {
				c.disagree("ConfigMap %s has no key %s", name, key)
			}
		}
		return
	}
	if secret := c.world.secret(namespace, name); secret != nil {
		if _, ok := secret.Data[key]; !ok {
			c.disagree("Secret %s has no key %s", name, key)
		}
	} else if c.operatorMakes(name) {
		c.disagree("the operator made no Secret %s", name)
	}
}

// operatorMakes tells whether a Secret has a name that the operator derives from a Cluster among the objects.
func (c *checker) operatorMakes(secret string) bool {
	i := strings.LastIndex(secret, "-")
	return i > 0 && c.has("Cluster", secret[:i]) &&
		slices.Contains([]string{"app", "ca", "replication", "server", "superuser"}, secret[i+1:])
}
