package tune

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// PostgreSQL's units of memory are powers of 1024: its MB is Kubernetes' Mi.
const (
	kB int64 = 1 << 10
	mB int64 = 1 << 20
	gB int64 = 1 << 30
	tB int64 = 1 << 40

	// block is the unit of shared_buffers and wal_buffers: PostgreSQL's page,
	// 8kB unless it was compiled otherwise.
	block = 8 * kB
)

// memoryUnits are the suffixes PostgreSQL accepts, from large to small. They are
// case-sensitive ("Numeric with Unit" in its chapter on setting parameters).
var memoryUnits = []struct {
	suffix string
	bytes  int64
}{{"TB", tB}, {"GB", gB}, {"MB", mB}, {"kB", kB}, {"B", 1}}

var (
	errNotSize   = errors.New("is not a size: write a number with kB, MB, GB or TB, such as 128MB")
	errNotNumber = errors.New("is not a number: write digits alone, such as 100")
)

// parseSize reads a size as PostgreSQL does and returns it in multiples of unit
// bytes, which is also what a number without a suffix counts. Fractions are
// rounded to the next smaller suffix first, so 1.5GB is 1536MB.
func parseSize(s string, unit int64) (int64, error) {
	number, suffix := splitSuffix(s)
	n, err := parseNumber(number)
	if err != nil {
		return 0, errNotSize
	}
	if suffix == "" {
		return toInt(n, errNotSize)
	}
	for i, u := range memoryUnits {
		if u.suffix != suffix {
			continue
		}
		b := n * float64(u.bytes)
		if i+1 < len(memoryUnits) {
			smaller := float64(memoryUnits[i+1].bytes)
			b = math.RoundToEven(b/smaller) * smaller
		}
		return toInt(b/float64(unit), errNotSize)
	}
	return 0, errNotSize
}

// parseCount reads a whole number without a unit.
func parseCount(s string) (int64, error) {
	n, err := parseNumber(strings.TrimSpace(s))
	if err != nil {
		return 0, errNotNumber
	}
	return toInt(n, errNotNumber)
}

// parseReal reads a number that may have a fraction.
func parseReal(s string) (float64, error) {
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return 0, errors.New("is not a number: write digits with a point, such as 2.0")
	}
	return n, nil
}

// splitSuffix parts "128 MB" into "128" and "MB".
func splitSuffix(s string) (number, suffix string) {
	s = strings.TrimSpace(s)
	end := len(strings.TrimRightFunc(s, isLetter))
	if digits, ok := cutHexPrefix(s); ok {
		// The digits of a hexadecimal number are letters too: 0xFFkB.
		end = len(s) - len(strings.TrimLeft(digits, "0123456789abcdefABCDEF"))
	}
	return strings.TrimSpace(s[:end]), s[end:]
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

func cutHexPrefix(s string) (string, bool) {
	s = strings.TrimLeft(s, "+-")
	if len(s) > 1 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X') {
		return s[2:], true
	}
	return s, false
}

// parseNumber reads what C's strtol with base 0 reads, hexadecimal (0x20) and
// octal (020) numbers included, and else a decimal number with a fraction or an
// exponent, as PostgreSQL's parse_int does.
func parseNumber(s string) (float64, error) {
	unsigned := strings.TrimPrefix(strings.TrimPrefix(s, "-"), "+")
	_, hexadecimal := cutHexPrefix(unsigned)
	octal := len(unsigned) > 1 && unsigned[0] == '0' && strings.Trim(unsigned, "0123456789") == ""
	if hexadecimal || octal {
		n, err := strconv.ParseInt(strings.Replace(s, "+", "", 1), 0, 64)
		return float64(n), err
	}
	if strings.Trim(s, "0123456789.eE+-") != "" {
		return 0, errNotNumber // Go would also read infinity and underscores.
	}
	return strconv.ParseFloat(s, 64)
}

// toInt rounds to the nearest whole number, half to even as PostgreSQL's rint.
func toInt(f float64, tooLarge error) (int64, error) {
	f = math.RoundToEven(f)
	if math.Abs(f) > 1<<53 {
		return 0, tooLarge
	}
	return int64(f), nil
}

// formatSize writes a size for postgresql.conf in the largest unit that divides
// it, as SHOW does. What is smaller than a kB is dropped.
func formatSize(b int64) string {
	for _, u := range memoryUnits {
		if u.bytes >= kB && b >= u.bytes && b%u.bytes == 0 {
			return strconv.FormatInt(b/u.bytes, 10) + u.suffix
		}
	}
	return strconv.FormatInt(b/kB, 10) + "kB"
}

// formatQuantity writes a size the way Kubernetes does, for sentences about
// limits and volumes.
func formatQuantity(b int64) string {
	for _, u := range memoryUnits {
		if u.bytes >= kB && b >= u.bytes && b%u.bytes == 0 {
			return strconv.FormatInt(b/u.bytes, 10) + strings.ToUpper(u.suffix[:1]) + "i"
		}
	}
	return fmt.Sprintf("%.1fMi", float64(b)/float64(mB))
}

// ceilMB writes a sum for a sentence, in whole MB and never too low.
func ceilMB(b int64) string {
	return strconv.FormatInt((b+mB-1)/mB, 10) + "MB"
}

// roundDown keeps the three highest bits of a size, so that it reads as if a
// person had chosen it (10MB, 12MB, 14MB, 16MB, 20MB ...). It takes off less
// than a fifth.
func roundDown(b int64) int64 {
	if b <= 0 {
		return 0
	}
	shift := max(bits.Len64(uint64(b))-3, 0)
	return b >> shift << shift
}

// wholeMB rounds a share of memory down to whole MB, and from 4GB on to an
// eighth of a GB. Shares that people know by heart (a quarter) stay exact.
func wholeMB(b int64) int64 {
	step := mB
	if b >= 4*gB {
		step = gB / 8
	}
	return b / step * step
}
