package property

import (
	"math"
	"reflect"
	"strings"
)

// nastyTexts are values that broke programs before, and that people write.
var nastyTexts = []string{
	"", " ", "a b", " leading", "trailing ", "line\nbreak", "tab\there", "bell\a", "é", "名前", "🐘", "\u200b", "UPPER", "Mixed_Case",
	"-dash", "dash-", ".dot", "dot.", "a..b", "a.b.c", "under_score", "_x", "..", ".", "/", "a/b", "a/b/c", `a\b`, "~", "*", "a,b", "a:b", "a=b",
	"'quoted'", `"quoted"`, "it's", `a"b`, "`", "a;b", "# comment", "a #b", "{}", "[]", "{a: b}", "- a", "&a", "*a", "!a", "%a", "@a", "|", ">", "?",
	"yes", "no", "on", "off", "true", "null", "~", "0", "1", "-1", "1.5", "1e3", "0x10", "0o7", "010", "1_000", ".5", "NaN", ".inf", "2026-11-20",
	"${VAR}", "${VAR:=default}", "a${B}c", "$VAR", "$", "$$", "$${VAR}", "${", "${}", "$(VAR)", "{{ .Values.x }}", "%s", "${podselector:alpha}",
	"1Gi", "1GB", "1.5Gi", "1e3Gi", "-1Gi", "0Gi", "99999999999Ti", "1 Gi", "1gi", "512M", "0.1", "1d", "30s", "5minutes", "1h30m", "-5m", "90", "1w", "500ms",
	"0 2 * * *", "* * * * * *", "@daily", "@reboot", "TZ=UTC 0 2 * * *", "0 2 30 2 *", "60 * * * *",
	"10.0.0.0/8", "10.0.0.1", "2001:db8::/32", "300.1.1.1", "localhost", "http://", "http://x", "https://x:99999/", "s3://", "s3://b", "ftp://x",
	"postgres", "template1", "pg_monitor", "streaming_replica", "cnpg_x", "public", "PGHOST", "PATH", "latest", "17", "postgresql:17", "image:latest",
	"kubernetes.io/x", "example.com/x", "cnpg.io/cluster", "x.y/", "/x", strings.Repeat("a", 63), strings.Repeat("b", 64), strings.Repeat("c", 253), strings.Repeat("d", 254),
	strings.Repeat("e", 51), strings.Repeat("long ", 300),
}

// nastyNumbers are the bounds of types and of rules.
var nastyNumbers = []int64{0, -1, 1, 2, -2, 99, 100, 1023, 1024, 65535, 65536, 100000, math.MaxInt32, math.MaxInt32 + 1, math.MinInt32, math.MaxInt64, math.MinInt64}

// nastyValue is a value of the right kind, and at times of another.
func (d *drawer) nastyValue(t reflect.Type) any {
	if d.rarely(3) {
		return d.anything()
	}
	if t == nil || decodesItself(t) { // an earlier mistake may have left a null, which has no type
		return d.anything()
	}
	switch t.Kind() {
	case reflect.String:
		return pick(d, nastyTexts)
	case reflect.Bool:
		return d.rarely(1)
	case reflect.Struct:
		return map[string]any{}
	case reflect.Slice:
		return pick(d, []any{[]any{}, []any{d.nastyValue(target(t.Elem()))}})
	case reflect.Map:
		return map[string]any{pick(d, nastyTexts): d.nastyValue(target(t.Elem()))}
	}
	return pick(d, nastyNumbers)
}

// anything is a value of any kind.
func (d *drawer) anything() any {
	switch d.index(8) {
	case 0:
		return nil
	case 1:
		return d.rarely(1)
	case 2:
		return pick(d, []any{map[string]any{}, []any{}, []any{""}, map[string]any{"a": "b"}, []any{int64(1)}, []any{nil}, map[string]any{"name": "x"}, 0.5})
	case 3:
		return pick(d, nastyNumbers)
	}
	return pick(d, nastyTexts)
}
