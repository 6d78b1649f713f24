package tune_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/tune"
)

// finding is what a test expects of one finding: severity, its first parameter,
// and parts of the message that carry the numbers and the remedy.
type finding struct {
	severity  tune.Severity
	parameter string
	says      []string
}

func assertFindings(t *testing.T, want []finding, got []tune.Finding) {
	t.Helper()
	require.Len(t, got, len(want), "%v", got)
	for i, w := range want {
		assert.Equal(t, w.severity, got[i].Severity)
		require.NotEmpty(t, got[i].Parameters)
		assert.Equal(t, w.parameter, got[i].Parameters[0])
		assert.NotContains(t, got[i].Message, "%!")
		for _, s := range w.says {
			assert.Contains(t, got[i].Message, s)
		}
	}
}

// Sums in MB, with the names of TestParametersBySize; each connection and worker
// counts backend + work_mem x hash_mem_multiplier.
func TestBudgetOfMemory(t *testing.T) {
	tests := map[string]struct {
		machine tune.Machine
		params  map[string]string
		want    []finding
	}{
		// A hand-written setup of a homelab. W=2, backend = 2+128/512 = 2.25
		// shared = 128+4+4+8+6.25 = 150.25
		// 100 x (2.25+4) = 625, 2 x (2.25+4) = 12.5, 3 x 64 = 192, 64, 48
		// 150.25+625+12.5+192+64+48 = 1091.75
		// No number of connections fits: 1091.75-500 = 591.75, /6.25 = 94.7, 5 would be left.
		"more than twice the limit": {
			machine: tune.Machine{MemoryBytes: 500 * mi, MilliCPU: 500},
			params: map[string]string{
				"max_connections": "100", "shared_buffers": "128MB", "work_mem": "2MB", "maintenance_work_mem": "64MB",
			},
			want: []finding{{tune.Warning, "max_connections", []string{
				"1092MB of the 500Mi memory limit", "shared memory 151MB", "100 connections with a hash table of 4MB each 625MB",
				"2 parallel workers and /dev/shm 13MB", "3 autovacuum workers 192MB", "one maintenance command 64MB", "instance manager 48MB",
				"raise the memory limit to at least 1152Mi", "remove these parameters",
			}}},
		},
		// W=8, S=512: shared = 512+16+16+8+18.75 = 570.75, backend = 3
		// 300 x (3+128) = 39300, 8 x 131 = 1048, 3 x 64 + 64, 48
		// 570.75+39300+1048+192+64+48 = 41222.75 -> 40.25Gi is 41216, next 64 is 41280
		"work_mem 64MB for 300 connections in 2Gi": {
			machine: tune.Machine{MemoryBytes: 2 * gi},
			params:  map[string]string{"max_connections": "300", "shared_buffers": "512MB", "work_mem": "64MB"},
			want: []finding{{tune.Warning, "max_connections", []string{
				"41223MB of the 2Gi memory limit", "raise the memory limit to at least 41280Mi",
				// 2048-570.75-308x3-192-64-48 = 249.25; /308/2 = 0.405MB = 414kB -> 384
				"lower work_mem to 384kB",
			}}},
		},
		// W=2, S=1024: shared = 1024+32+16+8+25 = 1105, backend = 4
		// 400 x (4+8) = 4800, 2 x 12 = 24, 192+64+48 -> 6233
		// 6233-4096 = 2137, /12 = 178.1 -> 179 fewer: 221
		// 4096-1105-402x4-304 = 1079; /402/2 = 1.34MB -> 1.25
		"connections that can be lowered": {
			machine: tune.Machine{MemoryBytes: 4 * gi, MilliCPU: 2000},
			params:  map[string]string{"max_connections": "400", "shared_buffers": "1GB"},
			want: []finding{{tune.Warning, "max_connections", []string{
				"6233MB of the 4Gi memory limit", "at least 6272Mi", "lower max_connections to 221", "lower work_mem to 1280kB",
			}}},
		},
		"the same in 8Gi": {
			machine: tune.Machine{MemoryBytes: 8 * gi, MilliCPU: 2000},
			params:  map[string]string{"max_connections": "400", "shared_buffers": "1GB"},
		},
		// PostgreSQL 14 multiplies by 1: 1105+400x(4+4)+2x8+304 = 4625
		"before PostgreSQL 15": {
			machine: tune.Machine{MemoryBytes: 4 * gi, MilliCPU: 2000, Major: 14},
			params:  map[string]string{"max_connections": "400", "shared_buffers": "1GB"},
			want:    []finding{{tune.Warning, "max_connections", []string{"4625MB"}}},
		},
		// 1105+402x4+304 = 3017 without queries; with 4.0: 3017+402x16 = 9449
		"hash_mem_multiplier": {
			machine: tune.Machine{MemoryBytes: 8 * gi, MilliCPU: 2000},
			params:  map[string]string{"max_connections": "400", "shared_buffers": "1GB", "hash_mem_multiplier": "4.0"},
			want:    []finding{{tune.Warning, "max_connections", []string{"9449MB", "hash table of 16MB"}}},
		},
		// shared = 256+8+8+8+1.56 = 281.56; 25 x (2.5+8) = 262.5; 2 x 2.5 + 512;
		// 3 x 32 + 64 + 48 -> 1269.06
		"/dev/shm counts": {
			machine: tune.Machine{MemoryBytes: gi, ShmBytes: 512 * mi, MilliCPU: 1000},
			params:  map[string]string{"max_connections": "25", "shared_buffers": "256MB", "autovacuum_work_mem": "32MB"},
			want:    []finding{{tune.Warning, "max_connections", []string{"1270MB of the 1Gi", "2 parallel workers and /dev/shm 517MB"}}},
		},
		// 281.56+262.5+3x130+64+48 = 1046.06
		"no parallel query, no workers": {
			machine: tune.Machine{MemoryBytes: gi, MilliCPU: 1000},
			params: map[string]string{
				"max_connections": "25", "shared_buffers": "256MB", "autovacuum_work_mem": "130MB", "max_parallel_workers_per_gather": "0",
			},
			want: []finding{{tune.Warning, "max_connections", []string{"1047MB", "0 parallel workers and /dev/shm 0MB"}}},
		},
		"shared_buffers above the limit": {
			machine: tune.Machine{MemoryBytes: 512 * mi},
			params:  map[string]string{"shared_buffers": "1GB"},
			want:    []finding{{tune.Error, "shared_buffers", []string{"1GB", "memory limit of 512Mi", "set it to 128MB"}}},
		},
		"shared_buffers above the request": {
			machine: tune.Machine{MemoryBytes: 8 * gi, MemoryRequestBytes: 256 * mi},
			params:  map[string]string{"shared_buffers": "512MB", "max_connections": "20"},
			want:    []finding{{tune.Error, "shared_buffers", []string{"memory request of 256Mi", "set it to 256MB", "raise the request"}}},
		},
		"the default shared_buffers above the limit": {
			machine: tune.Machine{MemoryBytes: 64 * mi},
			want:    []finding{{tune.Error, "shared_buffers", []string{"128MB", "memory limit of 64Mi", "set it to 16MB"}}},
		},
		"the default shared_buffers above the request": {
			machine: tune.Machine{MemoryBytes: 8 * gi, MemoryRequestBytes: 64 * mi},
			want:    nil, // CloudNativePG compares only what the manifest sets
		},
		"shared_buffers in huge pages": {
			machine: tune.Machine{MemoryBytes: 2 * gi, HugePagesBytes: 5 * gi},
			params:  map[string]string{"shared_buffers": "4GB", "max_connections": "25"},
		},
		"a number without a unit": {
			machine: tune.Machine{MemoryBytes: gi},
			params:  map[string]string{"shared_buffers": "256", "max_connections": "20"}, // 256 x 8kB = 2MB
			want:    []finding{{tune.Warning, "shared_buffers", []string{`"256" has no unit`, "2MB in all", `write "2MB"`}}},
		},
		"a number without a unit that is refused": {
			machine: tune.Machine{MemoryBytes: gi},
			params:  map[string]string{"shared_buffers": "16384", "max_connections": "20"}, // 128MB, read as 16384MB
			want:    []finding{{tune.Error, "shared_buffers", []string{"128MB in all", "refuses it for a memory request of 1Gi"}}},
		},
		"unknown memory": {
			params: map[string]string{"shared_buffers": "1TB", "max_connections": "10000"},
		},
		"a sum beyond all machines": {
			machine: tune.Machine{MemoryBytes: gi},
			params: map[string]string{
				"shared_buffers": "256MB", "max_connections": "262143", "work_mem": "1TB", "hash_mem_multiplier": "1000",
			},
			want: []finding{{tune.Warning, "max_connections", []string{"1Gi memory limit"}}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.machine.Major == 0 {
				test.machine.Major = 17
			}
			test.machine.Minor = -1
			assertFindings(t, test.want, tune.Budget(test.machine, test.params))
		})
	}
}

