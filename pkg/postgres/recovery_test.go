package postgres_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/homelab-foundations/postgresapp/pkg/postgres"
)

// The first three are the cases of pkg/types/lsn_test.go of
// cloudnative-pg/machinery 0.5.0.
func TestParseLSN(t *testing.T) {
	for lsn, want := range map[string]uint64{
		"1/1":               4294967297,
		"3/23":              12884901923,
		"3BB/A9FFFBE8":      4104545893352,
		"0/0":               0,
		"ffffffff/FFFFFFFF": 18446744073709551615,
	} {
		got, err := postgres.ParseLSN(lsn)
		require.NoError(t, err, lsn)
		assert.Equal(t, want, got, lsn)
	}
	for _, lsn := range []string{"", "/", "0", "0/", "/0", "0/0/0", "0/G", "-1/0", " 0/1", "000000001/0", "0/123456789", "0x1/0"} {
		_, err := postgres.ParseLSN(lsn)
		assert.ErrorContains(t, err, "0/3000060", lsn)
	}
}

func TestParseTargetTime(t *testing.T) {
	utc := func(hour, minute, second, micro int) time.Time {
		return time.Date(2026, 8, 20, hour, minute, second, micro*1000, time.UTC)
	}
	tests := map[string]struct {
		at      time.Time
		hasZone bool
		rfc3339 string
	}{
		"2026-08-20T08:00:39Z":             {utc(8, 0, 39, 0), true, "2026-08-20T08:00:39Z"},
		"2026-08-20T10:00:39+02:00":        {utc(8, 0, 39, 0), true, "2026-08-20T10:00:39+02:00"},
		"2026-08-20T08:00:39.5Z":           {utc(8, 0, 39, 500000), true, "2026-08-20T08:00:39.500000Z"},
		"2026-08-20T08:00:39.000001+00:00": {utc(8, 0, 39, 1), true, "2026-08-20T08:00:39.000001Z"},
		"2026-08-20T08:00:39":              {utc(8, 0, 39, 0), false, "2026-08-20T08:00:39Z"},
		"2026-08-20 08:00:39":              {utc(8, 0, 39, 0), false, "2026-08-20T08:00:39Z"},
		"2026-08-20 10:00:39.00000+02":     {utc(8, 0, 39, 0), true, "2026-08-20T10:00:39+02:00"},
		"2026-08-20 02:30:39.25-05:30":     {utc(8, 0, 39, 250000), true, "2026-08-20T02:30:39.250000-05:30"},
		"2026-08-20 10:00:00-02:00:39":     {utc(12, 0, 39, 0), true, "2026-08-20T12:00:39Z"},
		"2026-08-20 08:00:39Z":             {utc(8, 0, 39, 0), true, "2026-08-20T08:00:39Z"},
	}
	for text, test := range tests {
		t.Run(text, func(t *testing.T) {
			got, err := postgres.ParseTargetTime(text)
			require.NoError(t, err)
			assert.True(t, test.at.Equal(got.Time), "%s is not %s", got.Time, test.at)
			assert.Equal(t, test.hasZone, got.HasZone)
			assert.Equal(t, test.rfc3339, got.RFC3339())
		})
	}
	for name, text := range map[string]string{
		"empty":           "",
		"words":           "yesterday at noon, UTC",
		"February 31":     "2026-02-31T08:00:39Z",
		"month 13":        "2026-13-01T08:00:39Z",
		"hour 24":         "2026-08-20T24:00:00Z",
		"no seconds":      "2026-08-20T08:00Z",
		"one-digit hour":  "2026-08-20 8:00:39+00",
		"comma":           "2026-08-20 08:00:39,5+00",
		"zone name":       "2026-08-20 08:00:39 Europe/Rome",
		"trailing spaces": "2026-08-20T08:00:39Z ",
	} {
		_, err := postgres.ParseTargetTime(text)
		assert.ErrorContains(t, err, "write it as in 2026-08-20T08:00:39Z", name)
	}
	_, err := postgres.ParseTargetTime("2026-08-20")
	assert.ErrorContains(t, err, "write one, as in 2026-08-20T00:00:00Z")
}

func TestCheckTargets(t *testing.T) {
	for _, xid := range []string{"0", "123456", "4294967295"} {
		assert.NoError(t, postgres.CheckTargetXID(xid), xid)
	}
	for _, xid := range []string{"", "-1", "4294967296", "0x10", "1.5"} {
		assert.Error(t, postgres.CheckTargetXID(xid), xid)
	}
	for _, name := range []string{"before upgrade", strings.Repeat("x", 63)} {
		assert.NoError(t, postgres.CheckTargetName(name), name)
	}
	for _, name := range []string{"", strings.Repeat("x", 64), "a\nb", "a\x00"} {
		assert.Error(t, postgres.CheckTargetName(name), name)
	}
	for _, timeline := range []string{"latest", "1", "17"} {
		assert.NoError(t, postgres.CheckTargetTLI(timeline), timeline)
	}
	for _, timeline := range []string{"", "0", "-1", "current", "4294967296"} {
		assert.Error(t, postgres.CheckTargetTLI(timeline), timeline)
	}
}

func FuzzParseTargetTime(f *testing.F) {
	for _, seed := range []string{"2026-08-20T08:00:39Z", "2026-08-20 08:00:39.00000+02", "2026-08-20", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := postgres.ParseTargetTime(text)
		if err != nil {
			return
		}
		again, err := postgres.ParseTargetTime(got.RFC3339())
		require.NoError(t, err)
		assert.True(t, again.HasZone)
		assert.Equal(t, got.Time.Truncate(time.Microsecond).Unix(), again.Time.Unix())
	})
}
