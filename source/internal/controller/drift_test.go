package controller

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/fluxcd/pkg/apis/meta"
	"github.com/fluxcd/pkg/artifact/config"
	"github.com/fluxcd/pkg/artifact/storage"
	"github.com/fluxcd/pkg/runtime/conditions"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/homelab-foundations/postgresapp/source/api/v1alpha1"
)

// announcedAs is a cluster that has one ExternalArtifact, or none.
type announcedAs struct {
	client.Reader
	external *sourcev1.ExternalArtifact
}

func (a announcedAs) Get(_ context.Context, key client.ObjectKey, into client.Object, _ ...client.GetOption) error {
	if a.external == nil {
		return apierrors.NewNotFound(schema.GroupResource{Group: sourcev1.GroupVersion.Group, Resource: "externalartifacts"}, key.Name)
	}
	a.external.DeepCopyInto(into.(*sourcev1.ExternalArtifact))
	return nil
}

// settled is a resource whose artifact is in storage, is announced, and is of the source's newest revision.
type settled struct {
	*Reconciler
	object   *v1alpha1.PostgresAppSource
	external *sourcev1.ExternalArtifact
	origin   *origin
	stored   string
}

const newest = "main@sha1:2222"

func settle(t *testing.T) *settled {
	t.Helper()
	store, err := storage.New(&config.Options{StoragePath: t.TempDir(), StorageAdvAddress: "extension.example", ArtifactRetentionRecords: 2, ArtifactDigestAlgo: "sha256"})
	require.NoError(t, err)
	tree := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(tree, "cluster.yaml"), []byte("kind: Cluster\n"), 0o600))
	object := source(nil)
	artifact := store.NewArtifactFor(sourcev1.ExternalArtifactKind, object, "", "content.tar.gz")
	require.NoError(t, store.MkdirAll(artifact))
	require.NoError(t, store.Archive(&artifact, tree, nil))
	artifact.Revision = "latest@" + artifact.Digest

	s := &settled{Reconciler: &Reconciler{Storage: store}, object: object, stored: store.LocalPath(artifact),
		origin: &origin{artifact: meta.Artifact{Revision: newest}, input: "sha256:known"}}
	object.Status.Artifact, object.Status.ObservedInput = artifact.DeepCopy(), "sha256:known"
	conditions.MarkTrue(object, meta.ReadyCondition, meta.SucceededReason, "1 PostgresApp of %s", newest)
	s.external = &sourcev1.ExternalArtifact{ObjectMeta: metav1.ObjectMeta{Namespace: object.Namespace, Name: object.Name}}
	describe(object, s.external)
	s.external.Status.Artifact = artifact.DeepCopy()
	conditions.MarkTrue(s.external, meta.ReadyCondition, meta.SucceededReason, "announced")
	return s
}

// wrong makes the newest revision one that is known not to work.
func (s *settled) wrong(reason string) {
	conditions.MarkFalse(s.object, meta.ReadyCondition, reason, "no")
	conditions.MarkStalled(s.object, reason, "no")
}

// damage writes something else where the artifact is stored.
func damage(t *testing.T, s *settled) {
	require.NoError(t, os.WriteFile(s.stored, []byte("rust"), 0o600))
}

