// Package extension tests the source extension in the whole loop, from a commit to the API server: a Git server, Flux's source-controller,
// the extension as a process of its own with the rights of its own service account, Flux's kustomize-controller, and CloudNativePG's
// admission.
package extension
