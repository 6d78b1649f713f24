package property

import "maps"

func init() { maps.Copy(values, kubernetesValues) }

// kubernetesValues are values of the types that come from Kubernetes and the Prometheus operator.
var kubernetesValues = map[string]func(*drawer) any{
	// quantities and times
	"Quantity":    among[any]("1Gi", "512Mi", "250m", "2", 1, "1.5Gi"),
	"Duration":    among("30s", "5m", "1h30m", "0s"),
	"Time":        among("2026-11-20T08:00:00Z", "2027-01-01T00:00:00+01:00"),
	"IntOrString": among[any](8080, "http", "25%", 1),
	"FieldsV1":    func(*drawer) any { return map[string]any{} },

	"spec.storage.size":                 among("10Gi", "1Gi", "500Gi", "2Ti", "256Mi", "${STORAGE_SIZE}"),
	"spec.walStorage.size":              among("2Gi", "20Gi", "${STORAGE_SIZE}", "512Mi"),
	"spec.tablespaces[].storage.size":   among("5Gi", "100Gi"),
	"StorageConfiguration.storageClass": among("longhorn", "fast.example.com", ""),
	"PersistentVolumeAccessMode":        among("ReadWriteOnce", "ReadWriteOncePod"),
	"PersistentVolumeMode":              among("Filesystem", "Block"),

	// what runs
	"ResourceRequirements.requests{key}":       resourceName,
	"ResourceRequirements.limits{key}":         resourceName,
	"VolumeResourceRequirements.requests{key}": among("storage"),
	"VolumeResourceRequirements.limits{key}":   among("storage"),
	"PodSpec.overhead{key}":                    among("cpu", "memory"),
	"EnvVar.name":                              among("TZ", "HTTP_PROXY", "LOG_LEVEL", "MY_VAR_2", "A.B", "GODEBUG"),
	"EnvVar.value":                             among("UTC", "$(TZ)", "${PROXY}", "1", "true", "a$$b", "\"quoted\""),
	"EnvFromSource.prefix":                     among("APP_", "x."),
	"ObjectFieldSelector.fieldPath":            among("metadata.name", "metadata.namespace", "status.podIP", "metadata.labels['app']"),
	"ObjectFieldSelector.apiVersion":           among("v1"),
	"ResourceFieldSelector.resource":           among("limits.memory", "requests.cpu"),
	"ResourceFieldSelector.divisor":            among("1", "1Mi"),
	"FileKeySelector.path":                     among("env/file"),
	"PullPolicy":                               among("IfNotPresent", "Always", "Never"),
	"RestartPolicy":                            among("Always"),
	"Protocol":                                 among("TCP", "UDP"),
	"URIScheme":                                among("HTTP", "HTTPS"),
	"DNSPolicy":                                among("ClusterFirst", "Default"),
	"Capability":                               among("NET_BIND_SERVICE", "ALL"),
	"SeccompProfile.type":                      among("RuntimeDefault", "Unconfined", "Localhost"),
	"ContainerPort.containerPort":              among(6432, 9127),
	"HostAlias.ip":                             among("10.0.0.7", "10.0.0.8"),
	"VolumeMount.mountPath":                    among("/var/lib/x", "/tmp/y"),
	"VolumeDevice.devicePath":                  among("/dev/xvda", "/dev/xvdb"),

	// where it runs
	"TolerationOperator":                   among("Equal", "Exists"),
	"TaintEffect":                          among("NoSchedule", "PreferNoSchedule", "NoExecute"),
	"NodeSelectorOperator":                 among("In", "NotIn", "Exists", "Gt"),
	"LabelSelectorOperator":                among("In", "NotIn", "Exists", "DoesNotExist"),
	"UnsatisfiableConstraintAction":        among("ScheduleAnyway", "DoNotSchedule"),
	"TopologySpreadConstraint.topologyKey": among("topology.kubernetes.io/zone", "kubernetes.io/hostname"),
	"AffinityConfiguration.topologyKey":    among("kubernetes.io/hostname"),
	"PodAffinityTerm.topologyKey":          among("kubernetes.io/hostname"),

	// services
	"ServiceType":                       among("ClusterIP", "LoadBalancer", "NodePort"),
	"ServiceSpec.clusterIP":             among("None", "10.0.0.50"),
	"ServiceSpec.externalTrafficPolicy": among("Local", "Cluster"),
	"ServicePort.port":                  among(5432, 6432),
	"ServicePort.nodePort":              among(30432, 31000),
	"IPFamily":                          among("IPv4", "IPv6"),
}

// resourceName is a resource of a container, its huge pages included.
var resourceName = among("memory", "cpu", "ephemeral-storage", "hugepages-2Mi")
