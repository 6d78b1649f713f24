package postgres

import (
	"fmt"
	"slices"
	"strings"
)

// hbaMethods are the authentication methods of the images, which run on Linux
// and hence have neither sspi nor bsd.
var hbaMethods = [...]string{
	"trust", "reject", "scram-sha-256", "md5", "password", "gss", "ident", "peer",
	"ldap", "radius", "cert", "pam", "oauth",
}

func isHBAMethod(method string) bool {
	return slices.Contains(hbaMethods[:], method)
}

// checkMethod checks the method against connection type and version, and its
// options.
func (r hbaRule) checkMethod(major int) error {
	if !isHBAMethod(r.method) || r.method == "oauth" && major < 18 {
		return fmt.Errorf("has the authentication method %q, which PostgreSQL %d in these images does not know: use one of %s",
			r.method, major, strings.Join(hbaMethods[:len(hbaMethods)-1], ", "))
	}
	switch {
	case r.method == "peer" && r.kind != "local":
		return fmt.Errorf("has the method peer, which works for local connections only: use scram-sha-256 or cert")
	case r.method == "cert" && r.kind != "hostssl":
		return fmt.Errorf("has the method cert, which works for hostssl only: begin the rule with hostssl")
	case r.method == "gss" && r.kind == "local":
		return fmt.Errorf("has the method gss, which does not work for local connections")
	}
	set := map[string]bool{}
	for _, option := range r.options {
		name, value, err := r.checkOption(major, option)
		if err != nil {
			return err
		}
		set[name] = value != ""
	}
	return r.checkNeeded(set)
}

// checkOption checks one name=value behind the method.
func (r hbaRule) checkOption(major int, option hbaField) (name, value string, err error) {
	name, value, found := strings.Cut(option.text(), "=")
	if !found {
		return "", "", fmt.Errorf("has %q behind the method: options are name=value", option.text())
	}
	methods, known := hbaOptionMethods(name)
	switch {
	case !known, name == "clientname" && major < 14:
		return "", "", fmt.Errorf("has the unknown option %q", name)
	case methods != nil && !slices.Contains(methods, r.method):
		return "", "", fmt.Errorf("has the option %s, which belongs to %s and not to %s", name, strings.Join(methods, ", "), r.method)
	}
	switch name {
	case "clientcert":
		if r.kind != "hostssl" {
			return "", "", fmt.Errorf("has the option clientcert, which works for hostssl only")
		}
		beforeFourteen := major < 14 && (value == "0" || value == "1" || value == "no-verify")
		if value != "verify-ca" && value != "verify-full" && !beforeFourteen {
			return "", "", fmt.Errorf("has clientcert=%s: use verify-ca or verify-full", value)
		}
		if r.method == "cert" && value == "verify-ca" {
			return "", "", fmt.Errorf("has clientcert=verify-ca with the method cert, which verifies the user name as well: use verify-full")
		}
	case "clientname":
		if r.kind != "hostssl" || value != "CN" && value != "DN" {
			return "", "", fmt.Errorf("has clientname=%s: use CN or DN, in a hostssl rule", value)
		}
	case "ldaptls":
		if value != "1" && value != "0" {
			return "", "", fmt.Errorf("has ldaptls=%s: use 1", value)
		}
	case "ldapscheme":
		if value != "ldap" && value != "ldaps" {
			return "", "", fmt.Errorf("has ldapscheme=%s: use ldap or ldaps", value)
		}
	}
	return name, value, nil
}

// hbaOptionMethods returns the methods an option belongs to, nil for all.
func hbaOptionMethods(name string) (methods []string, known bool) {
	switch name {
	case "map":
		return []string{"ident", "peer", "gss", "cert", "oauth"}, true
	case "clientcert", "clientname":
		return nil, true
	case "ldapserver", "ldapport", "ldapscheme", "ldaptls", "ldapprefix", "ldapsuffix", "ldapbasedn",
		"ldapbinddn", "ldapbindpasswd", "ldapsearchattribute", "ldapsearchfilter", "ldapurl":
		return []string{"ldap"}, true
	case "radiusservers", "radiussecrets", "radiusports", "radiusidentifiers":
		return []string{"radius"}, true
	case "pamservice", "pam_use_hostname":
		return []string{"pam"}, true
	case "krb_realm", "include_realm":
		return []string{"gss"}, true
	case "issuer", "scope", "validator", "delegate_ident_mapping":
		return []string{"oauth"}, true
	}
	return nil, false
}

// checkNeeded checks the options a method cannot do without.
func (r hbaRule) checkNeeded(set map[string]bool) error {
	var missing []string
	need := func(names ...string) {
		for _, name := range names {
			if !set[name] {
				missing = append(missing, name)
			}
		}
	}
	switch r.method {
	case "ldap":
		if set["ldapurl"] {
			break // server, search base and more come from the URL
		}
		need("ldapserver")
		simple := set["ldapprefix"] || set["ldapsuffix"]
		search := set["ldapbasedn"] || set["ldapbinddn"] || set["ldapbindpasswd"] ||
			set["ldapsearchattribute"] || set["ldapsearchfilter"]
		switch {
		case simple && search:
			return fmt.Errorf("mixes ldapprefix or ldapsuffix with the options of a search: use one or the other")
		case !simple:
			need("ldapbasedn")
		}
		if set["ldapsearchattribute"] && set["ldapsearchfilter"] {
			return fmt.Errorf("has ldapsearchattribute and ldapsearchfilter: use one of them")
		}
	case "radius":
		need("radiusservers", "radiussecrets")
	case "oauth":
		need("issuer", "scope")
	}
	if missing != nil {
		return fmt.Errorf("has the method %s without the option %s", r.method, strings.Join(missing, " and "))
	}
	return nil
}
