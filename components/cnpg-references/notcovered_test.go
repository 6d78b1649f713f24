package cnpgreferences_test

// notCovered lists the fields that look like a reference and are left alone,
// with the reason. Patterns are "KIND PATH" or, for every kind, a path; ** in
// front stands for any beginning.
var notCovered = []struct {
	reason   string
	patterns []string
}{
	{"the name of a part of the object itself", []string{
		"**/env/name", "**/ports/name", "**/volumes/name", "**/volumeMounts/name", "**/volumeDevices/name",
		"**/fileKeyRef/volumeName", "**/resourceFieldRef/containerName", "**/resources/claims/name",
		"Pooler spec/template/spec/*ontainers/name", "Pooler spec/template/spec/resourceClaims/name",
		"**/httpHeaders/name", "**/dnsConfig/options/name", "**/sysctls/name", "**/schedulingGates/name",
		"Cluster spec/podSelectorRefs/name", "Cluster spec/externalClusters/name", "Cluster spec/tablespaces/name",
	}},
	{"the name of another entry of externalClusters in the same Cluster", []string{
		"Cluster spec/bootstrap/recovery/source", "Cluster spec/bootstrap/pg_basebackup/source",
		"Cluster spec/bootstrap/initdb/import/source/externalCluster",
		"Cluster spec/replica/self", "Cluster spec/replica/primary", "Cluster spec/replica/source",
		"Subscription spec/externalClusterName",
	}},
	{"a name inside PostgreSQL", []string{
		"Cluster spec/managed/roles/name", "Cluster spec/tablespaces/owner/name", "Cluster spec/postgresql/extensions/name",
		"Cluster spec/bootstrap/recovery/recoveryTarget/targetName",
		"Database spec/name", "Database spec/schemas/name", "Database spec/extensions/name", "Database spec/fdws/name",
		"Database spec/servers/name", "Database spec/*/options/name", "Database spec/*/usage/name",
		"DatabaseRole spec/name", "Publication spec/name", "Publication spec/dbname", "Publication spec/target/objects/table/name",
		"Subscription spec/name", "Subscription spec/dbname", "Subscription spec/publicationName", "Subscription spec/publicationDBName",
		"*ImageCatalog spec/images/extensions/name",
	}},
	{"the folder of an archive in the object store: a name that changed would start an empty archive, see README.md", []string{
		"**/barmanObjectStore/serverName", "ObjectStore spec/configuration/serverName",
	}},
	{"the name of a plugin, of a program or of something else outside of Kubernetes", []string{
		"**/plugin/name", "**/plugins/name", "**/pluginConfiguration/name", "**/signerName", "**/schedulerName", "**/tlsConfig/serverName",
		"**/runAsUserName", "**/gmsaCredentialSpecName", "**/loadBalancerClass", "**/externalName", "**/resizePolicy/resourceName",
		"**/resourceFieldRef/resource", "**/template/spec/hostname", "**/template/spec/os/name",
	}},
	{"one of a fixed set of words", []string{
		"ScheduledBackup spec/backupOwnerReference", "Cluster spec/backup/volumeSnapshot/snapshotOwnerReference",
	}},
	{"Barman Cloud takes the ObjectStore from the Cluster, not from a backup", []string{
		"Backup spec/pluginConfiguration/parameters/barmanObjectName", "ScheduledBackup spec/pluginConfiguration/parameters/barmanObjectName",
	}},
	{"the name of an object that the operator makes: nothing in the build has it", []string{
		"**/serviceTemplate/metadata/name", "Cluster spec/serviceAccountTemplate/metadata/name", "Pooler spec/template/metadata/name",
		"**/volumeClaimTemplate/metadata/name", "**/volumeClaimTemplate/metadata/generateName",
		"**/volumeClaimTemplate/metadata/ownerReferences/name", "**/volumeClaimTemplate/metadata/managedFields/subresource",
	}},
	{"the keys of a map, which a path of kustomize has to name one by one", []string{
		"Cluster spec/bootstrap/recovery/volumeSnapshots/tablespaceStorage/*/name",
		"Cluster spec/backup/volumeSnapshot/tablespaceClassName/*",
		"**/proxyConnectHeader/*/name",
	}},
	{"labels of namespaces, volumes and trust bundles, not of pods", []string{
		`**/namespaceSelector/matchLabels/cnpg.io\/*`, `**/pvcTemplate/selector/matchLabels/cnpg.io\/*`,
		`**/volumeClaimTemplate/spec/selector/matchLabels/cnpg.io\/*`, `**/clusterTrustBundle/labelSelector/matchLabels/cnpg.io\/*`,
	}},
	{"the operator selects the pods of its own Services", []string{
		`**/serviceTemplate/spec/selector/cnpg.io\/*`,
	}},
	{"belongs to the platform, not to an application; kustomize leaves it alone in a Deployment too", []string{
		"**/clusterTrustBundle/name", "**/volumeAttributesClassName", "**/volumeName", "**/nodeName", "**/runtimeClassName",
		"**/schedulingGroup/podGroupName", "**/resourceClaimName", "**/resourceClaimTemplateName", "*Monitor spec/scrapeClass",
	}},
	{"Kubernetes refuses ephemeral containers in a template", []string{
		"Pooler spec/template/spec/ephemeralContainers/image", "Pooler spec/template/spec/ephemeralContainers/targetContainerName",
		"Pooler spec/template/spec/ephemeralContainers/env/valueFrom/*/name", "Pooler spec/template/spec/ephemeralContainers/envFrom/*/name",
	}},
	{"volume drivers that Kubernetes has replaced by CSI", []string{
		"**/azureDisk/diskName", "**/azureFile/*", "**/cephfs/secretRef/name", "**/cinder/secretRef/name", "**/flexVolume/secretRef/name",
		"**/flocker/datasetName", "**/gcePersistentDisk/pdName", "**/iscsi/secretRef/name", "**/iscsi/initiatorName", "**/rbd/*",
		"**/rbd/secretRef/name", "**/scaleIO/secretRef/name", "**/storageos/secretRef/name", "**/vsphereVolume/storagePolicyName",
	}},
}
