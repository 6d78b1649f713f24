package property

// Variables are the values of the placeholders that apps are drawn with, as a Flux Kustomization would substitute them. Flux reads the
// result as YAML again, so that a number which is to stay text needs quotes of its own.
var Variables = map[string]string{
	"POSTGRES_IMAGE":     "ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie",
	"TOOL_IMAGE":         "registry.example.com/tool:1",
	"MIGRATE_IMAGE":      "registry.example.com/migrate:1",
	"SHARED_CLUSTER":     "postgres",
	"DB_SECRET":          "shop-db",
	"DATABASE":           "reports",
	"SECRET_VALUE":       "s3cret-value",
	"DB_PASSWORD":        "s3cret-password",
	"A":                  "a-part",
	"B":                  "b-part",
	"SCHEMA":             "app",
	"OLD_HOST":           "old.example.com",
	"OLD_BUCKET":         "old-backups",
	"BACKUP_BUCKET":      "backups",
	"BACKUP_DESTINATION": "s3://backups/shop",
	"ENVIRONMENT":        "east",
	"S3_ENDPOINT":        "https://s3.example.com",
	"POOL_SIZE":          `"10"`,
	"OPERATOR_NAMESPACE": "cnpg-system",
	"STORAGE_SIZE":       "200Ti",
	"PROXY":              "http://proxy.example.com:3128",
	"STATEMENT_TIMEOUT":  "30s",
	"HOSTNAME":           "host",
	"VAR":                "value",
	"X":                  "x",
}
