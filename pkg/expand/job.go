package expand

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/homelab-foundations/postgresapp/pkg/metadata"
	"github.com/homelab-foundations/postgresapp/pkg/plan"
)

// jobs builds the Job that prepares the database, such as a schema migration. It waits for the Secret and retries until the database
// answers.
func jobs(p *plan.Plan) []Object {
	if p.Spec.Init == nil || p.Spec.Init.Job == nil {
		return nil
	}
	j := p.Spec.Init.Job
	yes, no := true, false
	spec := batchv1.JobSpec{
		BackoffLimit:          j.BackoffLimit,
		ActiveDeadlineSeconds: j.ActiveDeadlineSeconds,
		Template: corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: jobPodLabels(p)},
			Spec: corev1.PodSpec{
				RestartPolicy:                corev1.RestartPolicyOnFailure,
				ServiceAccountName:           j.ServiceAccountName,
				ImagePullSecrets:             j.ImagePullSecrets,
				AutomountServiceAccountToken: &no,
				SecurityContext: &corev1.PodSecurityContext{
					RunAsNonRoot: &yes, SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
				},
				Containers: []corev1.Container{{
					Name: "init", Image: j.Image, Command: j.Command, Args: j.Args,
					Env: environment(connectionEnv(p), j.Env), EnvFrom: j.EnvFrom,
					Resources: or(j.Resources, corev1.ResourceRequirements{}),
					SecurityContext: &corev1.SecurityContext{
						AllowPrivilegeEscalation: &no, Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
					},
				}},
			},
		},
	}
	if j.ServiceAccountName != "" {
		spec.Template.Spec.AutomountServiceAccountToken = nil
	}
	return []Object{&batchv1.Job{
		TypeMeta: metadata.Type(batchv1.SchemeGroupVersion.String(), "Job"),
		// A Job cannot be changed. A name that follows from what it does makes a changed one a new one, and the same one the same. It
		// is not removed when it is done: Flux would make it again.
		ObjectMeta: meta(p, jobName(p)+"-"+fingerprint(spec), componentInit),
		Spec:       spec,
	}}
}

func jobName(p *plan.Plan) string { return p.App.Name + "-init" }

// jobPodLabels tell the Job's pods from those of the cluster.
func jobPodLabels(p *plan.Plan) map[string]string {
	return map[string]string{metadata.NameLabel: jobName(p), metadata.InstanceLabel: p.App.Name, metadata.ComponentLabel: componentInit}
}

// connectionEnv is the app's connection as libpq and most frameworks read it. A Secret of the user has the password alone.
func connectionEnv(p *plan.Plan) []corev1.EnvVar {
	secret := p.Owner.Secret
	port := strconv.Itoa(plan.Port)
	env := []corev1.EnvVar{
		{Name: "PGHOST", Value: p.Owner.Connection.Host},
		{Name: "PGPORT", Value: port},
		{Name: "PGDATABASE", Value: p.Owner.Connection.Database},
		secretEnv("PGUSER", secret, corev1.BasicAuthUsernameKey),
		secretEnv("PGPASSWORD", secret, corev1.BasicAuthPasswordKey),
	}
	if p.Owner.Credentials == nil || p.Owner.Emitted() {
		return append(env, secretEnv("DATABASE_URL", secret, "uri"))
	}
	return append(env, corev1.EnvVar{Name: "DATABASE_URL", Value: "postgresql://$(PGUSER):$(PGPASSWORD)@$(PGHOST):$(PGPORT)/$(PGDATABASE)"})
}

// environment adds the user's variables to ours. One of the same name stands in our place, so that others can be made of it.
func environment(ours, users []corev1.EnvVar) []corev1.EnvVar {
	for _, variable := range users {
		if i := slices.IndexFunc(ours, func(our corev1.EnvVar) bool { return our.Name == variable.Name }); i >= 0 {
			ours[i] = variable
		} else {
			ours = append(ours, variable)
		}
	}
	return ours
}

func secretEnv(name, secret, key string) corev1.EnvVar {
	return corev1.EnvVar{Name: name, ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: secret}, Key: key,
	}}}
}

// fingerprint is a short hash of what a Job does.
func fingerprint(spec batchv1.JobSpec) string {
	text, err := json.Marshal(spec)
	if err != nil {
		panic(err) // a typed JobSpec always marshals
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:4])
}
