package controller

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/source/api/v1alpha1"
)

func source(change func(*v1alpha1.PostgresAppSource)) *v1alpha1.PostgresAppSource {
	s := &v1alpha1.PostgresAppSource{ObjectMeta: metav1.ObjectMeta{Namespace: "flux-system", Name: "databases", UID: "1234"},
		Spec: v1alpha1.PostgresAppSourceSpec{SourceRef: v1alpha1.SourceReference{Kind: "GitRepository", Name: "flux-system"}}}
	if change != nil {
		change(s)
	}
	return s
}

func TestValidate(t *testing.T) {
	elsewhere := func(s *v1alpha1.PostgresAppSource) { s.Spec.SourceRef.Namespace = "other" }
	for name, c := range map[string]struct {
		object       *v1alpha1.PostgresAppSource
		reason, says string
		strict       bool
	}{
		"the smallest":             {object: source(nil)},
		"paths as Flux has them":   {object: source(func(s *v1alpha1.PostgresAppSource) { s.Spec.Paths = []string{"./", "clusters/lab/", "/apps"} })},
		"another namespace":        {object: source(elsewhere)},
		"its own namespace, named": {object: source(func(s *v1alpha1.PostgresAppSource) { s.Spec.SourceRef.Namespace = "flux-system" }), strict: true},
		"another namespace, refused": {object: source(elsewhere), strict: true, reason: "AccessDenied",
			says: "spec.sourceRef.namespace: GitRepository other/flux-system is in another namespace, and cross-namespace references are disabled: " +
				"use a source in namespace flux-system"},
		"itself": {object: source(func(s *v1alpha1.PostgresAppSource) {
			s.Spec.SourceRef = v1alpha1.SourceReference{Kind: "ExternalArtifact", Name: "databases"}
		}), reason: "InvalidSpec", says: "spec.sourceRef: the ExternalArtifact databases is what this resource publishes: name another source, or " +
			"give this resource another name"},
		"a path upwards": {object: source(func(s *v1alpha1.PostgresAppSource) { s.Spec.Paths = []string{"apps", "../etc"} }), reason: "InvalidSpec",
			says: `spec.paths[1]: "../etc" leads out of the tree: name a directory of the source, such as ./clusters/production`},
		"a path up and down": {object: source(func(s *v1alpha1.PostgresAppSource) { s.Spec.Paths = []string{"apps/../../etc"} }), reason: "InvalidSpec",
			says: `spec.paths[0]: "apps/../../etc" leads out of the tree: name a directory of the source, such as ./clusters/production`},
		"a Windows path": {object: source(func(s *v1alpha1.PostgresAppSource) { s.Spec.Paths = []string{`apps\lab`} }), reason: "InvalidSpec",
			says: `spec.paths[0]: "apps\\lab" holds characters that do not belong in a path: separate directories with /`},
		"a short interval": {object: source(func(s *v1alpha1.PostgresAppSource) { s.Spec.Interval = &metav1.Duration{Duration: time.Millisecond} }),
			reason: "InvalidSpec", says: "spec.interval: 1ms is too short: at least 1s"},
	} {
		t.Run(name, func(t *testing.T) {
			failed := (&Reconciler{NoCrossNamespaceRefs: c.strict}).validate(c.object)
			if c.says == "" {
				require.Nil(t, failed)
				return
			}
			require.NotNil(t, failed)
			assert.Equal(t, c.reason, failed.reason)
			assert.EqualError(t, failed.err, c.says)
			assert.True(t, failed.stalled)
		})
	}
}

func TestTreePaths(t *testing.T) {
	paths, err := treePaths([]string{"./clusters/lab/", "apps", "/apps/", "clusters/lab"})
	require.NoError(t, err)
	assert.Equal(t, []string{"apps", "clusters/lab"}, paths)
	paths, err = treePaths(nil)
	require.NoError(t, err)
	assert.Empty(t, paths, "everything")
}
