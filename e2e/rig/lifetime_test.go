//go:build e2e

package rig

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// holderEnv makes the test binary hold a rig until its standard input ends.
const holderEnv = "POSTGRESAPP_E2E_HOLD"

func TestMain(m *testing.M) {
	if os.Getenv(holderEnv) != "" {
		if err := hold(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func hold() error {
	held, err := Start(context.Background(), Options{Flux: true, GarbageCollection: true, Progress: os.Stderr})
	if err != nil {
		return err
	}
	fmt.Println("ready")
	_, _ = os.Stdin.Read(make([]byte, 1))
	return held.Stop()
}

// TestNothingOutlivesTheRig proves that no program is left when a rig is stopped, nor when its process is killed
// and has no chance to stop it.
func TestNothingOutlivesTheRig(t *testing.T) {
	tests := map[string]func(t *testing.T, holder *exec.Cmd, closeInput func() error){
		"stopped": func(t *testing.T, holder *exec.Cmd, closeInput func() error) {
			require.NoError(t, closeInput())
			require.NoError(t, holder.Wait())
		},
		"killed": func(t *testing.T, holder *exec.Cmd, _ func() error) {
			require.NoError(t, holder.Process.Kill())
			assert.ErrorContains(t, holder.Wait(), "signal: killed")
		},
	}
	for name, end := range tests {
		t.Run(name, func(t *testing.T) {
			executable, err := os.Executable()
			require.NoError(t, err)
			temporary := t.TempDir()
			holder := exec.Command(executable)
			holder.Env = append(os.Environ(), holderEnv+"=1", "TMPDIR="+temporary)
			holder.Stderr = os.Stderr
			input, err := holder.StdinPipe()
			require.NoError(t, err)
			output, err := holder.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, holder.Start())
			line, err := bufio.NewReader(output).ReadString('\n')
			require.NoError(t, err)
			require.Equal(t, "ready\n", line)
			programs := children(t, holder.Process.Pid)
			require.ElementsMatch(t, []string{
				"etcd", "kube-apiserver", "cnpg-manager", "kustomize-controller", "kube-controller-manager",
			}, slices.Collect(maps.Values(programs)))

			end(t, holder, input.Close)
			require.EventuallyWithT(t, func(t *assert.CollectT) {
				for pid, program := range programs {
					assert.NotEqual(t, program, programOf(pid), "process %d", pid)
				}
			}, time.Minute, 50*time.Millisecond)
			if name == "stopped" {
				left, err := os.ReadDir(temporary)
				require.NoError(t, err)
				assert.Empty(t, left, "temporary files")
			}
		})
	}
}

// children returns the programs of a process's children by their process ids.
func children(t *testing.T, parent int) map[int]string {
	t.Helper()
	found := map[int]string{}
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", parent))
	require.NoError(t, err)
	require.NotEmpty(t, lists)
	for _, list := range lists {
		content, err := os.ReadFile(list)
		require.NoError(t, err)
		for _, field := range strings.Fields(string(content)) {
			pid, err := strconv.Atoi(field)
			require.NoError(t, err)
			found[pid] = programOf(pid)
		}
	}
	return found
}

// programOf returns the file name of what a process runs, or nothing if it does not run any more.
func programOf(pid int) string {
	path, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil {
		return ""
	}
	return filepath.Base(path)
}
