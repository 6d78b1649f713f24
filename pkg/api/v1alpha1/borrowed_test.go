package v1alpha1_test

import (
	"testing"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	"github.com/stretchr/testify/assert"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/homelab-foundations/postgresapp/pkg/api/v1alpha1"
)

func TestBorrows(t *testing.T) {
	class := "fast"
	for name, c := range map[string]struct {
		settings v1alpha1.Settings
		want     bool
	}{
		"nothing": {v1alpha1.Settings{}, false},
		"fields of this API": {v1alpha1.Settings{
			Version: "17", Storage: &cnpgv1.StorageConfiguration{Size: "1Gi", StorageClass: &class},
			Resources:  &corev1.ResourceRequirements{Limits: corev1.ResourceList{"memory": resource.MustParse("1Gi")}},
			PostgreSQL: &cnpgv1.PostgresConfiguration{Parameters: map[string]string{"work_mem": "4MB"}},
			Backup:     &v1alpha1.Backup{Bucket: "b", Tags: map[string]string{"a": "b"}},
		}, false},
		"a claim's template": {v1alpha1.Settings{Storage: &cnpgv1.StorageConfiguration{PersistentVolumeClaimTemplate: &corev1.PersistentVolumeClaimSpec{}}}, true},
		"pg_hba":             {v1alpha1.Settings{PostgreSQL: &cnpgv1.PostgresConfiguration{PgHBA: []string{"local all all peer"}}}, true},
		"env":                {v1alpha1.Settings{ClusterSettings: v1alpha1.ClusterSettings{Env: []corev1.EnvVar{{Name: "TZ"}}}}, true},
		"deep in a list":     {v1alpha1.Settings{Poolers: []v1alpha1.Pooler{{Name: "a"}, {Template: &cnpgv1.PodTemplateSpec{Spec: corev1.PodSpec{NodeName: "n"}}}}}, true},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, c.settings.Borrows()) })
	}
}
