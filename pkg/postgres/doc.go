// Package postgres holds what PostgreSQL itself, and the container images it is
// published in for CloudNativePG, know: versions and image tags, identifiers,
// configuration parameters, pg_hba.conf lines, recovery targets and extensions.
//
// Everything here is a fact or a check of a fact. The package reads nothing
// (no files, no network, no clock) and builds nothing when the program starts.
package postgres