func TestDrift(t *testing.T) {
	const (
		expanding = "expanding revision " + newest
		again     = "trying revision " + newest + " again"
		announce  = "the ExternalArtifact is missing or was changed"
	)
	for name, c := range map[string]struct {
		change    func(t *testing.T, s *settled)
		requested bool
		want      drifted
	}{
		"nothing":                         {},
		"nothing, although somebody asks": {requested: true},
		"another input":                   {change: func(t *testing.T, s *settled) { s.origin.input = "sha256:other" }, want: drifted{remedyProduce, expanding}},
		"another input after a wrong one": {change: func(t *testing.T, s *settled) {
			s.wrong(v1alpha1.ExpansionFailedReason)
			s.origin.input = "sha256:other"
		}, want: drifted{remedyProduce, expanding}},
		"killed in the midst of an expansion": {change: func(t *testing.T, s *settled) { s.object.Status.ObservedInput = "" }, want: drifted{remedyProduce, expanding}},
		"nothing published": {change: func(t *testing.T, s *settled) {
			s.object.Status.Artifact, s.external = nil, nil
		}, want: drifted{remedyProduce, expanding}},
		"the first revision is wrong": {change: func(t *testing.T, s *settled) {
			s.wrong(v1alpha1.ExpansionFailedReason)
			s.object.Status.Artifact, s.external = nil, nil
		}},
		"the newest revision is wrong":      {change: func(t *testing.T, s *settled) { s.wrong(v1alpha1.ExpansionFailedReason) }},
		"the newest archive is refused":     {change: func(t *testing.T, s *settled) { s.wrong(v1alpha1.ArchiveRefusedReason) }},
		"a wrong revision, somebody asks":   {change: func(t *testing.T, s *settled) { s.wrong(v1alpha1.ExpansionFailedReason) }, requested: true, want: drifted{remedyProduce, again}},
		"a wrong spec that is right now":    {change: func(t *testing.T, s *settled) { s.wrong(v1alpha1.AccessDeniedReason) }, want: drifted{remedyProduce, again}},
		"the artifact is gone":              {change: func(t *testing.T, s *settled) { require.NoError(t, os.Remove(s.stored)) }, want: drifted{remedyProduce, "the artifact is not in storage any more"}},
		"the artifact is damaged":           {change: damage, want: drifted{remedyProduce, "the artifact in storage is damaged"}},
		"the last good artifact is damaged": {change: func(t *testing.T, s *settled) { s.wrong(v1alpha1.ExpansionFailedReason); damage(t, s) }, want: drifted{remedyProduce, "the artifact in storage is damaged"}},
		"the ExternalArtifact is gone":      {change: func(t *testing.T, s *settled) { s.external = nil }, want: drifted{remedyAnnounce, announce}},
		"the last good one is not announced": {change: func(t *testing.T, s *settled) {
			s.wrong(v1alpha1.ExpansionFailedReason)
			s.external = nil
		}, want: drifted{remedyAnnounce, announce}},
		"somebody has changed its status":    {change: func(t *testing.T, s *settled) { s.external.Status.Artifact.URL = "http://elsewhere.example/x.tar.gz" }, want: drifted{remedyAnnounce, announce}},
		"somebody has taken its owner away":  {change: func(t *testing.T, s *settled) { s.external.OwnerReferences = nil }, want: drifted{remedyAnnounce, announce}},
		"it is not ready":                    {change: func(t *testing.T, s *settled) { conditions.MarkFalse(s.external, meta.ReadyCondition, "No", "no") }, want: drifted{remedyAnnounce, announce}},
		"artifacts have another address now": {change: func(t *testing.T, s *settled) { s.Storage.Hostname = "elsewhere.example" }, want: drifted{remedyAnnounce, announce}},
	} {
		t.Run(name, func(t *testing.T) {
			s := settle(t)
			if c.change != nil {
				c.change(t, s)
			}
			s.Reader = announcedAs{external: s.external}
			got, failed := s.drift(t.Context(), s.object, s.origin, c.requested)
			require.Nil(t, failed)
			assert.Equal(t, c.want, got)
		})
	}
}

// TestDriftRemovesWhatIsDamaged, so that nobody gets it any more; but not where it is about to be replaced: it is not even read then.
func TestDriftRemovesWhatIsDamaged(t *testing.T) {
	s := settle(t)
	s.Reader = announcedAs{external: s.external}
	damage(t, s)
	s.origin.input = "sha256:other"
	_, failed := s.drift(t.Context(), s.object, s.origin, false)
	require.Nil(t, failed)
	assert.FileExists(t, s.stored)

	s.origin.input = "sha256:known"
	_, failed = s.drift(t.Context(), s.object, s.origin, false)
	require.Nil(t, failed)
	assert.NoFileExists(t, s.stored)
}

// TestDriftLeavesOthersAlone: an ExternalArtifact of this name that is somebody else's is not taken over, whatever else there is to do.
func TestDriftLeavesOthersAlone(t *testing.T) {
	s := settle(t)
	s.external.Spec.SourceRef = &meta.NamespacedObjectKindReference{Kind: "ArtifactGenerator", Name: s.object.Name}
	s.Reader = announcedAs{external: s.external}
	s.origin.input = "sha256:other"
	_, failed := s.drift(t.Context(), s.object, s.origin, true)
	require.NotNil(t, failed)
	assert.Equal(t, v1alpha1.ArtifactTakenReason, failed.reason)
	assert.True(t, failed.waits)
}
