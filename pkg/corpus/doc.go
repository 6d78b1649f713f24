// Package corpus measures a PostgresApp against manifests that people really wrote. It serves tests alone.
//
// The manifests are not part of the repository, because they are other people's. The tests look for them in the directory that the
// variable POSTGRESAPP_CORPUS names, or beside the repository in ../shared/corpus: one directory for each repository, named owner+repo,
// with one object in each file. Where there are none the tests say so and are skipped.
package corpus
