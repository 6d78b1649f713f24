// Package expansion holds expanded repositories to the promise of the command: what Flux makes of them is what kustomize makes of the
// original with the function as a plugin. Every side is the real one: the kustomize program, and Flux's own build at its own versions.
package expansion
