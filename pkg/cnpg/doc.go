// Package cnpg holds what the CloudNativePG operator knows: its versions and which fields each of them has, what is deprecated, the schemas
// of its kinds, the plugin's, the Prometheus operator's and Flux's, the names, labels and ports of what it makes.
package cnpg

//go:generate go run ./internal/crdgen
