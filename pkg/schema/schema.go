// Package schema holds the JSON Schema of the API, by which editors complete and check a PostgresApp while it is written. The build
// checks more; see pkg/strict and pkg/plan.
package schema

import _ "embed"

//go:generate go run ./internal/generate

//go:embed postgresapp.schema.json
var document []byte

// JSON is the schema (JSON Schema, draft 7) of the API's kinds. The caller must not change it.
func JSON() []byte { return document }
