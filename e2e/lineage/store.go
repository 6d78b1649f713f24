package lineage

import (
	"context"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"syscall"
)

// Store is an S3 server with one bucket, which it keeps in memory.
type Store struct {
	// Endpoint is the server's address on the loopback interface.
	Endpoint string

	bucket string
	server *process
}

// listening is what the S3 server says when it has found a free port.
var listening = regexp.MustCompile(`using port: (\d+)`)

// StartStore starts an S3 server with an empty bucket. Stop ends it, and what it held is gone.
func (h *Host) StartStore(ctx context.Context, bucket string) (*Store, error) {
	cmd := h.command(context.WithoutCancel(ctx), nil, h.programs.S3Server, "-host", "127.0.0.1:0", "-backend", "memory", "-quiet", "-initialbucket", bucket)
	server, err := h.start(cmd, "S3 server", filepath.Join(h.Dir, "s3.log"), syscall.SIGKILL)
	if err != nil {
		return nil, err
	}
	s := &Store{bucket: bucket, server: server}
	err = wait(ctx, "the S3 server", func() (bool, error) {
		port := listening.FindStringSubmatch(server.output())
		if port == nil {
			return false, server.alive()
		}
		s.Endpoint = "http://127.0.0.1:" + port[1]
		return true, nil
	})
	if err != nil {
		_ = s.Stop()
		return nil, err
	}
	return s, nil
}

// Stop ends the server.
func (s *Store) Stop() error { return s.server.stop(syscall.SIGKILL) }

// Objects are the objects of a bucket: the key of each, with what tells its content from another.
type Objects map[string]string

// Objects lists the bucket.
func (s *Store) Objects(ctx context.Context) (Objects, error) {
	objects := Objects{}
	query := url.Values{"list-type": {"2"}}
	for {
		page, err := s.list(ctx, query)
		if err != nil {
			return nil, fmt.Errorf("list bucket %s: %w", s.bucket, err)
		}
		for _, object := range page.Contents {
			objects[object.Key] = object.ETag + " of " + object.LastModified
		}
		if !page.IsTruncated {
			return objects, nil
		}
		query.Set("continuation-token", page.NextContinuationToken)
	}
}

// listing is one page of an answer to ListObjectsV2.
type listing struct {
	Contents              []struct{ Key, ETag, LastModified string }
	IsTruncated           bool
	NextContinuationToken string
}

func (s *Store) list(ctx context.Context, query url.Values) (page listing, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Endpoint+"/"+s.bucket+"?"+query.Encode(), nil)
	if err != nil {
		return page, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return page, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return page, fmt.Errorf("the S3 server answers %s", response.Status)
	}
	return page, xml.NewDecoder(response.Body).Decode(&page)
}

// ChangedSince returns the keys that were added, overwritten or deleted, sorted.
func (o Objects) ChangedSince(before Objects) []string {
	changed := map[string]bool{}
	for key, content := range o {
		if before[key] != content {
			changed[key] = true
		}
	}
	for key := range before {
		if _, ok := o[key]; !ok {
			changed[key] = true
		}
	}
	return slices.Sorted(maps.Keys(changed))
}

// inArchive matches keys of Barman Cloud's: <folder>/wals/... and <folder>/base/...
var inArchive = regexp.MustCompile(`^(.+?)/(wals|base)/`)

// Folders returns the archives that keys belong to, sorted. A key outside any archive stands for itself.
func Folders(keys []string) []string {
	folders := map[string]bool{}
	for _, key := range keys {
		if match := inArchive.FindStringSubmatch(key); match != nil {
			key = match[1]
		}
		folders[key] = true
	}
	return slices.Sorted(maps.Keys(folders))
}
