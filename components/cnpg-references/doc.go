// Package cnpgreferences is the home of the kustomize Component in this
// directory, which tells kustomize where CloudNativePG's resources name each
// other and everything else. There is no code in it: the tests hold the
// Component against the Go types of CloudNativePG and against kustomize itself.
package cnpgreferences
