package tune

import (
	"fmt"
	"math"
	"strconv"
)

// definition says how PostgreSQL reads a numeric parameter.
type definition struct {
	// unit is what a bare number counts, in bytes; zero for a plain number.
	unit int64
	// min and max bound the value in units. Where versions differ they are the
	// widest, so that nothing is refused that some version accepts.
	min, max int64
}

// Weighs tells whether Budget counts a parameter.
func Weighs(name string) bool {
	_, ok := definitions[name]
	return ok
}

// maxKilobytes is the upper bound of most sizes on 64-bit systems (guc.h).
const maxKilobytes = math.MaxInt32

// The bounds are min_val and max_val of pg_settings in PostgreSQL 15, checked
// against a server by the tests with build tag postgres. maintenance_work_mem
// and autovacuum_work_mem accept 64kB since PostgreSQL 17.
var definitions = map[string]definition{
	"shared_buffers":                  {unit: block, min: 16, max: math.MaxInt32 / 2},
	"wal_buffers":                     {unit: block, min: -1, max: math.MaxInt32 / int64(block)},
	"work_mem":                        {unit: kB, min: 64, max: maxKilobytes},
	"maintenance_work_mem":            {unit: kB, min: 64, max: maxKilobytes},
	"autovacuum_work_mem":             {unit: kB, min: -1, max: maxKilobytes},
	"min_wal_size":                    {unit: mB, min: 2, max: math.MaxInt32},
	"max_wal_size":                    {unit: mB, min: 2, max: math.MaxInt32},
	"wal_keep_size":                   {unit: mB, min: 0, max: math.MaxInt32},
	"max_slot_wal_keep_size":          {unit: mB, min: -1, max: math.MaxInt32},
	"max_connections":                 {min: 1, max: 262143},
	"superuser_reserved_connections":  {min: 0, max: 262143},
	"reserved_connections":            {min: 0, max: 262143},
	"autovacuum_max_workers":          {min: 1, max: 262143},
	"max_worker_processes":            {min: 0, max: 262143},
	"max_parallel_workers":            {min: 0, max: 1024},
	"max_parallel_workers_per_gather": {min: 0, max: 1024},
}

// defaults are the values PostgreSQL 13 to 18 or CloudNativePG use when nobody
// sets a parameter. CloudNativePG's come from CnpgConfigurationSettings in
// pkg/postgres/configuration.go of 1.30.
var defaults = map[string]string{
	"shared_buffers":                   "128MB",
	"wal_buffers":                      "-1",
	"effective_cache_size":             "4GB",
	"work_mem":                         "4MB",
	"maintenance_work_mem":             "64MB",
	"autovacuum_work_mem":              "-1",
	"huge_pages":                       "try",
	"min_wal_size":                     "80MB",
	"max_wal_size":                     "1GB",
	"wal_keep_size":                    "512MB", // CloudNativePG; PostgreSQL has 0
	"max_slot_wal_keep_size":           "-1",
	"wal_compression":                  "off",
	"max_connections":                  "100",
	"superuser_reserved_connections":   "3",
	"reserved_connections":             "0", // since PostgreSQL 16
	"autovacuum_max_workers":           "3",
	"max_worker_processes":             "32", // CloudNativePG; PostgreSQL has 8
	"max_parallel_workers":             "32", // CloudNativePG; PostgreSQL has 8
	"max_parallel_workers_per_gather":  "2",
	"max_parallel_maintenance_workers": "2",
	"io_workers":                       "3", // since PostgreSQL 18
	"random_page_cost":                 "4",
	"default_statistics_target":        "100",
	"jit":                              "on",
}

// defaultOf returns the default of a parameter in a major version. An unknown
// version is taken for a recent one.
func defaultOf(name string, major int) string {
	switch name {
	case "hash_mem_multiplier": // raised in PostgreSQL 15
		if major != 0 && major < 15 {
			return "1"
		}
		return "2"
	case "effective_io_concurrency": // raised in PostgreSQL 18
		if major != 0 && major < 18 {
			return "1"
		}
		return "16"
	}
	return defaults[name]
}

// values reads parameters, with the defaults for those nobody has set.
type values struct {
	params map[string]string
	major  int
}

func (v values) text(name string) string {
	if s, ok := v.params[name]; ok {
		return s
	}
	return defaultOf(name, v.major)
}

// parse reads a numeric parameter: sizes in bytes, other numbers as they are.
// -1 keeps its meaning where the parameter allows it. The error completes a
// sentence that begins with the value.
func (v values) parse(name string) (int64, error) {
	d, text := definitions[name], v.text(name)
	read, factor := parseCount, int64(1)
	if d.unit != 0 {
		read, factor = func(s string) (int64, error) { return parseSize(s, d.unit) }, d.unit
	}
	n, err := read(text)
	switch {
	case err != nil:
		return 0, err
	case n < d.min || n > d.max:
		return 0, fmt.Errorf("is out of range: PostgreSQL accepts %s to %s", d.format(d.min), d.format(d.max))
	case n == -1:
		return -1, nil
	}
	return n * factor, nil
}

func (d definition) format(n int64) string {
	if d.unit == 0 || n <= 0 {
		return strconv.FormatInt(n, 10)
	}
	return formatSize(n * d.unit)
}

// number is parse for values known to be good: those that are not count as the
// default.
func (v values) number(name string) int64 {
	n, err := v.parse(name)
	if err != nil {
		n, _ = values{major: v.major}.parse(name)
	}
	return n
}

// hashMemMultiplier reads hash_mem_multiplier, the one parameter of interest
// that has a fraction. A hash table may take that many times work_mem.
func (v values) hashMemMultiplier() (float64, error) {
	f, err := parseReal(v.text("hash_mem_multiplier"))
	if err == nil && (f < 1 || f > 1000) {
		err = fmt.Errorf("is out of range: PostgreSQL accepts 1 to 1000")
	}
	if err != nil {
		f, _ = parseReal(defaultOf("hash_mem_multiplier", v.major))
	}
	return f, err
}