func TestBudgetOfHugePages(t *testing.T) {
	tests := map[string]struct {
		huge   int64
		params map[string]string
		want   []finding
	}{
		"not requested, default": {0, nil, nil},
		"not requested, off":     {0, map[string]string{"huge_pages": "off"}, nil},
		"not requested, on":      {0, map[string]string{"huge_pages": "on"}, []finding{{tune.Warning, "huge_pages", []string{"is on", "hugepages-2Mi"}}}},
		"requested, try":         {gi, map[string]string{"huge_pages": "try"}, nil},
		"requested, on":          {gi, map[string]string{"huge_pages": "on"}, nil},
		"requested, off":         {gi, map[string]string{"huge_pages": "OFF"}, []finding{{tune.Warning, "huge_pages", []string{"1Gi", "stay unused", "is OFF"}}}},
		"requested, spelled no":  {gi, map[string]string{"huge_pages": "no"}, []finding{{tune.Warning, "huge_pages", []string{"is no;"}}}},
		"requested, not enough":  {128 * mi, nil, []finding{{tune.Warning, "huge_pages", []string{"128Mi", "151MB"}}}}, // 128+4+4+8+6.25 = 150.25
		"requested, just enough": {151 * mi, nil, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := tune.Machine{MemoryBytes: 16 * gi, HugePagesBytes: test.huge, Major: 17, Minor: -1}
			assertFindings(t, test.want, tune.Budget(m, test.params))
		})
	}
}

