package tune

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// quantities are values of work_mem (kB) and what PostgreSQL makes of them; the
// tests with build tag postgres ask a server about the same ones. -1 marks what
// it refuses.
var quantities = map[string]int64{
	"4096":       4096,
	"64":         64,
	"64kB":       64,
	"4MB":        4096,
	"1GB":        1 << 20,
	"1TB":        1 << 30,
	"131072B":    128,
	"100000B":    98, // 97.66
	" 4 MB ":     4096,
	"+4MB":       4096,
	"1.5MB":      1536,
	"1.5":        -1, // 1.5 -> 2kB, less than 64
	"64.5":       64, // half to even
	"65.5":       66,
	"30.1GB":     30822 * 1024, // rounded to whole MB first: 30822.4MB
	".5MB":       512,
	"1e3":        1000,
	"1e3kB":      1000,
	"0x40":       64,
	"0x40kB":     64,
	"0100":       64, // octal
	"0100MB":     64 * 1024,
	"099":        -1, // not octal
	"4mb":        -1,
	"4Mi":        -1,
	"4M":         -1,
	"4MBs":       -1,
	"4 M B":      -1,
	"MB":         -1,
	"":           -1,
	"4_096":      -1,
	"inf":        -1,
	"nan":        -1,
	"0x":         -1,
	"-4MB":       -1,
	"2TB":        -1, // one kB above the maximum
	"2147483647": math.MaxInt32,
	"2147483648": -1,
}

func TestParseQuantity(t *testing.T) {
	for text, want := range quantities {
		t.Run(text, func(t *testing.T) {
			got, err := values{params: map[string]string{"work_mem": text}, major: 17}.parse("work_mem")
			if want == -1 {
				assert.Error(t, err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, want*kB, got)
		})
	}
}

func TestParseUnits(t *testing.T) {
	tests := map[string]struct {
		name, text string
		want       int64 // bytes, or a plain number
	}{
		"bare blocks":             {"shared_buffers", "16384", 128 * mB},
		"blocks of a size":        {"shared_buffers", "128MB", 128 * mB},
		"rounded to blocks":       {"shared_buffers", "200kB", 200 * kB}, // 25 blocks
		"half a block":            {"shared_buffers", "204kB", 208 * kB}, // 25.5 -> 26, half to even
		"bare kB":                 {"maintenance_work_mem", "65536", 64 * mB},
		"bare MB":                 {"max_wal_size", "1024", gB},
		"MB of GB":                {"max_slot_wal_keep_size", "10GB", 10 * gB},
		"unlimited":               {"max_slot_wal_keep_size", "-1", -1},
		"as maintenance_work_mem": {"autovacuum_work_mem", "-1", -1},
		"a count":                 {"max_connections", " 200 ", 200},
		"a default":               {"wal_keep_size", "", 512 * mB},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			params := map[string]string{}
			if test.text != "" {
				params[test.name] = test.text
			}
			got, err := values{params: params, major: 17}.parse(test.name)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

func TestFormatSize(t *testing.T) {
	for b, want := range map[int64]string{
		64 * kB: "64kB", 1536 * kB: "1536kB", mB: "1MB", 125 * mB: "125MB", 1536 * mB: "1536MB", gB: "1GB", 2 * tB: "2TB",
		mB + 1: "1024kB", 0: "0kB",
	} {
		assert.Equal(t, want, formatSize(b))
	}
}

func TestFormatQuantity(t *testing.T) {
	for b, want := range map[int64]string{
		500 * mB: "500Mi", 4 * gB: "4Gi", 2 * tB: "2Ti", 1536 * mB: "1536Mi", 64 * kB: "64Ki",
		500_000_000: "476.8Mi", // a Kubernetes 500M
	} {
		assert.Equal(t, want, formatQuantity(b))
	}
}

func TestRoundDown(t *testing.T) {
	for b, want := range map[int64]int64{
		0: 0, 1: 1, 7: 7, 8: 8, 9: 8, 15: 14, 17: 16, 31: 28, 63: 56, 100: 96, 819: 768, 1023: 896, 1024: 1024, 40960: 40960, -5: 0,
	} {
		assert.Equal(t, want, roundDown(b), b)
	}
}

func TestWholeMB(t *testing.T) {
	assert.Equal(t, 119*mB, wholeMB(125_000_000)) // 119.2MB
	assert.Equal(t, 4095*mB, wholeMB(4*gB-1))     //
	assert.Equal(t, 4*gB, wholeMB(4*gB+127*mB))   // steps of 128MB
	assert.Equal(t, 4*gB+128*mB, wholeMB(4*gB+200*mB))
}

// No text makes the parser panic, and what it accepts is within the bounds.
func FuzzParseSize(f *testing.F) {
	for text := range quantities {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := values{params: map[string]string{"work_mem": text}}.parse("work_mem")
		if err == nil && (got < 64*kB || got > math.MaxInt32*kB) {
			t.Errorf("%q is read as %d bytes", text, got)
		}
	})
}
