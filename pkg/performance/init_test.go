package performance

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// prepared is what a package of this project may allocate before main begins, in bytes. The largest is a table of words; one regular
// expression more takes from 5,000 on.
const prepared = 14_000

// TestPackagesPrepareLittle starts the program and reads what each package allocated to initialise itself. kustomize starts the function
// for every app, and each start pays for what all commands prepare.
func TestPackagesPrepareLittle(t *testing.T) {
	program := filepath.Join(t.TempDir(), "postgresapp")
	output, err := exec.Command("go", "build", "-o", program, "../../fn").CombinedOutput()
	require.NoError(t, err, string(output))
	command := exec.Command(program, "version")
	command.Env = append(command.Environ(), "GODEBUG=inittrace=1")
	var trace strings.Builder
	command.Stderr = &trace
	require.NoError(t, command.Run())
	ours := 0
	for line := range strings.Lines(trace.String()) {
		// init PACKAGE @0.1 ms, 0.01 ms clock, 4440 bytes, 40 allocs
		words := strings.Fields(line)
		if len(words) < 11 || words[0] != "init" || !strings.HasPrefix(words[1], "github.com/homelab-foundations/postgresapp/") {
			continue
		}
		ours++
		bytes, err := strconv.Atoi(words[7])
		require.NoError(t, err, line)
		assert.LessOrEqual(t, bytes, prepared, "%s prepares too much: do it where it is needed, with sync.OnceValue", words[1])
	}
	assert.Positive(t, ours, "the trace names no package of this project:\n%s", trace.String())
}
