// Package cnpg holds what the CloudNativePG operator knows: its versions and which fields each of them has, what is deprecated, the schemas
// of its kinds and of the plugin's and Prometheus operator's, the names, labels and ports of what it makes.
package cnpg

//go:generate go run ./internal/crdgen
