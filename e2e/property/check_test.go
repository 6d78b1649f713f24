package property

import (
	"flag"
	"os"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Environment variables of a run: countEnv is how many apps each law is held over, seedEnv is where rapid begins. Without them the tests are
// the same each time.
const (
	countEnv = "POSTGRESAPP_PROPERTY_COUNT"
	seedEnv  = "POSTGRESAPP_PROPERTY_SEED"
)

// check holds a law over so many apps, or as many as countEnv says. A failure shows the smallest app that was found, and with -rapid.seed how
// to see it again.
func check(t *testing.T, count int, law func(*rapid.T)) {
	t.Helper()
	values := map[string]string{"rapid.checks": strconv.Itoa(count), "rapid.seed": "1", "rapid.nofailfile": "true"}
	if count := os.Getenv(countEnv); count != "" {
		values["rapid.checks"] = count
	}
	if seed := os.Getenv(seedEnv); seed != "" {
		values["rapid.seed"] = seed
	}
	given := flagsGiven()
	for name, value := range values {
		if !given[name] {
			require.NoError(t, flag.Set(name, value))
		}
	}
	rapid.Check(t, law)
}

// flagsGiven are the flags of the command line.
var flagsGiven = sync.OnceValue(func() map[string]bool {
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	return given
})
