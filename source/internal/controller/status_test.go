package controller

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/homelab-foundations/postgresapp/pkg/diag"
)

func finding(n int) diag.Finding {
	return diag.Finding{Severity: diag.Error, Kind: "PostgresApp", Name: fmt.Sprintf("app-%d", n), Source: fmt.Sprintf("apps/%d/postgres.yaml", n),
		Field: "spec.storage.size", Message: "required: the size of the data volume, such as 20Gi"}
}

func TestList(t *testing.T) {
	assert.Equal(t, `error: PostgresApp app-1 (apps/1/postgres.yaml): spec.storage.size: required: the size of the data volume, such as 20Gi
error: PostgresApp app-2 (apps/2/postgres.yaml): spec.storage.size: required: the size of the data volume, such as 20Gi`,
		list(diag.Findings{finding(1), finding(2)}, "", maxMessage))
	assert.Equal(t, "2 PostgresApps of main@sha1:1234", list(nil, "2 PostgresApps of main@sha1:1234", maxMessage))

	var many diag.Findings
	for n := range 1000 {
		many = append(many, finding(n))
	}
	for _, limit := range []int{maxEvent, maxMessage} {
		message := list(many, "", limit)
		assert.LessOrEqual(t, len(message), limit)
		lines := strings.Split(message, "\n")
		assert.Equal(t, many[0].String(), lines[0])
		assert.Equal(t, fmt.Sprintf("... and %d more", 1000-(len(lines)-1)), lines[len(lines)-1], "what is left out is counted")
	}

	huge := finding(1)
	huge.Message = strings.Repeat("ä", maxMessage)
	message := list(diag.Findings{huge}, "", maxMessage)
	assert.LessOrEqual(t, len(message), maxMessage)
	assert.True(t, strings.HasSuffix(message, "ä ..."), "cut between two characters")
}

func TestShorten(t *testing.T) {
	assert.Equal(t, "short", shorten("short", 10))
	assert.Equal(t, "longer ...", shorten("longer than ten", 10))
	assert.Equal(t, "äää ...", shorten(strings.Repeat("ä", 10), 11), "never half a character")
}

func TestCount(t *testing.T) {
	assert.Equal(t, []string{"0 PostgresApps", "1 PostgresApp", "2 PostgresApps"},
		[]string{count(0, "PostgresApp"), count(1, "PostgresApp"), count(2, "PostgresApp")})
}