func TestBudgetOfConnections(t *testing.T) {
	m := tune.Machine{MemoryBytes: 16 * gi, Major: 17, Minor: -1}
	assertFindings(t, []finding{{tune.Error, "max_connections", []string{"is 3", "3 connections are reserved"}}},
		tune.Budget(m, map[string]string{"max_connections": "3"}))
	assertFindings(t, []finding{{tune.Error, "max_connections", []string{"is 20", "23 connections are reserved"}}},
		tune.Budget(m, map[string]string{"max_connections": "20", "reserved_connections": "20"}))
	assert.Empty(t, tune.Budget(m, map[string]string{"max_connections": "4"}))
}

func TestBudgetOfWAL(t *testing.T) {
	tests := map[string]struct {
		machine tune.Machine
		params  map[string]string
		want    []finding
	}{
		// 1GB, 512MB and no slot bound are CloudNativePG's defaults.
		"defaults in 2Gi": {machine: tune.Machine{WALBytes: 2 * gi}},
		"defaults in 1Gi": {
			machine: tune.Machine{WALBytes: gi},
			want:    []finding{{tune.Error, "max_wal_size", []string{"1GB fills the 1Gi WAL volume"}}},
		},
		"defaults in 512Mi": {
			machine: tune.Machine{DataBytes: 100 * gi, WALBytes: 512 * mi},
			want: []finding{
				{tune.Error, "max_wal_size", []string{"1GB fills the 512Mi WAL volume"}},
				{tune.Error, "wal_keep_size", []string{"512MB fills the 512Mi WAL volume"}},
			},
		},
		"defaults on a data volume of 2Gi": { // 1.5GB of 1GB
			machine: tune.Machine{DataBytes: 2 * gi},
			want:    []finding{{tune.Warning, "max_wal_size", []string{"may take 1536MB", "half of the 2Gi data volume", "enlarge the volume to 3Gi"}}},
		},
		"defaults on a data volume of 3Gi": {machine: tune.Machine{DataBytes: 3 * gi}},
		// 4096+512+4096 = 8704
		"a sum above the WAL volume": {
			machine: tune.Machine{DataBytes: 100 * gi, WALBytes: 8 * gi},
			params:  map[string]string{"max_wal_size": "4GB", "max_slot_wal_keep_size": "4GB"},
			want: []finding{{tune.Warning, "max_wal_size", []string{
				"max_wal_size 4GB, wal_keep_size 512MB and max_slot_wal_keep_size 4GB may take 8704MB, more than the 8Gi WAL volume", "enlarge the volume to 8704Mi",
			}}},
		},
		"a slot bound above the volume": {
			machine: tune.Machine{WALBytes: 10 * gi},
			params:  map[string]string{"max_slot_wal_keep_size": "30GB"},
			want:    []finding{{tune.Warning, "max_wal_size", []string{"max_slot_wal_keep_size 30GB"}}},
		},
		"a slot without a bound": {
			machine: tune.Machine{WALBytes: 10 * gi},
			params:  map[string]string{"max_slot_wal_keep_size": "-1"},
			want:    []finding{{tune.Warning, "max_slot_wal_keep_size", []string{"until the volume is full"}}},
		},
		"a slot without a bound before 17.6": {
			machine: tune.Machine{WALBytes: 10 * gi, Major: 17, Minor: 2},
			params:  map[string]string{"max_slot_wal_keep_size": "-1"},
		},
		"a slot bound before 17.6": {
			machine: tune.Machine{WALBytes: 10 * gi, Major: 17, Minor: 2},
			params:  map[string]string{"max_slot_wal_keep_size": "1GB"},
			want:    []finding{{tune.Warning, "max_slot_wal_keep_size", []string{"17.2", "17.6"}}},
		},
		"min not less than max": {
			params: map[string]string{"min_wal_size": "1GB"},
			want:   []finding{{tune.Error, "min_wal_size", []string{"min_wal_size 1GB is not less than max_wal_size 1GB"}}},
		},
		"the default min not less than max": {
			params: map[string]string{"max_wal_size": "64MB"},
			want:   []finding{{tune.Error, "min_wal_size", []string{"min_wal_size 80MB is not less than max_wal_size 64MB"}}},
		},
		"less than two segments": {
			params: map[string]string{"min_wal_size": "16MB"},
			want:   []finding{{tune.Error, "min_wal_size", []string{"16MB is less than two WAL segments", "set it to 32MB or more"}}},
		},
		"unknown volumes": {
			params: map[string]string{"max_wal_size": "10TB", "max_slot_wal_keep_size": "10TB"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.machine.Major == 0 {
				test.machine.Major, test.machine.Minor = 17, -1
			}
			assertFindings(t, test.want, tune.Budget(test.machine, test.params))
		})
	}
}

