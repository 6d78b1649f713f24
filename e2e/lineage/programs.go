package lineage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// pgbinEnv names the environment variable with the directory of PostgreSQL's programs.
const pgbinEnv = "PGBIN"

// debianPostgreSQL is where Debian's packages put the programs of each major version of PostgreSQL.
const debianPostgreSQL = "/usr/lib/postgresql/*/bin"

// Packages of Debian 12 with what the tests run.
const (
	postgresPackage = "postgresql-15"
	barmanPackage   = "barman-cli-cloud"
)

// s3Server is the program of the S3 server, pinned by the module in the directory s3.
const s3Server = "github.com/johannesboyne/gofakes3/cmd/gofakes3"

// Programs are the real ones that the tests run.
type Programs struct {
	// PGBin is the directory with PostgreSQL's own: initdb, postgres and psql.
	PGBin string

	// S3Server is the path of the S3 server.
	S3Server string
}

// FindPrograms finds PostgreSQL and Barman Cloud, and builds the S3 server below dir. The error names every program that
// is missing and the Debian package that has it.
func FindPrograms(ctx context.Context, dir string) (Programs, error) {
	pgbin, err := findPostgreSQL()
	errs := []error{err}
	for _, name := range []string{"barman-cloud-backup", "barman-cloud-backup-list", "barman-cloud-check-wal-archive", "barman-cloud-restore",
		"barman-cloud-wal-archive", "barman-cloud-wal-restore"} {
		if _, err := exec.LookPath(name); err != nil {
			errs = append(errs, fmt.Errorf("%w: it is part of Debian's package %s", err, barmanPackage))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return Programs{}, fmt.Errorf("programs are missing, and without them nothing is proven:\n%w\n"+
			"on Debian: apt-get install --no-install-recommends %s %s", err, postgresPackage, barmanPackage)
	}
	server := filepath.Join(dir, "s3")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", server, s3Server)
	build.Dir, build.Env = "s3", append(os.Environ(), "GOWORK=off")
	if output, err := build.CombinedOutput(); err != nil {
		return Programs{}, fmt.Errorf("build %s: %w\n%s", s3Server, err, output)
	}
	return Programs{PGBin: pgbin, S3Server: server}, nil
}

// findPostgreSQL returns the directory that the environment names, or else that of the newest version installed.
func findPostgreSQL() (string, error) {
	dirs, place := []string{os.Getenv(pgbinEnv)}, os.Getenv(pgbinEnv)
	if dirs[0] == "" {
		dirs, _ = filepath.Glob(debianPostgreSQL)
		place = debianPostgreSQL
	}
	slices.SortFunc(dirs, func(a, b string) int { return cmp.Compare(majorVersion(b), majorVersion(a)) })
	for _, dir := range dirs {
		if !slices.ContainsFunc([]string{"initdb", "postgres", "psql"}, func(name string) bool {
			info, err := os.Stat(filepath.Join(dir, name))
			return err != nil || info.Mode()&0o111 == 0
		}) {
			return dir, nil
		}
	}
	return "", fmt.Errorf("initdb, postgres and psql: not together in %s: they are part of Debian's package %s, "+
		"of which any version will do, and $%s names another place", place, postgresPackage, pgbinEnv)
}

// majorVersion reads the version from a directory such as /usr/lib/postgresql/15/bin; 0 if there is none.
func majorVersion(dir string) int {
	version, _ := strconv.Atoi(filepath.Base(strings.TrimSuffix(dir, "/bin")))
	return version
}
