// Package e2e tests what postgresapp makes against the real programs that will judge it: the API server, the
// admission webhooks and reconcilers of CloudNativePG, and Flux. See README.md.
package e2e
