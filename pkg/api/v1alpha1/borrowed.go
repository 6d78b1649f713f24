package v1alpha1

import (
	"reflect"
	"strings"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	corev1 "k8s.io/api/core/v1"
)

// Borrows tells whether the settings hold anything in the shape of another API, such as affinity or env, that goes into an object as it
// is written. What is not borrowed is read value by value before anything is made of it.
func (s *Settings) Borrows() bool { return borrows(reflect.ValueOf(s).Elem()) }

// own is where the types of this API are.
var own = reflect.TypeFor[Settings]().PkgPath()

func borrows(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer:
		return !v.IsNil() && borrows(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			if borrows(v.Index(i)) {
				return true
			}
		}
	case reflect.Struct:
		switch of := v.Interface().(type) {
		case cnpgv1.StorageConfiguration:
			return of.PersistentVolumeClaimTemplate != nil
		case corev1.ResourceRequirements:
			return len(of.Claims) > 0
		case cnpgv1.PostgresConfiguration:
			of.Parameters = nil
			return !reflect.ValueOf(of).IsZero()
		}
		if path := v.Type().PkgPath(); path != own {
			// A time or a duration is one value.
			return !strings.HasSuffix(path, "apis/meta/v1") && !v.IsZero()
		}
		for i := range v.NumField() {
			if borrows(v.Field(i)) {
				return true
			}
		}
	}
	return false
}