func TestBudgetOfUnreadableValues(t *testing.T) {
	tests := map[string]struct {
		params map[string]string
		want   []finding
	}{
		"Kubernetes units": {
			map[string]string{"shared_buffers": "1Gi"},
			[]finding{{tune.Error, "shared_buffers", []string{`"1Gi" is not a size`, "128MB"}}},
		},
		"an empty value": {
			map[string]string{"work_mem": ""},
			[]finding{{tune.Error, "work_mem", []string{`"" is not a size`}}},
		},
		"a unit on a count": {
			map[string]string{"max_connections": "100MB"},
			[]finding{{tune.Error, "max_connections", []string{`"100MB" is not a number`}}},
		},
		"too small": {
			map[string]string{"work_mem": "32kB"},
			[]finding{{tune.Error, "work_mem", []string{"out of range", "64kB to 2147483647kB"}}},
		},
		"too large": {
			map[string]string{"max_connections": "300000"},
			[]finding{{tune.Error, "max_connections", []string{"1 to 262143"}}},
		},
		"a negative size": {
			map[string]string{"wal_keep_size": "-1"},
			[]finding{{tune.Error, "wal_keep_size", []string{"0 to"}}},
		},
		"a multiplier": {
			map[string]string{"hash_mem_multiplier": "two"},
			[]finding{{tune.Error, "hash_mem_multiplier", []string{`"two" is not a number`}}},
		},
		"a multiplier below 1": {
			map[string]string{"hash_mem_multiplier": "0.5"},
			[]finding{{tune.Error, "hash_mem_multiplier", []string{"1 to 1000"}}},
		},
		"all of them": {
			map[string]string{"max_wal_size": "1G", "shared_buffers": "lots", "work_mem": "1TB"},
			[]finding{{tune.Error, "shared_buffers", nil}, {tune.Error, "max_wal_size", nil}},
		},
		"what is not read is not judged": {
			map[string]string{"log_min_duration_statement": "soon"}, nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := tune.Machine{MemoryBytes: 64 * gi, DataBytes: 100 * gi, Major: 17, Minor: -1}
			assertFindings(t, test.want, tune.Budget(m, test.params))
		})
	}
}
