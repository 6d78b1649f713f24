package property

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/homelab-foundations/postgresapp/e2e/rig"
	"github.com/homelab-foundations/postgresapp/pkg/manifest"
)

// Judge asks the API server what it thinks of objects, by server-side applies that are dry runs: schemas, CEL rules and webhooks all
// have their say, and nothing is stored. An object that was judged once is not sent again; many apps have objects in common.
type Judge struct {
	cluster *rig.Rig

	mu               sync.Mutex
	verdicts         map[[sha256.Size]byte]*Verdict
	sent, remembered int
}

// Verdict is the server's answer about one object.
type Verdict struct {
	// Object is its kind, namespace and name.
	Object string

	// Rejection is why the server refuses it, or nil.
	Rejection error

	// Warnings are what the server says about it all the same.
	Warnings []string
}

// NewJudge makes a judge of the rig's API server. The namespaces of drawn apps must exist there.
func NewJudge(cluster *rig.Rig) *Judge {
	return &Judge{cluster: cluster, verdicts: map[[sha256.Size]byte]*Verdict{}}
}

// concurrency is how many objects of an app are judged at once.
const concurrency = 6

// Judge returns what the server has to say about an app's objects, those alone that it refuses or warns about. Objects without one of
// Namespaces go to the given one. Variables are substituted first, as Flux does.
func (j *Judge) Judge(ctx context.Context, namespace string, objects []manifest.Object) ([]Verdict, error) {
	verdicts := make([]*Verdict, len(objects))
	errs := make([]error, len(objects))
	slots := make(chan struct{}, concurrency)
	var group sync.WaitGroup
	for i, object := range objects {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			verdicts[i], errs[i] = j.object(ctx, namespace, object)
		})
	}
	group.Wait()
	var notable []Verdict
	for i, verdict := range verdicts {
		if errs[i] != nil {
			return nil, errs[i]
		}
		if verdict.Rejection != nil || len(verdict.Warnings) > 0 {
			notable = append(notable, *verdict)
		}
	}
	return notable, nil
}

func (j *Judge) object(ctx context.Context, namespace string, object manifest.Object) (*Verdict, error) {
	u, err := rig.Substitute(&unstructured.Unstructured{Object: clone(object.Fields)}, Variables)
	if err != nil {
		// Flux would fail likewise, for this object and all that are built with it.
		return &Verdict{Object: object.Kind + " " + object.Name, Rejection: err}, nil
	}
	if u.GetKind() == "Namespace" {
		return j.known(ctx, u)
	}
	if own := u.GetNamespace(); own != "" && !slices.Contains(Namespaces, own) {
		place := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace"}}
		place.SetName(own)
		if verdict, err := j.known(ctx, place); err != nil || verdict.Rejection != nil {
			return verdict, err
		}
		u.SetNamespace(namespace)
	} else if own == "" {
		u.SetNamespace(namespace)
	}
	return j.known(ctx, u)
}

// known answers from memory, or asks.
func (j *Judge) known(ctx context.Context, object *unstructured.Unstructured) (*Verdict, error) {
	body, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	j.mu.Lock()
	verdict, known := j.verdicts[sum]
	if known {
		j.remembered++
	} else {
		j.sent++
	}
	j.mu.Unlock()
	if known {
		return verdict, nil
	}
	verdict = j.ask(ctx, object)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	j.mu.Lock()
	j.verdicts[sum] = verdict
	j.mu.Unlock()
	return verdict, nil
}

// ask sends an object.
func (j *Judge) ask(ctx context.Context, object *unstructured.Unstructured) *Verdict {
	verdict := &Verdict{Object: object.GetKind() + " " + object.GetNamespace() + "/" + object.GetName()}
	_, warnings, err := j.cluster.DryRun(ctx, "", object)
	for tries := 1; tries < maxTries && ctx.Err() == nil && unanswered(err); tries++ {
		_, warnings, err = j.cluster.DryRun(ctx, "", object)
	}
	verdict.Rejection = err
	for _, warning := range warnings {
		verdict.Warnings = append(verdict.Warnings, warning.Text)
	}
	return verdict
}

// maxTries is how often an object is sent to a server that gives no answer.
const maxTries = 4

// unanswered tells whether an error says nothing about the object: the server, or the webhook that it asked, had no time for it.
func unanswered(err error) bool {
	return apierrors.IsTimeout(err) || apierrors.IsServerTimeout(err) || apierrors.IsTooManyRequests(err) ||
		apierrors.IsInternalError(err) && strings.Contains(err.Error(), "context deadline exceeded")
}

// Count tells how many objects were sent, and how many had been sent before.
func (j *Judge) Count() (sent, remembered int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.sent, j.remembered
}
