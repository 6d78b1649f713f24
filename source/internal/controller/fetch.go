package controller

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/fluxcd/pkg/http/fetch"

	"github.com/homelab-foundations/postgresapp/source/api/v1alpha1"
	"github.com/homelab-foundations/postgresapp/source/internal/archive"
)

// archiveFile is the name of a downloaded archive in the work directory, beside the tree.
const archiveFile, treeDir = "source.tar.gz", "tree"

// fetch downloads the source's artifact, verifies its digest, and extracts it below work. It returns the tree's directory.
func (r *Reconciler) fetch(ctx context.Context, origin *origin, work string) (string, *failure) {
	if size := origin.artifact.Size; size != nil && *size > r.Limits.Archive {
		return "", refused(fmt.Errorf("the artifact has %d bytes, more than the %d that are allowed", *size, r.Limits.Archive))
	}
	if origin.artifact.Digest == "" {
		return "", refused(errors.New("the artifact has no digest: what cannot be verified is not expanded"))
	}
	downloading, cancel := context.WithTimeout(ctx, r.FetchTimeout)
	defer cancel()
	err := r.fetcher.FetchWithContext(downloading, origin.artifact.URL, origin.artifact.Digest, work)
	if errors.Is(err, fetch.ErrFileNotFound) {
		// The source is about to announce a newer artifact, or its controller has lost its storage and will make it again.
		return "", &failure{reason: v1alpha1.FetchFailedReason, err: fmt.Errorf("%s does not exist (any more)", origin.artifact.URL)}
	}
	if err != nil {
		return "", &failure{reason: v1alpha1.FetchFailedReason, err: err}
	}
	downloaded := filepath.Join(work, archiveFile)
	file, err := os.Open(downloaded)
	if err != nil {
		return "", &failure{reason: v1alpha1.FetchFailedReason, err: err}
	}
	defer file.Close()
	dir := filepath.Join(work, treeDir)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", &failure{reason: v1alpha1.FetchFailedReason, err: err}
	}
	if err := archive.Extract(ctx, file, dir, r.Limits); err != nil {
		if bad := (*archive.Refused)(nil); errors.As(err, &bad) {
			return "", refused(fmt.Errorf("the artifact is refused: %w", err))
		}
		return "", &failure{reason: v1alpha1.FetchFailedReason, err: fmt.Errorf("extract the artifact: %w", err)}
	}
	return dir, nil
}

// refused is the failure of an archive that stays as it is until the source changes.
func refused(err error) *failure {
	return &failure{reason: v1alpha1.ArchiveRefusedReason, err: err, stalled: true}
}

// newFetcher makes the downloader. It keeps the archive as a file: extraction has limits of its own.
func (r *Reconciler) newFetcher() *fetch.ArchiveFetcher {
	return fetch.New(fetch.WithRetries(r.FetchRetries), fetch.WithMaxDownloadSize(int(r.Limits.Archive)), fetch.WithFileName(archiveFile))
}
