package property

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// TestUnanswered: a server without time is asked again, a server that refuses is believed.
func TestUnanswered(t *testing.T) {
	assert.True(t, unanswered(fmt.Errorf("apply: %w", apierrors.NewTimeoutError("request did not complete within requested timeout", 0))))
	assert.True(t, unanswered(apierrors.NewTooManyRequests("later", 1)))
	assert.True(t, unanswered(apierrors.NewInternalError(errors.New("failed calling webhook: context deadline exceeded"))))
	assert.False(t, unanswered(nil))
	assert.False(t, unanswered(apierrors.NewInternalError(errors.New("failed calling webhook: no such host"))))
	assert.False(t, unanswered(apierrors.NewInvalid(schema.GroupKind{Kind: "Cluster"}, "pg", nil)))
}
