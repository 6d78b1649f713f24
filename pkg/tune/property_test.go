package tune_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/homelab-foundations/postgresapp/pkg/tune"
)

// machines draws machines from 256Mi to 256Gi, evenly over the orders of
// magnitude and not only at round sizes.
func machines(t *rapid.T) tune.Machine {
	size := func(name string, least, most int64) int64 {
		whole := rapid.Int64Range(0, 20).Draw(t, name+" doublings")
		base := min(least<<whole, most)
		return min(base+rapid.Int64Range(0, base).Draw(t, name), most)
	}
	m := tune.Machine{
		MemoryBytes: size("memory", 256*mi, 256*gi),
		MilliCPU:    rapid.SampledFrom([]int64{0, 100, 500, 1000, 2000, 3900, 4000, 8000, 16000, 32000, 64000, 128000}).Draw(t, "cpu"),
		DataBytes:   size("data", 512*mi, 16*ti),
		Workload:    rapid.SampledFrom(append(tune.Workloads(), "")).Draw(t, "workload"),
		Major:       rapid.SampledFrom([]int{0, 13, 14, 15, 16, 17, 18, 19}).Draw(t, "major"),
		Minor:       rapid.IntRange(-1, 12).Draw(t, "minor"),
	}
	if rapid.Bool().Draw(t, "has a WAL volume") {
		m.WALBytes = size("wal", 512*mi, 2*ti)
	}
	if rapid.Bool().Draw(t, "has a lower request") {
		m.MemoryRequestBytes = rapid.Int64Range(16*mi, m.MemoryBytes).Draw(t, "request")
	}
	if m.MemoryBytes >= gi {
		m.ShmBytes = rapid.Int64Range(0, m.MemoryBytes/8).Draw(t, "shm")
	}
	if rapid.Bool().Draw(t, "has huge pages") {
		m.HugePagesBytes = m.MemoryBytes // more than the shared memory, a quarter and a little
	}
	return m
}

// What is derived alone is always within budget.
func TestParametersAreWithinBudget(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := machines(t)
		p := params(m, nil)
		assert.Empty(t, tune.Budget(m, p), "%+v\n%v", m, p)
	})
}

// CloudNativePG's admission never refuses what is derived beside what the user
// sets, as long as the user's own values are possible.
func TestParametersAreAdmittedBesideTheUsers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := machines(t)
		m.DataBytes += 32 * gi // so that the WAL sizes below fit every volume
		m.WALBytes = 0
		set := map[string]string{}
		maybe := func(name string, least, most int, unit string) {
			if rapid.Bool().Draw(t, "sets "+name) {
				set[name] = fmt.Sprintf("%d%s", rapid.IntRange(least, most).Draw(t, name), unit)
			}
		}
		maybe("max_connections", 4, 1000, "")
		maybe("work_mem", 64, 1<<20, "kB")
		maybe("maintenance_work_mem", 1, 1<<10, "MB")
		maybe("max_parallel_workers", 0, 128, "")
		maybe("max_slot_wal_keep_size", 0, 1<<20, "MB")
		// The user sets one of the two: the other follows.
		if rapid.Bool().Draw(t, "max rather than min") {
			maybe("max_wal_size", 33, 16<<10, "MB")
		} else {
			maybe("min_wal_size", 32, 8<<10, "MB")
		}
		for _, f := range tune.Budget(m, params(m, set)) {
			assert.Equal(t, tune.Warning, f.Severity, "%s\n%+v\n%v", f.Message, m, set)
		}
	})
}

// Nothing is returned twice, nothing the user has set, nothing that repeats a
// default, and the same again for the same machine.
func TestParametersAreWellFormed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := machines(t)
		all := tune.Decisions(m, nil)
		set := map[string]string{all[0].Name: all[0].Value}
		assert.Equal(t, all, tune.Decisions(m, nil))
		// What the user sets to the derived value changes nothing else.
		assert.Equal(t, all[1:], tune.Decisions(m, set))
		assert.Len(t, set, 1)

		written := tune.Parameters(m, nil)
		seen := map[string]bool{}
		for _, s := range written {
			assert.False(t, seen[s.Name], s.Name)
			assert.False(t, s.Default, s.Name)
			seen[s.Name] = true
		}
		notDefault := slices.DeleteFunc(slices.Clone(all), func(s tune.Setting) bool { return s.Default })
		assert.Equal(t, notDefault, written)
	})
}

// No machine, however absurd, makes the package panic or derive a value that
// PostgreSQL cannot read.
func TestAbsurdMachines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		any64 := rapid.Int64()
		m := tune.Machine{
			MemoryBytes: any64.Draw(t, "memory"), MemoryRequestBytes: any64.Draw(t, "request"), HugePagesBytes: any64.Draw(t, "huge"),
			ShmBytes: any64.Draw(t, "shm"), MilliCPU: any64.Draw(t, "cpu"), DataBytes: any64.Draw(t, "data"), WALBytes: any64.Draw(t, "wal"),
			Workload: tune.Workload(rapid.String().Draw(t, "workload")), Major: rapid.Int().Draw(t, "major"), Minor: rapid.Int().Draw(t, "minor"),
		}
		set := rapid.MapOf(
			rapid.SampledFrom([]string{"shared_buffers", "work_mem", "max_connections", "max_wal_size", "min_wal_size", "hash_mem_multiplier", "huge_pages"}),
			rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"1GB", "-1", "0", "100", "9999999999999999999", "2TB"})),
		).Draw(t, "set")
		derived := map[string]string{}
		for _, s := range tune.Parameters(m, set) {
			derived[s.Name] = s.Value
		}
		for _, f := range tune.Budget(tune.Machine{Major: m.Major, Minor: m.Minor}, derived) {
			assert.NotContains(t, f.Message, "is not a", "%+v", m)
			assert.NotContains(t, f.Message, "out of range", "%+v", m)
		}
		tune.Budget(m, set)
	})
}
