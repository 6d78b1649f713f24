// Package alert builds the alerting rules that fit one PostgreSQL cluster: its number of instances, its role, the way it is backed
// up, its poolers. It is pure: the same Subject gives the same rules.
//
// # Scope
//
// Every expression reads one cluster only, by the names of its pods and volumes: CloudNativePG calls the instances <cluster>-<n>,
// their volumes <cluster>-<n>, <cluster>-<n>-wal and <cluster>-<n>-tbs-<tablespace>, and a pooler's pods
// <pooler>-<hash>-<five characters>. Prometheus anchors regular expressions at both ends, so that the pods of a cluster <cluster>-x
// and those of a pooler are not taken for instances. Unlike the label job, which is namespace/name for a PodMonitor and the Service's
// name for a ServiceMonitor, and unlike the label cluster, which many installations overwrite with the name of the Kubernetes cluster,
// the labels namespace and pod mean the same however the metrics are scraped.
//
// A build does not know in which namespace an app will end up, so no expression names one. Each is aggregated by namespace instead: two
// clusters of the same name in two namespaces raise alerts of their own, told apart by the label namespace. Both namespaces'
// rules see both clusters, and find the same; Alertmanager folds the two into one, since the labels of an alert depend
// on nothing but the series and the cluster's name. That is right as long as the two have the same shape. Where they do not,
// such as three instances in one namespace and one in the other, set Subject.Namespace, or give them different names.
//
// # Scraped twice
//
// Every expression aggregates by the labels that it needs and no others. A cluster that is scraped by a PodMonitor and a ServiceMonitor
// at the same time, as in a migration, neither counts double nor raises an alert twice.
//
// # Text
//
// Expressions and annotations hold no ${ and no $$, which Flux's variable substitution would replace; it leaves $value and
// $labels alone.
package alert
